//! Who becomes a subscriber.

use contracts::events::{
    BounceKind, EmailBouncedV1, SubscriberRegisteredV1, SubscribersImportedV1,
};
use serde_json::json;

use super::{counts, list_of, told_of};
use crate::helpers::{PUBLIC_URL, TestApp};

async fn status_of(app: &TestApp, id: uuid::Uuid) -> String {
    let program = app.program().await;
    let answer = program.get(&format!("/v1/subscribers/{id}")).await;
    answer.json()["status"].as_str().expect("text").to_owned()
}

#[tokio::test]
async fn who_was_not_known_is_confirmed_told_of_and_mailed_nothing() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let import = program.import(&app, &list_of(130)).await;
    assert_eq!(import["status"], "finished");
    assert_eq!(counts(&import), [130, 130, 0, 0]);
    assert_eq!(told_of(&app).await.len(), 130);
    assert!(app.events::<SubscriberRegisteredV1>().await.is_empty());
    let event = app.events::<SubscribersImportedV1>().await.remove(0);
    assert_eq!(event.subject, import["id"].as_str().expect("text"));
    let one = &event.data.subscribers[0];
    assert_eq!(one.version, 1);
    assert!(one.unsubscribe_url.expose().starts_with(PUBLIC_URL));
    assert_eq!(status_of(&app, one.subscriber_id).await, "confirmed");
    app.follow(one.unsubscribe_url.expose())
        .await
        .assert_status(200);
}

#[tokio::test]
async fn the_same_list_again_changes_nothing() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    program.import(&app, &list_of(100)).await;
    let again = program.import(&app, &list_of(100)).await;
    assert_eq!(counts(&again), [100, 0, 100, 0]);
    assert_eq!(told_of(&app).await.len(), 100);
}

#[tokio::test]
async fn addresses_doubled_in_the_list_count_once_in_any_spelling() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let far_away = list_of(100).replace("email,name\n", "");
    let list = format!("{}READER3@example.com,R\n{far_away}", list_of(50));
    let import = program.import(&app, &list).await;
    assert_eq!(counts(&import), [151, 100, 51, 0]);
    assert_eq!(told_of(&app).await.len(), 100);
}

#[tokio::test]
async fn who_waits_to_confirm_is_confirmed_and_old_links_do_no_harm() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    app.subscribe("Ann", "Ann@example.com")
        .await
        .assert_status(200);
    let registered = app.registered().await.remove(0).data;
    let import = program
        .import(&app, "name,email\nAnna,ann@EXAMPLE.com\n")
        .await;
    assert_eq!(counts(&import), [1, 1, 0, 0]);
    let event = app.events::<SubscribersImportedV1>().await.remove(0);
    let imported = &event.data.subscribers[0];
    assert_eq!(imported.subscriber_id, registered.subscriber_id);
    assert_eq!(
        (imported.version, imported.email.expose()),
        (2, "Ann@example.com")
    );

    let link = registered.confirmation_url.expose();
    app.follow(link).await.assert_status(200);
    assert_eq!(status_of(&app, imported.subscriber_id).await, "confirmed");
}

#[tokio::test]
async fn nobody_who_left_comes_back_and_the_erased_who_bounced_are_left_alone() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let left = app.confirmed_subscriber("left@example.com").await;
    let registered = app.registered().await.pop().expect("an event").data;
    let link = crate::helpers::local_path(registered.unsubscribe_url.expose());
    app.post_form(&link, "").await.assert_status(200);
    let mut bounced = Vec::new();
    for email in ["bounced@example.com", "erased@example.com"] {
        let id = app.confirmed_subscriber(email).await;
        let bounce = EmailBouncedV1 {
            subscriber_id: id,
            issue_id: None,
            kind: BounceKind::Permanent,
            diagnostic: "550".to_owned(),
            at: ambient::Clock::now(&*app.clock),
        };
        let event = app.event_of_delivery(bounce);
        app.receive(&event).await.expect("handled");
        bounced.push(id);
    }
    let erased = program
        .delete(&format!("/v1/subscribers/{}", bounced[1]))
        .await;
    erased.assert_status(204);

    let list = "email,name\nleft@example.com,L\nbounced@example.com,B\nErased@example.com,E\n";
    let import = program.import(&app, list).await;
    assert_eq!(counts(&import), [3, 0, 3, 0]);
    assert!(told_of(&app).await.is_empty());
    assert_eq!(status_of(&app, left).await, "unsubscribed");
    assert_eq!(status_of(&app, bounced[0]).await, "bounced");
    let page = program.get("/v1/subscribers").await.json();
    assert_eq!(page["items"].as_array().expect("a list").len(), 2);
}

#[tokio::test]
async fn rows_that_fill_an_event_go_into_smaller_chunks() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    // One character of many bytes is one grapheme.
    let name = format!("a{}", "\u{308}".repeat(4_000));
    let rows = (0..100).map(|number| format!("reader{number}@example.com,{name}\n"));
    let list = format!("email,name\n{}", rows.collect::<String>());
    let import = program.import(&app, &list).await;
    assert_eq!(counts(&import), [100, 100, 0, 0]);
    assert_eq!(told_of(&app).await.len(), 100);
}

#[tokio::test]
async fn all_bad_rows_are_counted_and_the_first_hundred_told() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let list = format!("email,name\n{}ann@example.com,Ann\n", "x,y\n".repeat(250));
    let import = program.import(&app, &list).await;
    assert_eq!(counts(&import), [251, 1, 0, 250]);
    let rejections = import["rejections"].as_array().expect("a list");
    assert_eq!(rejections.len(), 100);
    assert_eq!(
        (&rejections[0]["line"], &rejections[99]["line"]),
        (&json!(2), &json!(101))
    );
}
