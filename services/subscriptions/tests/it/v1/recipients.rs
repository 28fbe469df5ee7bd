//! `GET /v1/issues/{id}/recipients/{subscriber_id}`

use contracts::events::{DeliveryCounts, ExceptionOutcome, IssueDeliveredV1};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    controls::published,
    exceptions::{AT, entry, recorded},
};
use crate::helpers::{Program, TestApp, local_path};

async fn fate(program: &Program<'_>, issue_id: Uuid, id: Uuid) -> Value {
    let path = format!("/v1/issues/{issue_id}/recipients/{id}");
    let answer = program.get(&path).await;
    answer.assert_status(200);
    answer.json()
}

async fn outcome(program: &Program<'_>, issue_id: Uuid, id: Uuid) -> String {
    let fate = fate(program, issue_id, id).await;
    fate["outcome"].as_str().expect("text").to_owned()
}

async fn delivered(app: &TestApp, issue_id: Uuid, version: u64, counts: DeliveryCounts) {
    let now = ambient::Clock::now(&*app.clock);
    let event = app.event_of_delivery(IssueDeliveredV1 {
        issue_id,
        version,
        counts,
        started_at: now,
        finished_at: now,
    });
    app.receive(&event).await.expect("handled");
}

fn accepted(accepted: u64) -> DeliveryCounts {
    DeliveryCounts {
        recipients: accepted,
        accepted,
        ..DeliveryCounts::default()
    }
}

async fn unsubscribe(app: &TestApp, id: Uuid) {
    let registered = app.registered().await.into_iter().map(|it| it.data);
    let link = registered.rev().find(|it| it.subscriber_id == id);
    let link = link.expect("a mail").unsubscribe_url;
    app.post_form(&local_path(link.expose()), "")
        .await
        .assert_status(200);
}

#[tokio::test]
async fn a_recipient_is_pending_and_then_accepted_and_others_are_none() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let early = app.confirmed_subscriber("early@example.com").await;
    let left = app.confirmed_subscriber("left@example.com").await;
    unsubscribe(&app, left).await;
    let id = published(&program).await;
    // All at the same moment, by the clock.
    let late = app.confirmed_subscriber("late@example.com").await;
    app.subscribe("Bob", "bob@example.com")
        .await
        .assert_status(200);
    let pending = app
        .registered()
        .await
        .pop()
        .expect("a mail")
        .data
        .subscriber_id;
    let none = [left, late, pending];
    assert_eq!(outcome(&program, id, early).await, "pending");
    for none in none {
        assert_eq!(outcome(&program, id, none).await, "not_a_recipient");
    }
    delivered(&app, id, 1, accepted(1)).await;
    let expected = json!({"outcome": "accepted", "reason": null, "at": null});
    assert_eq!(fate(&program, id, early).await, expected);
    for none in none {
        assert_eq!(outcome(&program, id, none).await, "not_a_recipient");
    }
    unsubscribe(&app, early).await;
    assert_eq!(
        outcome(&program, id, early).await,
        "accepted",
        "it was sent"
    );
}

#[tokio::test]
async fn an_exception_is_told_at_once_with_its_reason() {
    use ExceptionOutcome::{Accepted, Failed, Held, Skipped, Suppressed};
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let ann = app.confirmed_subscriber("ann@example.com").await;
    let id = published(&program).await;
    for (row, exception) in [(1, Held), (2, Failed), (3, Suppressed), (4, Skipped)] {
        recorded(&app, id, (3, row), vec![entry(ann, exception)]).await;
        let told = fate(&program, id, ann).await;
        let name = format!("{exception:?}");
        let expected = json!({
            "outcome": name.to_lowercase(), "reason": format!("{name} for a reason"), "at": AT
        });
        assert_eq!(told, expected);
    }
    recorded(&app, id, (3, 5), vec![entry(ann, Accepted)]).await;
    let expected = json!({"outcome": "accepted", "reason": null, "at": AT});
    assert_eq!(fate(&program, id, ann).await, expected);
}

