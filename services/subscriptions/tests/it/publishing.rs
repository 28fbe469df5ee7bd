//! `/admin/newsletters`

use std::sync::Arc;

use contracts::events::IssuePublishedV1;

use crate::{
    faults::meanwhile,
    helpers::{Answer, Browser, TestApp},
};

const ACCEPTED: &str = "The newsletter issue has been accepted - emails will go out shortly.";

fn issue<'a>(title: &'a str, key: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("title", title),
        ("text_content", "Plain text"),
        ("html_content", "<p>HTML</p>"),
        ("idempotency_key", key),
    ]
}

pub(crate) async fn publish(admin: &Browser<'_>, title: &str, key: &str) -> Answer {
    admin.post("/admin/newsletters", &issue(title, key)).await
}

pub(crate) async fn published(app: &TestApp) -> Vec<IssuePublishedV1> {
    let events = app.events().await.into_iter();
    events.map(|event| event.data).collect()
}

/// The key in the form.
fn key_of(page: &Answer) -> String {
    let (_, rest) = page
        .body
        .split_once("<input name=\"idempotency_key\" value=\"")
        .expect("the key");
    rest.split_once('"').expect("a quote").0.to_owned()
}

#[tokio::test]
async fn you_must_be_logged_in_to_see_the_newsletter_form() {
    let app = TestApp::with_admin().await;
    app.get("/admin/newsletters")
        .await
        .assert_redirect("/login");
}

#[tokio::test]
async fn you_must_be_logged_in_to_publish_a_newsletter() {
    let app = TestApp::with_admin().await;
    publish(&app.browser(), "Title", "key")
        .await
        .assert_redirect("/login");
    assert!(published(&app).await.is_empty());
}

#[tokio::test]
async fn a_published_issue_is_an_event_and_stands_in_the_list() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let key = key_of(&admin.get("/admin/newsletters").await);
    publish(&admin, "Issue <one>", &key)
        .await
        .assert_redirect("/admin/newsletters");

    let page = admin.get("/admin/newsletters").await;
    assert!(page.shows_flash(ACCEPTED), "{}", page.body);
    assert!(page.body.contains("Issue &#60;one&#62;"), "{}", page.body);
    assert_ne!(key_of(&page), key, "every form has a fresh key");
    assert!(
        !admin.get("/admin/newsletters").await.shows_flash(ACCEPTED),
        "shown once"
    );

    let [event] = published(&app).await.try_into().expect("one event");
    assert_eq!(event.title, "Issue <one>");
    assert_eq!(
        (&*event.text_content, &*event.html_content),
        ("Plain text", "<p>HTML</p>")
    );
    let issue = admin
        .get(&format!("/admin/newsletters/{}", event.issue_id))
        .await;
    issue.assert_status(200);
    assert!(
        issue.body.contains("queued") && issue.body.contains("<progress"),
        "{}",
        issue.body
    );
}

#[tokio::test]
async fn newsletter_creation_is_idempotent() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    for _ in 0..2 {
        publish(&admin, "Title", "key")
            .await
            .assert_redirect("/admin/newsletters");
        assert!(admin.get("/admin/newsletters").await.shows_flash(ACCEPTED));
    }
    assert_eq!(published(&app).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_form_submission_is_handled_gracefully() {
    let app = Arc::new(TestApp::with_admin().await);
    let admin = app.admin().await;
    for round in 0..5 {
        let key = format!("key {round}");
        let forms = (0..4)
            .map(|_| admin.form("/admin/newsletters", &issue("Title", &key)))
            .collect();
        let answers = app.send_at_once(forms).await;
        answers[0].assert_redirect("/admin/newsletters");
        assert!(
            answers.iter().all(|answer| answer == &answers[0]),
            "{answers:?}"
        );
        assert_eq!(published(&app).await.len(), round + 1);
    }
}

#[tokio::test]
async fn a_second_request_between_loading_and_committing_publishes_nothing_more() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let (router, rival) = (
        app.app.router(),
        admin.form("/admin/newsletters", &issue("Title", "key")),
    );
    app.store.before_next_commit(move || {
        meanwhile(async move {
            let answered = tower::ServiceExt::oneshot(router, rival).await;
            assert_eq!(answered.expect("the router cannot fail").status(), 303);
        });
    });
    publish(&admin, "Title", "key")
        .await
        .assert_redirect("/admin/newsletters");
    assert_eq!(published(&app).await.len(), 1);
}

