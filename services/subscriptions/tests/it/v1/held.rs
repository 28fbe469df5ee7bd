//! `POST /v1/issues/{id}/held`

use axum::body::Body;
use contracts::events::{
    AllHeld, DeliveryStatus, HeldAction, HeldSelection, IssueHeldResolutionRequestedV1,
};
use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::controls::{ask, published, report};
use crate::helpers::{Answer, JSON, Program, TestApp, request};

async fn decide(program: &Program<'_>, id: Uuid, body: &Value) -> Answer {
    let path = format!("/v1/issues/{id}/held");
    let body = Body::from(body.to_string());
    program
        .send(request(Method::POST, &path, Some(JSON), body))
        .await
}

async fn decisions(app: &TestApp) -> Vec<IssueHeldResolutionRequestedV1> {
    let events = app.events().await.into_iter().map(|event| event.data);
    let mut decisions: Vec<IssueHeldResolutionRequestedV1> = events.collect();
    decisions.sort_by_key(|it| it.version);
    decisions
}

#[tokio::test]
async fn each_decision_is_an_event_and_they_are_counted_apart_from_the_controls() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let id = published(&program).await;
    ask(&program, id, "pause").await.assert_status(202);
    report(&app, id, 1, DeliveryStatus::Delivered).await;
    let all = json!({"action": "resend", "subscriber_ids": "all"});
    decide(&program, id, &all).await.assert_status(202);
    let [ann, bob] = [1, 2].map(Uuid::from_u128);
    let these = json!({"action": "drop", "subscriber_ids": [ann, bob, ann]});
    decide(&program, id, &these).await.assert_status(202);
    let expected = [
        (1, HeldAction::Resend, HeldSelection::All(AllHeld::All)),
        (2, HeldAction::Drop, HeldSelection::These(vec![ann, bob])),
    ];
    let expected =
        expected.map(
            |(version, action, subscriber_ids)| IssueHeldResolutionRequestedV1 {
                issue_id: id,
                version,
                action,
                subscriber_ids,
            },
        );
    assert_eq!(decisions(&app).await, expected);
}

#[tokio::test]
async fn the_most_ids_fit_into_an_event_and_more_are_refused() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let id = published(&program).await;
    let ids = |count: u128| {
        (0..count)
            .map(|it| Uuid::from_u128(it << 60))
            .collect::<Vec<_>>()
    };
    let body = |count| json!({"action": "drop", "subscriber_ids": ids(count)});
    decide(&program, id, &body(4_000)).await.assert_status(202);
    let answer = decide(&program, id, &body(4_001)).await;
    answer.assert_problem(400, "invalid");
    assert_eq!(answer.problem_fields(), ["subscriber_ids"]);
    assert_eq!(decisions(&app).await.len(), 1);
}

#[tokio::test]
async fn what_is_wrong_is_told_by_its_name() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let id = published(&program).await;
    let both = ["action", "subscriber_ids"].as_slice();
    for (body, fields) in [
        (json!({}), both),
        (json!({"action": null, "subscriber_ids": null}), both),
        (
            json!({"action": "send", "subscriber_ids": "everybody"}),
            both,
        ),
        (json!({"action": "drop", "subscriber_ids": []}), &both[1..]),
        (
            json!({"action": "drop", "subscriber_ids": ["x"]}),
            &both[1..],
        ),
        (json!({"action": "drop", "subscriber_ids": [1]}), &both[1..]),
        (json!({"action": 1, "subscriber_ids": "all"}), &both[..1]),
    ] {
        let answer = decide(&program, id, &body).await;
        answer.assert_problem(400, "invalid");
        assert_eq!(answer.problem_fields(), fields, "{body}");
    }
    decide(&program, id, &json!([]))
        .await
        .assert_problem(400, "invalid");
    assert!(decisions(&app).await.is_empty());
    let all = json!({"action": "drop", "subscriber_ids": "all"});
    decide(&program, Uuid::nil(), &all)
        .await
        .assert_problem(404, "not-found");
}

#[tokio::test]
async fn a_cancelled_issue_is_not_sent_again_and_its_held_can_be_given_up() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let id = published(&program).await;
    report(&app, id, 1, DeliveryStatus::Cancelled).await;
    let body = |action: &str| json!({"action": action, "subscriber_ids": "all"});
    decide(&program, id, &body("resend"))
        .await
        .assert_problem(409, "conflict");
    decide(&program, id, &body("drop")).await.assert_status(202);
}

#[tokio::test]
async fn an_admin_decides_by_buttons() {
    let app = TestApp::with_admin().await;
    let id = published(&app.program().await).await;
    let admin = app.admin().await;
    let path = format!("/admin/newsletters/{id}/held");
    let list = format!("/admin/newsletters/{id}/exceptions?outcome=held");
    let one = Uuid::from_u128(1).to_string();
    let fields = [("action", "resend"), ("subscriber_id", &one)];
    admin.post(&path, &fields).await.assert_redirect(&list);
    let shown = admin.get(&list).await.body;
    assert!(
        shown.contains("<p><i>They will be sent the issue again."),
        "{shown}"
    );
    let fields = [("action", "drop"), ("subscriber_id", "all")];
    admin.post(&path, &fields).await.assert_redirect(&list);
    for fields in [
        [("action", "x"), ("subscriber_id", "all")],
        [("action", "drop"), ("subscriber_id", "x")],
    ] {
        admin.post(&path, &fields).await.assert_status(400);
    }
    let actions: Vec<_> = decisions(&app).await.iter().map(|it| it.action).collect();
    assert_eq!(actions, [HeldAction::Resend, HeldAction::Drop]);
}
