//! Whatever is asked, there is an answer that is no fault of ours and repeats
//! nothing as markup.

use axum::{body::Body, extract::Request};
use fuzz::Target;
use http::header::{CONTENT_TYPE, COOKIE};

use crate::helpers::TestApp;

/// Method and path, type, cookies, body, by lines. The path is one that needs
/// no password, whose hash would take all the time.
const REQUESTS: [&str; 10] = [
    "GET /\n\n\n",
    "POST /subscriptions\napplication/x-www-form-urlencoded\n\nname=%3Cxss&email=ann%40example.com",
    "POST /subscriptions\napplication/x-www-form-urlencoded\n\nname=Ann&email=%22%3E%3Cxss",
    "POST /subscriptions\napplication/json; charset=utf-8\n\n{\"name\":\"Ann\",\"email\":\"<xss\"}",
    "GET /subscriptions/confirm?subscription_token=%3Cxss\n\n\n",
    "GET /subscriptions/confirm?subscription_token=-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s\n\n\n",
    "POST /subscriptions/unsubscribe?token=ASNFZ4mrze8BI0VniavN7w%3Cxss\n\n\nList-Unsubscribe=One-Click",
    "GET /login\n\nflash=logged-out; session=<xss\n",
    "GET /admin/newsletters/<xss?after=0\n\nsession=Pj4-Pj4-Pj4-Pj4-Pj4-Pj4-Pj4-Pj4-Pj4-Pj4-Pj4\n",
    "POST /admin/newsletters\napplication/x-www-form-urlencoded\nsession=x\ntitle=%3Cxss&idempotency_key=k",
];

/// None if not even an HTTP parser would take it.
fn request(input: &[u8]) -> Option<Request> {
    let mut lines = input.splitn(4, |byte| *byte == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let (first, kind, cookies, body) = (line(), line(), line(), line());
    let (method, path) = std::str::from_utf8(first).ok()?.split_once(' ')?;
    if path.contains("/login") && method != "GET" {
        return None;
    }
    let request = Request::builder().method(method).uri(path);
    let request = request.header(CONTENT_TYPE, kind).header(COOKIE, cookies);
    request.body(Body::from(body.to_vec())).ok()
}

#[test]
fn whatever_is_asked_is_answered_and_never_repeated_as_markup() {
    // Answers wait for their beat: time that nobody has to spend here.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let app = runtime.block_on(TestApp::spawn());
    let corpus = REQUESTS.iter().map(|it| it.as_bytes().to_vec());
    let found = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/found/request");
    Target::new(corpus.collect(), found).run(|input| {
        let Some(request) = request(input) else {
            return;
        };
        let answer = runtime.block_on(app.send(request));
        assert!(answer.status.as_u16() < 500, "{}", answer.body);
        assert!(!answer.body.contains("<xss"), "{}", answer.body);
    });
}
