//! The list of past issues, and an issue's page.

use contracts::events::{
    DeliveryCounts, DeliveryStatus, IssueDeliveredV1, IssueDeliveryProgressedV1,
};
use uuid::Uuid;

use crate::{
    helpers::TestApp,
    publishing::{publish, published},
};

#[tokio::test]
async fn past_issues_are_listed_newest_first_and_paged() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    for number in 1..=21 {
        publish(
            &admin,
            &format!("Issue {number:02}"),
            &format!("key {number}"),
        )
        .await
        .assert_status(303);
    }
    let first = admin.get("/admin/newsletters").await.body;
    let place = |title: &str| first.find(title);
    assert!(place("Issue 21") < place("Issue 20") && place("Issue 02").is_some());
    assert_eq!(place("Issue 01"), None);
    let (_, next) = first
        .split_once("/admin/newsletters?after=")
        .expect("older ones");
    let next = next.split_once('#').expect("a fragment").0;
    let second = admin.get(&format!("/admin/newsletters?after={next}")).await;
    assert!(second.body.contains("Issue 01") && !second.body.contains("Issue 02"));
    assert!(
        !second.body.contains("?after="),
        "nothing after the last one"
    );
    admin
        .get("/admin/newsletters?after=nonsense")
        .await
        .assert_status(400);
}

fn counts(pending: u64, accepted: u64, held: u64) -> DeliveryCounts {
    DeliveryCounts {
        recipients: pending + accepted + held,
        pending,
        accepted,
        held,
        ..DeliveryCounts::default()
    }
}

#[tokio::test]
async fn the_issue_page_tells_what_delivery_reports() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    publish(&admin, "Title", "key").await.assert_status(303);
    let issue_id = published(&app).await[0].issue_id;
    let path = format!("/admin/newsletters/{issue_id}");

    let progressed = IssueDeliveryProgressedV1 {
        issue_id,
        version: 1,
        status: DeliveryStatus::Sending,
        reason: None,
        counts: counts(5, 2, 0),
    };
    app.receive(&app.event_of_delivery(progressed))
        .await
        .expect("handled");
    let page = admin.get(&path).await.body;
    assert!(
        page.contains("<span class=\"state sending\" data-live=\"status\">sending</span>"),
        "{page}"
    );
    assert!(page.contains("max=\"7\" value=\"2\""), "{page}");
    assert!(page.contains("data-watch=\"on\""), "the script asks on");

    let now = ambient::Clock::now(&*app.clock);
    let delivered = IssueDeliveredV1 {
        issue_id,
        version: 2,
        counts: counts(0, 6, 1),
        started_at: now,
        finished_at: now,
    };
    app.receive(&app.event_of_delivery(delivered))
        .await
        .expect("handled");
    let page = admin.get(&path).await.body;
    assert!(
        page.contains("delivered") && page.contains("finished"),
        "{page}"
    );
    let held = "<dt>Held</dt><dd data-live=\"Held\">1</dd>";
    assert!(page.contains(held), "{page}");
    assert!(page.contains("data-watch=\"over\""), "the script is done");
    assert!(!page.contains(">Refresh<"), "{page}");
}

#[tokio::test]
async fn an_issue_that_is_not_there_is_not_found() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    for id in ["x".to_owned(), Uuid::nil().to_string()] {
        admin
            .get(&format!("/admin/newsletters/{id}"))
            .await
            .assert_status(404);
    }
}
