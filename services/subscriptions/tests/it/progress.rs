//! `issue.delivery-progressed` and `issue.delivered`

use contracts::events::{
    DeliveryCounts, DeliveryStatus, IssueDeliveredV1, IssueDeliveryProgressedV1, IssuePublishedV1,
};
use dynamo::Key;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::helpers::TestApp;

/// Publishes an issue as an admin; tells its id.
async fn publish(app: &TestApp) -> Uuid {
    let fields = [
        ("title", "One"),
        ("text_content", "Text"),
        ("html_content", "<p>Text</p>"),
        ("idempotency_key", "k"),
    ];
    let answer = app.admin().await.post("/admin/newsletters", &fields).await;
    answer.assert_status(303);
    let published = app.events::<IssuePublishedV1>().await.pop();
    published.expect("an event").data.issue_id
}

async fn issue(app: &TestApp, id: Uuid) -> Value {
    let key = Key::new(format!("ISSUE#{id}"), "ISSUE");
    app.table()
        .get(&key)
        .await
        .expect("a read")
        .expect("an issue")
}

fn counts(accepted: u64) -> DeliveryCounts {
    DeliveryCounts {
        recipients: 10,
        pending: 10 - accepted,
        accepted,
        ..DeliveryCounts::default()
    }
}

async fn progressed(
    app: &TestApp,
    issue_id: Uuid,
    version: u64,
    status: DeliveryStatus,
    accepted: u64,
) {
    let event = app.event_of_delivery(IssueDeliveryProgressedV1 {
        issue_id,
        version,
        status,
        reason: None,
        counts: counts(accepted),
    });
    app.receive(&event).await.expect("handled");
    app.receive(&event).await.expect("a repetition is handled");
}

#[tokio::test]
async fn an_issue_shows_the_newest_report_in_whatever_order_they_come() {
    let app = TestApp::with_admin().await;
    let id = publish(&app).await;
    assert_eq!(issue(&app, id).await["status"], "queued");
    progressed(&app, id, 2, DeliveryStatus::Sending, 5).await;
    progressed(&app, id, 1, DeliveryStatus::Queued, 0).await;
    let shown = issue(&app, id).await;
    assert_eq!(shown["status"], "sending");
    assert_eq!(shown["counts"]["accepted"], json!(5));
    assert_eq!(shown["counts"]["recipients"], json!(10));
}

#[tokio::test]
async fn a_delivered_issue_stays_delivered_while_its_counts_change() {
    let app = TestApp::with_admin().await;
    let issue_id = publish(&app).await;
    let now = ambient::Clock::now(&*app.clock);
    let delivered = app.event_of_delivery(IssueDeliveredV1 {
        issue_id,
        version: 3,
        counts: counts(10),
        started_at: now,
        finished_at: now,
    });
    app.receive(&delivered).await.expect("handled");
    progressed(&app, issue_id, 4, DeliveryStatus::Sending, 9).await;
    let shown = issue(&app, issue_id).await;
    assert_eq!(shown["status"], "delivered");
    assert_eq!(shown["counts"]["accepted"], json!(9));
    assert_eq!(shown["finished_at"], now.to_string());
}

#[tokio::test]
async fn a_report_on_an_unknown_issue_is_acknowledged() {
    let app = TestApp::spawn().await;
    progressed(&app, Uuid::from_u128(1), 1, DeliveryStatus::Sending, 1).await;
}
