//! Errors below `/v1`.

use axum::body::Body;
use http::{Method, header::HeaderValue};
use serde_json::json;

use crate::helpers::{JSON, TestApp, request};

#[tokio::test]
async fn what_is_not_there_is_a_problem_whoever_asks() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    for path in [
        "/v1",
        "/v1/",
        "/v1/nothing",
        "/v1/issues/",
        "/v1/issues/a/b",
    ] {
        let mut get = request(Method::GET, path, None, Body::empty());
        let browser = HeaderValue::from_static("text/html");
        get.headers_mut().insert("accept", browser);
        app.send(get).await.assert_problem(404, "not-found");
    }
    for path in [
        "/v1/issues/x",
        "/v1/issues/7b0e7d3c-1c53-4a1e-9f43-2a4f4c5c9a11",
    ] {
        program.get(path).await.assert_problem(404, "not-found");
    }
}

#[tokio::test]
async fn no_token_and_no_good_one_are_told_the_same() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let mut unknown = program.token.clone();
    unknown.replace_range(3..11, "00000000");
    let long = "x".repeat(5000);
    let mut bodies = Vec::new();
    for value in [
        None,
        Some(""),
        Some("Bearer"),
        Some("Bearer "),
        Some("Bearer nonsense"),
        Some(&*format!("Bearer {unknown}")),
        Some(&*format!("Bearer {}x", program.token)),
        Some(&*format!("Basic {}", program.token)),
        Some(&*format!("Bearer {long}")),
    ] {
        let mut get = request(Method::GET, "/v1/issues", None, Body::empty());
        let id = HeaderValue::from_static("same");
        get.headers_mut().insert("x-request-id", id);
        if let Some(value) = value {
            let value = HeaderValue::try_from(value).expect("a header");
            get.headers_mut().insert("authorization", value);
        }
        let answer = app.send(get).await;
        answer.assert_problem(401, "unauthorized");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        assert!(answer.header("location").is_empty());
        bodies.push(answer.body);
    }
    assert!(bodies.iter().all(|body| body == &bodies[0]), "{bodies:?}");
    program.get("/v1/issues").await.assert_status(200);
}

#[tokio::test]
async fn a_session_authorises_nothing_here() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    assert!(admin.is_signed_in().await);
    admin
        .get("/v1/issues")
        .await
        .assert_problem(401, "unauthorized");
}

#[tokio::test]
async fn a_program_may_run_anywhere() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let issue = json!({"title": "T", "text_content": "t", "html_content": "h"});
    let mut post = program.publication(&issue.to_string(), Some("key"));
    let elsewhere = HeaderValue::from_static("https://elsewhere.example");
    post.headers_mut().insert("origin", elsewhere);
    let answer = program.send(post).await;
    answer.assert_status(202);
    assert!(answer.header("access-control-allow-origin").is_empty());
}

#[tokio::test]
async fn a_body_is_json() {
    let app = TestApp::with_admin().await;
    let body = json!({"username": "admin", "password": "p", "name": "n"}).to_string();
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
    ] {
        let answer = app.post("/v1/tokens", kind, body.clone()).await;
        answer.assert_problem(415, "unsupported-media-type");
    }
    let without = request(Method::POST, "/v1/tokens", None, Body::from(body.clone()));
    let answer = app.send(without).await;
    answer.assert_problem(415, "unsupported-media-type");
    for body in ["", "{", "[]", "null", "\"a\"", "{\"a\":1}x", "\u{feff}{}"] {
        let answer = app.post("/v1/tokens", JSON, body).await;
        answer.assert_problem(400, "invalid");
    }
    let answer = app.post("/v1/tokens", "application/json; charset=utf-8", body);
    answer.await.assert_problem(401, "wrong-credentials");
}

#[tokio::test]
async fn while_the_store_is_down_a_program_is_told_when_to_come_again() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    app.store.is_down(true);
    for path in ["/v1/issues", "/v1/tokens", "/v1/subscribers"] {
        let answer = program.get(path).await;
        answer.assert_problem(503, "unavailable");
        assert_eq!(answer.header("retry-after"), "5");
    }
    app.store.is_down(false);
    program.get("/v1/issues").await.assert_status(200);
}

#[tokio::test]
async fn answers_are_for_nobody_else_and_for_no_cache() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    for path in [
        "/v1/issues",
        "/v1/tokens",
        "/v1/subscribers",
        "/openapi.json",
    ] {
        let answer = program.get(path).await;
        answer.assert_status(200);
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("content-type"), JSON, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(answer.header("set-cookie").is_empty());
    }
}
