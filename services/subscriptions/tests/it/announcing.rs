//! What a published issue tells the other service, in both versions.

use contracts::{
    EventData, MAX_EVENT_BYTES,
    events::{IssuePublishedV1, IssuePublishedV2},
};

use crate::helpers::TestApp;

const PATH: &str = "/admin/newsletters";

/// A whole form, with these two fields.
fn form<'a>(preheader: &'a str, sender_name: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("title", "Title"),
        ("preheader", preheader),
        ("sender_name", sender_name),
        ("text_content", "Plain text"),
        ("html_content", "<p>HTML</p>"),
        ("idempotency_key", "key"),
    ]
}

async fn announced(app: &TestApp) -> (IssuePublishedV1, IssuePublishedV2) {
    let [v1] = app.events().await.try_into().expect("one v1");
    let [v2] = app.events().await.try_into().expect("one v2");
    assert_ne!(v1.id, v2.id, "each is an event of its own");
    (v1.data, v2.data)
}

#[tokio::test]
async fn an_issue_is_announced_in_both_versions_which_agree() {
    let app = TestApp::with_admin().await;
    let fields = form(" For you, {{name}} ", " Ursula, of the Post ");
    let answer = app.admin().await.post(PATH, &fields).await;
    answer.assert_redirect(PATH);
    let (v1, v2) = announced(&app).await;
    assert_eq!(v2.preheader.as_deref(), Some("For you, {{name}}"));
    let sender_name = v2.sender_name.as_ref().map(contracts::Personal::expose);
    assert_eq!(sender_name, Some("Ursula, of the Post"));
    assert!(v2.is_intact());
    assert_eq!(
        v1,
        IssuePublishedV1 {
            issue_id: v2.issue_id,
            title: v2.title,
            html_content: v2.html_content,
            text_content: v2.text_content,
            published_at: v2.published_at,
        }
    );
    let stored = app.everything_stored().await;
    assert!(stored.contains("For you, {{name}}") && stored.contains("Ursula, of the Post"));
}

#[tokio::test]
async fn what_is_blank_or_missing_is_not_told() {
    for fields in [form(" ", "\u{200b}"), {
        let mut fields = form("", "");
        fields.retain(|(name, _)| !matches!(*name, "preheader" | "sender_name"));
        fields
    }] {
        let app = TestApp::with_admin().await;
        let answer = app.admin().await.post(PATH, &fields).await;
        answer.assert_redirect(PATH);
        let (_, v2) = announced(&app).await;
        assert_eq!((v2.preheader, v2.sender_name), (None, None));
    }
}

#[tokio::test]
async fn a_preheader_or_a_name_that_is_none_is_refused_and_stays_in_the_form() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let (long_preheader, long_name) = ("é".repeat(257), "é".repeat(101));
    for (preheader, name, reason) in [
        (&*long_preheader, "", "The preheader is longer than 256"),
        ("", &*long_name, "name is longer than 100"),
        (
            "a\r\nBcc: x@y.example",
            "",
            "The preheader holds a line break",
        ),
        (
            "",
            "a\r\nBcc: x@y.example",
            "a character that is not allowed",
        ),
        (
            "",
            "Boss <boss@bank.example>",
            "a character that is not allowed",
        ),
    ] {
        let page = admin.post(PATH, &form(preheader, name)).await;
        page.assert_status(400);
        assert!(page.body.contains(reason), "{}", page.body);
        assert!(page.body.contains("aria-invalid=\"true\""), "{}", page.body);
    }
    let mut fields = form("", "<");
    fields[1].1 = "A \"preheader\"";
    let page = admin.post(PATH, &fields).await;
    for kept in ["value=\"A &#34;preheader&#34;\"", "value=\"&#60;\""] {
        assert!(page.body.contains(kept), "{}", page.body);
    }
    let mut doubled = form("a", "b");
    doubled.push(("preheader", "c"));
    admin.post(PATH, &doubled).await.assert_status(400);
    assert!(app.outbox().await.is_empty());
}

#[tokio::test]
async fn the_limit_is_that_of_the_larger_version_and_the_excess_is_told() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let detail_bytes = |rows: Vec<outbox::OutboxRow>, kind: &str| {
        let row = rows.into_iter().find(|row| row.detail_type == kind);
        row.expect("it is there").detail.len()
    };
    let with_html = |html: &str, key: &str| {
        let mut fields: Vec<_> = form("For you", "Ursula")
            .into_iter()
            .map(|(name, value)| (name, value.to_owned()))
            .collect();
        (fields[4].1, fields[5].1) = (html.to_owned(), key.to_owned());
        fields
    };
    let post = async |html: &str, key: &str| {
        let fields = with_html(html, key);
        let fields: Vec<_> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        admin.post(PATH, &fields).await
    };
    post("h", "small").await.assert_status(303);
    let small = detail_bytes(app.outbox().await, IssuePublishedV2::TYPE);
    assert!(small > detail_bytes(app.outbox().await, IssuePublishedV1::TYPE));

    let fits = MAX_EVENT_BYTES - small + 1;
    let refused = post(&"h".repeat(fits + 7), "large").await;
    refused.assert_status(413);
    assert!(refused.body.contains("The issue is 7 bytes too large"));
    assert!(
        refused.body.contains("value=\"Ursula\""),
        "it stays in the form"
    );
    assert_eq!(app.outbox().await.len(), 2, "nothing of it was published");
    post(&"h".repeat(fits), "large").await.assert_status(303);
    assert_eq!(app.outbox().await.len(), 4);
}
