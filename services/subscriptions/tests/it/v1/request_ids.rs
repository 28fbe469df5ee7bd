//! `X-Request-Id`

use axum::body::Body;
use http::{Method, header::HeaderValue};
use uuid::Uuid;

use crate::helpers::{Answer, TestApp, request};

async fn send(app: &TestApp, path: &str, ids: &[&str]) -> Answer {
    let mut get = request(Method::GET, path, None, Body::empty());
    for id in ids {
        let value = HeaderValue::from_bytes(id.as_bytes()).expect("a header");
        get.headers_mut().append("x-request-id", value);
    }
    app.send(get).await
}

#[tokio::test]
async fn every_answer_has_an_id_of_its_own() {
    let app = TestApp::spawn().await;
    let mut seen = Vec::new();
    for path in [
        "/",
        "/health_check",
        "/nowhere",
        "/login",
        "/v1/issues",
        "/openapi.json",
    ] {
        let answer = send(&app, path, &[]).await;
        let id: Uuid = answer.header("x-request-id").parse().expect("a UUID");
        assert!(!seen.contains(&id));
        seen.push(id);
    }
}

#[tokio::test]
async fn a_harmless_id_of_the_client_is_kept_and_any_other_is_not() {
    let app = TestApp::spawn().await;
    let answer = send(&app, "/v1/issues", &["Root-1_a.b"]).await;
    assert_eq!(answer.header("x-request-id"), "Root-1_a.b");
    assert_eq!(answer.json()["request_id"], "Root-1_a.b");
    let long = "a".repeat(65);
    for ids in [
        &["a b"][..],
        &["ann@example.com"],
        &[""],
        &[&long],
        &["a", "b"],
    ] {
        let answer = send(&app, "/health_check", ids).await;
        let id = answer.header("x-request-id");
        assert!(id.parse::<Uuid>().is_ok(), "{ids:?}: {id}");
    }
}