#[tokio::test]
async fn a_key_counts_for_one_user_and_for_48_hours() {
    let app = TestApp::with_admin().await;
    publish(&app.admin().await, "Title", "key")
        .await
        .assert_status(303);
    app.clock.pass_hours(47);
    publish(&app.admin().await, "Title", "key")
        .await
        .assert_status(303);
    assert_eq!(published(&app).await.len(), 1);
    app.clock.pass_hours(1);
    publish(&app.admin().await, "Title", "key")
        .await
        .assert_status(303);
    assert_eq!(published(&app).await.len(), 2);
}

#[tokio::test]
async fn newsletters_returns_400_for_invalid_data() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let long_key = "k".repeat(50);
    let long_title = "t".repeat(257);
    let whole = issue("Title", "key");
    for missing in 0..whole.len() {
        let mut fields = whole.to_vec();
        fields.remove(missing);
        admin
            .post("/admin/newsletters", &fields)
            .await
            .assert_status(400);
    }
    for (field, value) in [
        (0, ""),
        (0, " "),
        (0, "a\r\nBcc: b"),
        (0, "a\n"),
        (0, "\u{7}"),
        (0, &*long_title),
        (1, ""),
        (1, " \n"),
        (1, "a\0b"),
        (2, "<p>\u{1b}[0m\u{7}"),
        (2, ""),
        (2, "\t"),
        (3, ""),
        (3, &*long_key),
    ] {
        let mut fields = whole;
        fields[field].1 = value;
        let answer = admin.post("/admin/newsletters", &fields).await;
        answer.assert_status(400);
        assert!(answer.body.contains("role=\"alert\""), "{}", answer.body);
    }
    let mut doubled = whole.to_vec();
    doubled.push(("title", "Another"));
    admin
        .post("/admin/newsletters", &doubled)
        .await
        .assert_status(400);
    assert!(published(&app).await.is_empty());
    publish(&admin, "Title", &"é".repeat(49))
        .await
        .assert_status(303);
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_typed_and_a_usable_key() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let fields = [
        ("title", "A \"title\""),
        ("text_content", "\nText & more"),
        ("html_content", " "),
        ("idempotency_key", ""),
    ];
    let page = admin.post("/admin/newsletters", &fields).await;
    page.assert_status(400);
    assert!(
        page.body.contains("value=\"A &#34;title&#34;\""),
        "{}",
        page.body
    );
    assert!(
        page.body.contains(">\n\nText &#38; more</textarea>"),
        "{}",
        page.body
    );
    assert!(
        page.body.contains("The HTML content is empty."),
        "{}",
        page.body
    );
    assert!(!key_of(&page).is_empty());
}

#[tokio::test]
async fn an_issue_that_does_not_fit_into_an_event_is_refused_with_the_excess() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let html = format!("<p>{}</p>", "ä".repeat(100_000));
    let mut fields = issue("Title", "key");
    fields[2].1 = &html;
    let page = admin.post("/admin/newsletters", &fields).await;
    page.assert_status(413);
    let (before, _) = page
        .body
        .split_once(" bytes too large")
        .expect("the excess");
    let excess: usize = before
        .rsplit(' ')
        .next()
        .and_then(|number| number.parse().ok())
        .expect("a number");
    assert!(page.body.contains("äää"), "it keeps what was typed");
    assert!(published(&app).await.is_empty());

    // As much less is just small enough.
    let html = format!(
        "<p>{}{}</p>",
        "ä".repeat(100_000 - excess / 2 - 1),
        "a".repeat(1 - excess % 2)
    );
    fields[2].1 = &html;
    admin
        .post("/admin/newsletters", &fields)
        .await
        .assert_status(303);
    let html = format!("<p>{}</p>", "ä".repeat(100_000 - excess.div_euclid(2) + 1));
    fields[2].1 = &html;
    fields[3].1 = "another key";
    admin
        .post("/admin/newsletters", &fields)
        .await
        .assert_status(413);
    assert_eq!(published(&app).await.len(), 1);
}

#[tokio::test]
async fn while_the_store_is_down_nothing_is_published_and_the_key_stays_good() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    app.store.is_down(true);
    publish(&admin, "Title", "key").await.assert_status(503);
    app.store.is_down(false);
    publish(&admin, "Title", "key").await.assert_status(303);
    assert_eq!(published(&app).await.len(), 1);
}
