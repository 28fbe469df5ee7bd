//! The declaration of what is published and consumed is true.

use std::collections::BTreeSet;

use contract_tooling::{Folder, asyncapi::Declaration, documents::verify};
use contracts::{Source, catalogue, events::IssuePublishedV1};
use dynamo::Key;
use serde_json::Value;
use subscriptions::contract::{CONSUMES, PUBLISHES, QUEUES};
use uuid::Uuid;

use crate::helpers::{TestApp, local_path};

#[test]
fn the_committed_document_says_what_is_declared() {
    let declaration = Declaration {
        service: Source::Subscriptions,
        publishes: PUBLISHES,
        consumes: QUEUES,
    };
    if let Err(error) = verify(&declaration) {
        panic!("{error}");
    }
}

/// Asks for something about the sending of an issue.
async fn control(app: &TestApp, issue_id: Uuid, request: &str, fields: &[(&str, &str)]) {
    let path = format!("/admin/newsletters/{issue_id}/{request}");
    let answer = app.admin().await.post(&path, fields).await;
    answer.assert_status(303);
}

/// Does everything that has an event; tells a confirmed subscriber's id, and an
/// issue's.
async fn lead_a_full_life(app: &TestApp) -> (Uuid, Uuid) {
    let bob = app.confirmed_subscriber("bob@example.com").await;
    let registered = app.registered().await.remove(0).data;
    app.post_form(&local_path(registered.unsubscribe_url.expose()), "")
        .await
        .assert_status(200);
    let program = app.program().await;
    let erased = program.delete(&format!("/v1/subscribers/{bob}")).await;
    erased.assert_status(204);
    let list = "email,name\ncarl@example.com,Carl\n";
    program.import(app, list).await;

    let subscriber_id = app.confirmed_subscriber("ann@example.com").await;
    let fields = [
        ("title", "One"),
        ("text_content", "Text"),
        ("html_content", "<p>Text</p>"),
        ("idempotency_key", "k"),
    ];
    let answer = app.admin().await.post("/admin/newsletters", &fields).await;
    answer.assert_status(303);
    let issue_id = app.events::<IssuePublishedV1>().await[0].data.issue_id;
    for request in ["pause", "resume"] {
        control(app, issue_id, request, &[]).await;
    }
    let all = [("action", "drop"), ("subscriber_id", "all")];
    control(app, issue_id, "held", &all).await;
    (subscriber_id, issue_id)
}

#[tokio::test]
async fn what_is_declared_is_published_and_nothing_else() {
    let app = TestApp::with_admin().await;
    let (subscriber_id, issue_id) = lead_a_full_life(&app).await;
    control(&app, issue_id, "cancel", &[]).await;
    let program = app.program().await;
    let subscriber = format!("/v1/subscribers/{subscriber_id}");
    program.delete(&subscriber).await.assert_status(204);
    program
        .start_import("email,name\ncyd@example.com,Cyd\n")
        .await;
    app.work_off_imports().await;
    let rows = app.outbox().await;
    let published: BTreeSet<&str> = rows.iter().map(|row| row.detail_type.as_str()).collect();
    assert_eq!(published, PUBLISHES.iter().copied().collect());
}

/// What an event of delivery's can change: what is published, how many
/// exceptions there are, and the issue.
async fn standing(app: &TestApp, issue_id: Uuid) -> (usize, usize, Value) {
    let key = Key::new(format!("ISSUE#{issue_id}"), "ISSUE");
    let issue = app.table().get(&key).await.expect("a read");
    let keys = app.keys().await.into_iter();
    let exceptions = keys.filter(|key| key.starts_with("EXCEPTION#")).count();
    (
        app.outbox().await.len(),
        exceptions,
        issue.expect("an issue"),
    )
}

/// `message`, about somebody and something that is known here.
fn about(message: &str, subscriber_id: Uuid, issue_id: Uuid) -> String {
    let mut message: Value = serde_json::from_str(message).expect("JSON");
    for (field, id) in [("subscriber_id", subscriber_id), ("issue_id", issue_id)] {
        if let Some(told) = message["detail"]["data"].get_mut(field) {
            *told = id.to_string().into();
        }
    }
    message.to_string()
}

#[tokio::test]
async fn every_example_of_what_is_consumed_has_its_effect() {
    for event_type in CONSUMES {
        let messages = Folder::of_the_workspace().messages(event_type);
        for message in messages.expect("examples") {
            let app = TestApp::with_admin().await;
            let (subscriber_id, issue_id) = lead_a_full_life(&app).await;
            let before = standing(&app, issue_id).await;
            let message = about(&message, subscriber_id, issue_id);
            let handled = app.app.inbound().handle(&message).await;
            handled.unwrap_or_else(|error| panic!("{event_type}: {error}"));
            assert_ne!(standing(&app, issue_id).await, before, "{event_type}");
        }
    }
}

#[tokio::test]
async fn nothing_else_is_decoded() {
    let app = TestApp::spawn().await;
    let inbound = app.app.inbound();
    let others = catalogue().iter().map(|kind| kind.event_type);
    let others = others.filter(|event_type| !CONSUMES.contains(event_type));
    for event_type in others.chain(["pennypost.issue.delivered.v2"]) {
        // What is inside would be refused with another reason, if it was read.
        let message = format!(
            r#"{{"detail-type":"{event_type}","source":"pennypost.delivery","detail":"ann@example.com"}}"#
        );
        let refused = inbound.handle(&message).await.expect_err(event_type);
        assert!(refused.is_permanent(), "{refused}");
        let reason = refused.to_string();
        let nobody = format!("for good: nobody here handles {event_type}");
        let too_new = format!("for good: {event_type} cannot be handled: ");
        assert!(reason == nobody || reason.starts_with(&too_new), "{reason}");
    }
}

#[tokio::test]
async fn a_type_that_is_no_name_is_not_repeated() {
    let app = TestApp::spawn().await;
    let message = r#"{"detail-type":"ann@example.com","source":"x","detail":{}}"#;
    let refused = app.app.inbound().handle(message).await.expect_err("none");
    assert!(refused.is_permanent(), "{refused}");
    assert!(!refused.to_string().contains("ann"), "{refused}");
}
