//! What every answer has.

use axum::body::Body;
use http::Method;

use crate::helpers::{TestApp, request};

#[tokio::test]
async fn health_check_works() {
    let app = TestApp::spawn().await;
    let answer = app.get("/health_check").await;
    answer.assert_status(200);
    assert!(answer.body.is_empty());
}

#[tokio::test]
async fn the_home_page_has_the_form_and_needs_no_script() {
    let app = TestApp::spawn().await;
    let page = app.get("/").await;
    page.assert_status(200);
    for part in [
        "action=\"subscriptions\"",
        "method=\"post\"",
        "name=\"name\"",
        "name=\"email\"",
    ] {
        assert!(page.body.contains(part), "{part}");
    }
    assert!(!page.body.contains("<script") && !page.body.contains("style=\""));
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let app = TestApp::spawn().await;
    for path in [
        "/",
        "/health_check",
        "/nowhere",
        "/subscriptions",
        "/subscriptions/confirm",
    ] {
        let answer = app.get(path).await;
        assert!(
            answer
                .header("content-security-policy")
                .starts_with("default-src 'none'; style-src 'self'"),
            "{path}"
        );
        assert!(
            answer
                .header("content-security-policy")
                .ends_with("frame-ancestors 'none'")
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert!(
            answer
                .header("strict-transport-security")
                .starts_with("max-age="),
            "{path}"
        );
    }
}

#[tokio::test]
async fn without_https_nobody_is_told_to_use_it() {
    let app = TestApp::at("http://127.0.0.1:8000").await;
    assert!(
        app.get("/")
            .await
            .header("strict-transport-security")
            .is_empty()
    );
}

#[tokio::test]
async fn errors_are_json_for_who_asks_for_json_and_a_page_for_browsers() {
    let app = TestApp::spawn().await;
    for (accept, kind) in [
        ("application/json", "application/problem+json"),
        ("application/problem+json", "application/problem+json"),
        (
            "text/html,application/xhtml+xml,*/*;q=0.8",
            "text/html; charset=utf-8",
        ),
        ("*/*", "text/html; charset=utf-8"),
    ] {
        let mut get = request(Method::GET, "/nowhere", None, Body::empty());
        get.headers_mut()
            .insert("accept", accept.parse().expect("a header"));
        assert_eq!(app.send(get).await.header("content-type"), kind, "{accept}");
    }
}
