//! What SES makes of our mails, and not only what we say to it: aws-ses-v2-local
//! renders the templates with handlebars, refuses a value that is missing, and
//! keeps the headers of each entry.

use contracts::{
    ContentHash,
    events::{IssuePublishedV2, SubscriberConfirmedV1, SubscriberRegisteredV1},
};
use delivery::mail::Ses;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    newsletter::{Newsletter, STAGE},
    stand_in::StandIn,
};

/// With what a template of SES could take for its own.
const TITLE: &str = "Fünf {{Dinge}} \\ {und} mehr";
const FROM: &str = "Penny Post <news@penny.example>";

async fn newsletter() -> Newsletter {
    let ses = Ses::new(
        &StandIn::Ses.sdk_config(),
        STAGE,
        Some("pennypost-referees".to_owned()),
    );
    Newsletter::by(ses).await
}

/// A reader of the test called `test`; all are in one shard, and so in one call.
fn reader(test: Uuid, name: &str) -> SubscriberConfirmedV1 {
    let user = name.split(' ').next().unwrap_or_default().to_lowercase();
    let token = format!("{user}&x={{{{n}}}}");
    SubscriberConfirmedV1 {
        subscriber_id: Uuid::from_u64_pair(Uuid::new_v4().as_u64_pair().0, 5),
        version: 2,
        email: format!("{user}@{}.example", test.simple()).as_str().into(),
        name: name.into(),
        unsubscribe_url: format!("https://news.example/u?token={token}")
            .as_str()
            .into(),
        confirmed_at: Timestamp::now() - SignedDuration::from_hours(1),
    }
}

fn issue() -> IssuePublishedV2 {
    let html_content = "<html><body><p>Hi {{name}}: {{if}} {{{b}}} \\{{n}}</p></body></html>";
    let text_content = "Hi {{name}}: {{if}} {{{b}}} \\{{n}}";
    IssuePublishedV2 {
        issue_id: Uuid::new_v4(),
        content_sha256: ContentHash::of(TITLE, html_content, text_content),
        title: TITLE.to_owned(),
        preheader: Some("For {{name}}".to_owned()),
        sender_name: None,
        html_content: html_content.to_owned(),
        text_content: text_content.to_owned(),
        published_at: Timestamp::now(),
    }
}

/// The mails that the stand-in has for `address`.
async fn mails_to(address: &str) -> Vec<Value> {
    let url = format!("{}/store", StandIn::Ses.url());
    let store = reqwest::get(url).await.expect("the stand-in answers");
    let store: Value = store.json().await.expect("its answer is JSON");
    let all = store["emails"].as_array().expect("a list").iter();
    all.filter(|mail| mail["destination"]["to"] == json!([address]))
        .cloned()
        .collect()
}

async fn only_mail_to(address: &str) -> Value {
    let mails = mails_to(address).await;
    let [mail] = mails.as_slice() else {
        panic!("{} mails to {address}", mails.len());
    };
    mail.clone()
}

#[tokio::test]
#[ignore = "asks aws-ses-v2-local: .ci/referees starts it"]
async fn each_reader_of_a_bulk_call_gets_a_mail_with_headers_and_links_of_their_own() {
    let (newsletter, test) = (newsletter().await, Uuid::new_v4());
    let readers = [
        reader(test, "Ann O'Neil & <b>"),
        reader(test, "Ben \"{{name}}\" \\"),
        reader(test, "Cleo"),
    ];
    for reader in &readers {
        newsletter.takes(reader.clone()).await;
    }
    newsletter.takes(issue()).await;
    newsletter.send().await;
    for reader in &readers {
        let mail = only_mail_to(reader.email.expose()).await;
        let (name, url) = (reader.name.expose(), reader.unsubscribe_url.expose());
        assert_eq!(mail["from"], FROM);
        assert_eq!(mail["subject"], TITLE);
        assert_eq!(
            mail["headers"],
            json!([
                {"name": "List-Id", "value": "<newsletter.penny.example>"},
                {"name": "List-Unsubscribe", "value": format!("<{url}>")},
                {"name": "List-Unsubscribe-Post", "value": "List-Unsubscribe=One-Click"},
            ])
        );
        let text = mail["body"]["text"].as_str().expect("a text part");
        assert!(text.starts_with(&format!("Hi {name}: {{{{if}}}} {{{{{{b}}}}}} \\{{{{n}}}}")));
        assert!(text.ends_with(&format!("\nUnsubscribe: {url}\n")), "{text}");
        let html = mail["body"]["html"].as_str().expect("an HTML part");
        let escaped = |text: &str| {
            let text = text.replace('&', "&amp;").replace('<', "&lt;");
            let text = text.replace('>', "&gt;").replace('"', "&quot;");
            text.replace('\'', "&#39;")
        };
        let (name, url) = (escaped(name), escaped(url));
        assert!(html.contains(&format!("Hi {name}: {{{{if}}}}")), "{html}");
        assert!(html.contains(&format!("href=\"{url}\"")), "{html}");
        assert!(html.contains(&format!("For {name}<")), "{html}");
    }
}

#[tokio::test]
#[ignore = "asks aws-ses-v2-local: .ci/referees starts it"]
async fn an_address_that_ses_takes_for_none_keeps_nobody_else_from_their_mail() {
    let (newsletter, test) = (newsletter().await, Uuid::new_v4());
    let fine = [reader(test, "Dora"), reader(test, "Emil")];
    let mut bad = reader(test, "Fritz");
    bad.email = format!("fritz@under_score.{}.example", test.simple())
        .as_str()
        .into();
    for reader in [&fine[0], &bad, &fine[1]] {
        newsletter.takes(reader.clone()).await;
    }
    newsletter.takes(issue()).await;
    newsletter.send().await;
    for reader in &fine {
        only_mail_to(reader.email.expose()).await;
    }
    assert_eq!(mails_to(bad.email.expose()).await, Vec::<Value>::new());
}

#[tokio::test]
#[ignore = "asks aws-ses-v2-local: .ci/referees starts it"]
async fn a_confirmation_reads_as_we_wrote_it() {
    let (newsletter, test) = (newsletter().await, Uuid::new_v4());
    let address = format!("gul@{}.example", test.simple());
    let url = "https://news.example/subscriptions/confirm?subscription_token=T&x=1";
    let registered = SubscriberRegisteredV1 {
        subscriber_id: Uuid::new_v4(),
        version: 1,
        email: address.as_str().into(),
        name: "Gül <b>".into(),
        confirmation_url: url.into(),
        unsubscribe_url: "https://news.example/u?token=1".into(),
        expires_at: Timestamp::now() + SignedDuration::from_hours(1),
    };
    newsletter.takes(registered).await;
    let mail = only_mail_to(&address).await;
    assert_eq!(mail["subject"], "Welcome!");
    let text = mail["body"]["text"].as_str().expect("a text part");
    assert!(text.starts_with("Hello Gül <b>,\n"), "{text}");
    assert!(text.contains(&format!("\n{url}\n")), "{text}");
    let html = mail["body"]["html"].as_str().expect("an HTML part");
    assert!(html.contains("Hello Gül &lt;b&gt;,"), "{html}");
    assert!(html.contains(&format!("href=\"{}\"", url.replace('&', "&amp;"))));
}