#[tokio::test]
async fn where_the_counts_of_recipients_differ_nobody_can_tell_and_the_page_says_so() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let [ann, bob] = [
        app.confirmed_subscriber("ann@example.com").await,
        app.confirmed_subscriber("bob@example.com").await,
    ];
    let id = published(&program).await;
    delivered(&app, id, 1, accepted(1)).await;
    let page = format!("/admin/newsletters/{id}");
    let admin = app.admin().await;
    for id_of in [ann, bob] {
        assert_eq!(outcome(&program, id, id_of).await, "unknown");
    }
    let shown = admin.get(&page).await.body;
    assert!(
        shown.contains("The counts differ: 2 were subscribed"),
        "{shown}"
    );
    delivered(&app, id, 2, accepted(2)).await;
    assert_eq!(outcome(&program, id, ann).await, "accepted");
    let shown = admin.get(&page).await.body;
    assert!(!shown.contains("The counts differ"), "{shown}");
}

#[tokio::test]
async fn as_long_as_exceptions_are_missing_nobody_is_said_to_have_got_it() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let [ann, bob] = [
        app.confirmed_subscriber("ann@example.com").await,
        app.confirmed_subscriber("bob@example.com").await,
    ];
    let id = published(&program).await;
    let counts = DeliveryCounts {
        recipients: 2,
        accepted: 1,
        held: 1,
        ..DeliveryCounts::default()
    };
    delivered(&app, id, 1, counts).await;
    assert_eq!(outcome(&program, id, ann).await, "unknown");
    recorded(&app, id, (0, 1), vec![entry(bob, ExceptionOutcome::Held)]).await;
    assert_eq!(outcome(&program, id, ann).await, "accepted");
    assert_eq!(outcome(&program, id, bob).await, "held");
}

#[tokio::test]
async fn who_had_left_here_and_was_skipped_there_is_no_difference() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let ann = app.confirmed_subscriber("ann@example.com").await;
    let left = app.confirmed_subscriber("left@example.com").await;
    unsubscribe(&app, left).await;
    let id = published(&program).await;
    recorded(
        &app,
        id,
        (0, 1),
        vec![entry(left, ExceptionOutcome::Skipped)],
    )
    .await;
    let counts = DeliveryCounts {
        recipients: 2,
        accepted: 1,
        skipped: 1,
        ..DeliveryCounts::default()
    };
    delivered(&app, id, 1, counts).await;
    assert_eq!(outcome(&program, id, ann).await, "accepted");
    assert_eq!(outcome(&program, id, left).await, "skipped");
}

#[tokio::test]
async fn the_imported_are_counted_and_the_erased_are_not_made_up() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let list = "email,name\na@example.com,A\nb@example.com,B\n";
    program.start_import(list).await;
    app.work_off_imports().await;
    let listed = program.get("/v1/subscribers").await.json();
    let ids = listed["items"].as_array().expect("a list").iter();
    let ids: Vec<Uuid> = ids
        .map(|it| {
            it["id"]
                .as_str()
                .and_then(|id| id.parse().ok())
                .expect("an id")
        })
        .collect();
    let id = published(&program).await;
    program
        .delete(&format!("/v1/subscribers/{}", ids[0]))
        .await
        .assert_status(204);
    delivered(&app, id, 1, accepted(2)).await;
    assert_eq!(outcome(&program, id, ids[1]).await, "accepted");
    for nobody in [ids[0], Uuid::nil()] {
        let path = format!("/v1/issues/{id}/recipients/{nobody}");
        program.get(&path).await.assert_problem(404, "not-found");
    }
    let other = json!({"title": "Two", "text_content": "Text", "html_content": "<p>HTML</p>"});
    let other = program.publish(&other, "another").await.json();
    let other: Uuid = other["id"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .expect("an id");
    delivered(&app, other, 1, accepted(1)).await;
    assert_eq!(outcome(&program, other, ids[1]).await, "accepted");
}

#[tokio::test]
async fn what_can_be_no_id_is_not_found() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let ann = app.confirmed_subscriber("ann@example.com").await;
    for path in [
        format!("/v1/issues/x/recipients/{ann}"),
        format!("/v1/issues/{}/recipients/{ann}", Uuid::nil()),
        format!("/v1/issues/{}/recipients/x", published(&program).await),
    ] {
        program.get(&path).await.assert_problem(404, "not-found");
    }
}
