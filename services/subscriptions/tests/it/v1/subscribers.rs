//! `/v1/subscribers`

use contracts::events::SubscriberErasedV1;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::helpers::TestApp;

#[tokio::test]
async fn a_subscriber_is_read_and_listed() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let id = app.confirmed_subscriber("Ann@Example.com").await;
    let read = program.get(&format!("/v1/subscribers/{id}")).await;
    read.assert_status(200);
    let read = read.json();
    let keys: Vec<_> = read.as_object().expect("an object").keys().collect();
    assert_eq!(
        keys,
        [
            "confirmed_at",
            "email",
            "id",
            "name",
            "status",
            "subscribed_at"
        ]
    );
    assert_eq!(
        (&read["email"], &read["name"], &read["status"]),
        (
            &json!("Ann@Example.com"),
            &json!("Ann"),
            &json!("confirmed")
        )
    );
    let listed = program.get("/v1/subscribers").await.json();
    assert_eq!(listed, json!({"items": [read], "next_cursor": null}));
}

#[tokio::test]
async fn subscribers_are_listed_by_status_and_in_pages() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    for number in 0..3 {
        app.clock.pass_hours(1);
        app.confirmed_subscriber(&format!("confirmed{number}@example.com"))
            .await;
        app.subscribe("Bob", &format!("pending{number}@example.com"))
            .await
            .assert_status(200);
    }
    for (query, expected) in [("", 6), ("&status=pending", 3), ("&status=bounced", 0)] {
        let mut addresses = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/v1/subscribers?limit=2{query}{cursor}");
            let page = program.get(&path).await.json();
            for item in page["items"].as_array().expect("a list") {
                addresses.push(item["email"].to_string());
            }
            let Value::String(next) = &page["next_cursor"] else {
                break;
            };
            cursor = format!("&cursor={next}");
        }
        addresses.sort();
        addresses.dedup();
        assert_eq!(addresses.len(), expected, "{query}");
    }
    let unknown = program.get("/v1/subscribers?status=gone").await;
    unknown.assert_problem(400, "invalid");
    assert_eq!(unknown.problem_fields(), ["status"]);
}

#[tokio::test]
async fn an_erased_subscriber_is_gone() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let id = app.confirmed_subscriber("ann@example.com").await;
    let path = format!("/v1/subscribers/{id}");
    let erased = program.delete(&path).await;
    erased.assert_status(204);
    assert!(erased.body.is_empty());
    program.get(&path).await.assert_problem(404, "not-found");
    program.delete(&path).await.assert_problem(404, "not-found");
    let listed = program.get("/v1/subscribers").await.json();
    assert_eq!(listed["items"], json!([]));
    let events = app.events::<SubscriberErasedV1>().await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].data.subscriber_id, id);
}

#[tokio::test]
async fn nobody_unknown_is_read_or_erased() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    for id in ["x", &Uuid::nil().to_string()] {
        let path = format!("/v1/subscribers/{id}");
        program.get(&path).await.assert_problem(404, "not-found");
        program.delete(&path).await.assert_problem(404, "not-found");
    }
}
