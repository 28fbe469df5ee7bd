//! A reader whose queue is handed a version that it does not know.

use contract_tooling::Folder;
use contracts::{
    EventData,
    events::{IssuePublishedV2, SubscriberConfirmedV1},
};
use local::queue::{DeadLetter, NewMessage};
use serde_json::Value;

use super::Console;
use crate::reader::eventually;

/// The example of an event as it stands in a queue.
fn example<D: EventData>() -> String {
    let messages = Folder::of_the_workspace().messages(D::TYPE);
    messages.expect("examples").swap_remove(0)
}

/// An issue that is news: an old one waits for an admin.
fn published_now() -> String {
    let message = example::<IssuePublishedV2>();
    let mut message: serde_json::Value = serde_json::from_str(&message).expect("JSON");
    message["detail"]["data"]["published_at"] = jiff::Timestamp::now().to_string().into();
    message.to_string()
}

/// The same, of a version that nobody knows yet.
fn of_version<D: EventData>(version: u16) -> String {
    let (name, _) = D::TYPE.rsplit_once(".v").expect("a version");
    example::<D>().replace(D::TYPE, &format!("{name}.v{version}"))
}

async fn send(console: &Console, bodies: impl IntoIterator<Item = String>) {
    let messages = bodies.into_iter().map(|body| NewMessage {
        queue: "delivery-inbound",
        body,
        trace_header: None,
    });
    let sent = console.system.queues().send(messages.collect()).await;
    sent.expect("sent");
}

async fn dead_letters(console: &Console, count: usize) -> Vec<DeadLetter> {
    eventually(|| async {
        let letters = console.system.queues().dead_letters(10).await;
        let letters = letters.expect("letters");
        (letters.len() == count).then_some(letters)
    })
    .await
}

#[tokio::test]
async fn what_is_too_new_is_a_dead_letter_that_says_so_and_the_queue_goes_on() {
    let console = Console::start().await;
    let unknown = [
        of_version::<IssuePublishedV2>(3),
        of_version::<SubscriberConfirmedV1>(2),
    ];
    let known = [example::<SubscriberConfirmedV1>(), published_now()];
    send(&console, unknown.into_iter().chain(known)).await;

    let letters = dead_letters(&console, 2).await;
    assert!(letters.iter().all(|letter| letter.receive_count == 1));
    let page = console.get("/queues").await.text().await.expect("a page");
    for reason in [
        "pennypost.issue.published.v3 cannot be handled: issue.published is understood up to v2",
        "pennypost.subscriber.confirmed.v2 cannot be handled: subscriber.confirmed is understood up to v1",
    ] {
        assert!(page.contains(reason), "{page}");
    }
    // What stood behind them was handled: the issue is mailed.
    eventually(|| async {
        let mails = console.json("/api/v1/messages").await;
        (mails["total"] == 1).then_some(())
    })
    .await;
    dead_letters(&console, 2).await;
}

#[tokio::test]
async fn a_type_that_is_no_name_of_ours_is_no_reason_to_repeat_it() {
    let console = Console::start().await;
    let event = example::<SubscriberConfirmedV1>();
    let id = &serde_json::from_str::<Value>(&event).expect("an event")["detail"]["id"];
    let strange = event
        .replace(SubscriberConfirmedV1::TYPE, "ann@example.com")
        .replace(id.as_str().expect("an id"), "bob@example.com");
    send(&console, [strange]).await;
    let letters = dead_letters(&console, 1).await;
    assert!(!letters[0].reason.contains("ann"), "{}", letters[0].reason);
    assert!(letters[0].reason.contains("not a name of ours"));
    let page = console.get("/queues").await.text().await.expect("a page");
    assert!(page.contains("not one of ours"), "{page}");
    assert!(!page.contains("@example.com"), "{page}");
}
