//! `POST /v1/issues/{id}/pause`, `/resume`, `/cancel`

use contracts::events::{
    DeliveryCounts, DeliveryStatus, IssueCancelRequestedV1, IssueDeliveryProgressedV1,
    IssuePauseRequestedV1, IssueResumeRequestedV1,
};
use http::Method;
use serde_json::json;
use uuid::Uuid;

use crate::helpers::{Answer, Program, TestApp, request};

/// Publishes an issue; tells its id.
pub(super) async fn published(program: &Program<'_>) -> Uuid {
    let issue = json!({"title": "One", "text_content": "Text", "html_content": "<p>HTML</p>"});
    let answer = program.publish(&issue, "key").await;
    answer.assert_status(202);
    answer.json()["id"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .expect("an id")
}

pub(super) async fn report(app: &TestApp, issue_id: Uuid, version: u64, status: DeliveryStatus) {
    let event = app.event_of_delivery(IssueDeliveryProgressedV1 {
        issue_id,
        version,
        status,
        reason: None,
        counts: DeliveryCounts::default(),
    });
    app.receive(&event).await.expect("handled");
}

pub(super) async fn ask(program: &Program<'_>, id: Uuid, action: &str) -> Answer {
    let path = format!("/v1/issues/{id}/{action}");
    program
        .send(request(
            Method::POST,
            &path,
            None,
            axum::body::Body::empty(),
        ))
        .await
}

/// The versions of each kind of request, in their order.
async fn versions(app: &TestApp) -> [Vec<u64>; 3] {
    let pauses = app.events::<IssuePauseRequestedV1>().await.into_iter();
    let resumes = app.events::<IssueResumeRequestedV1>().await.into_iter();
    let cancels = app.events::<IssueCancelRequestedV1>().await.into_iter();
    let mut versions = [
        pauses.map(|it| it.data.version).collect(),
        resumes.map(|it| it.data.version).collect(),
        cancels.map(|it| it.data.version).collect::<Vec<_>>(),
    ];
    versions.iter_mut().for_each(|it| it.sort_unstable());
    versions
}

#[tokio::test]
async fn each_request_is_an_event_and_all_share_one_count() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let id = published(&program).await;
    let answer = ask(&program, id, "pause").await;
    answer.assert_status(202);
    let expected = json!({"id": id, "status": "queued", "requested": "pause"});
    assert_eq!(answer.json(), expected);
    ask(&program, id, "resume").await.assert_status(202);
    ask(&program, id, "cancel").await.assert_status(202);
    assert_eq!(versions(&app).await, [vec![1], vec![2], vec![3]]);
    let issue = program.get(&format!("/v1/issues/{id}")).await.json();
    assert_eq!(issue["status"], "queued", "until delivery reports it");
}

#[tokio::test]
async fn what_does_not_fit_the_status_is_a_conflict_and_no_event() {
    use DeliveryStatus::{Cancelled, Delivered, Paused, Sending};
    for (status, possible) in [
        (Sending, ["pause", "cancel"].as_slice()),
        (Paused, ["resume", "cancel"].as_slice()),
        (Cancelled, [].as_slice()),
        (Delivered, [].as_slice()),
    ] {
        for action in ["pause", "resume", "cancel"] {
            let app = TestApp::with_admin().await;
            let program = app.program().await;
            let id = published(&program).await;
            report(&app, id, 1, status).await;
            let answer = ask(&program, id, action).await;
            let events: usize = versions(&app).await.iter().map(Vec::len).sum();
            if possible.contains(&action) {
                answer.assert_status(202);
                assert_eq!(events, 1);
            } else {
                answer.assert_problem(409, "conflict");
                assert_eq!(events, 0);
            }
        }
    }
}

#[tokio::test]
async fn a_request_may_be_repeated_and_a_cancel_is_the_last_word() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let id = published(&program).await;
    for _ in 0..2 {
        ask(&program, id, "pause").await.assert_status(202);
    }
    report(&app, id, 1, DeliveryStatus::Paused).await;
    ask(&program, id, "pause")
        .await
        .assert_problem(409, "conflict");
    for _ in 0..2 {
        ask(&program, id, "cancel").await.assert_status(202);
    }
    ask(&program, id, "resume")
        .await
        .assert_problem(409, "conflict");
    assert_eq!(versions(&app).await, [vec![1, 2], vec![], vec![3, 4]]);
}

#[tokio::test]
async fn an_issue_that_is_not_there_is_not_found() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    for action in ["pause", "resume", "cancel"] {
        ask(&program, Uuid::nil(), action)
            .await
            .assert_problem(404, "not-found");
    }
}

#[tokio::test]
async fn an_admin_pauses_resumes_and_cancels_by_buttons() {
    let app = TestApp::with_admin().await;
    let (program, admin) = (app.program().await, app.admin().await);
    let id = published(&program).await;
    let page = format!("/admin/newsletters/{id}");
    let shown = admin.get(&page).await.body;
    assert!(shown.contains(&format!("{page}/pause")), "{shown}");
    assert!(!shown.contains(&format!("{page}/resume")), "{shown}");
    admin
        .post(&format!("{page}/pause"), &[])
        .await
        .assert_redirect(&page);
    let shown = admin.get(&page).await.body;
    assert!(shown.contains("A pause was asked for"), "{shown}");
    report(&app, id, 1, DeliveryStatus::Paused).await;
    let shown = admin.get(&page).await.body;
    assert!(!shown.contains("A pause was asked for"), "{shown}");
    admin
        .post(&format!("{page}/pause"), &[])
        .await
        .assert_status(409);
    admin
        .post(&format!("{page}/resume"), &[])
        .await
        .assert_redirect(&page);
    admin
        .post(&format!("{page}/cancel"), &[])
        .await
        .assert_redirect(&page);
    report(&app, id, 2, DeliveryStatus::Cancelled).await;
    let shown = admin.get(&page).await.body;
    for action in ["pause", "resume", "cancel"] {
        assert!(!shown.contains(&format!("{page}/{action}")), "{shown}");
    }
    assert_eq!(versions(&app).await, [vec![1], vec![2], vec![3]]);
}

#[tokio::test]
async fn the_page_says_why_an_issue_paused_itself() {
    let app = TestApp::with_admin().await;
    let id = published(&app.program().await).await;
    let event = app.event_of_delivery(IssueDeliveryProgressedV1 {
        issue_id: id,
        version: 1,
        status: DeliveryStatus::Paused,
        reason: Some("daily <quota> used up".to_owned()),
        counts: DeliveryCounts::default(),
    });
    app.receive(&event).await.expect("handled");
    let page = app
        .admin()
        .await
        .get(&format!("/admin/newsletters/{id}"))
        .await
        .body;
    assert!(
        page.contains("It paused itself: daily &#60;quota&#62; used up"),
        "{page}"
    );
}
