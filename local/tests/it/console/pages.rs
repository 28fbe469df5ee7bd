//! The pages, and what keeps other sites out of them.

use reqwest::{Method, StatusCode, header};
use serde_json::json;

use super::Console;

#[tokio::test]
async fn pages_show_mails_escaped_and_their_html_in_a_sandbox() {
    let console = Console::start().await;
    console
        .deliver("ann@example.com", "<script>alert(1)</script>")
        .await;
    let list = console.get("/?q=to:ann").await;
    assert!(list.headers().contains_key(header::CONTENT_SECURITY_POLICY));
    let list = list.text().await.expect("a page");
    assert!(
        list.contains("ann@example.com") && !list.contains("<script>"),
        "{list}"
    );

    let id = console.json("/api/v1/message/latest").await["ID"].clone();
    let id = id.as_str().expect("an id");
    let page = console
        .get(&format!("/messages/{id}"))
        .await
        .text()
        .await
        .expect("a page");
    assert!(!page.contains("<script>"), "{page}");
    assert!(
        page.contains(r#"sandbox="allow-popups allow-popups-to-escape-sandbox""#),
        "{page}"
    );

    let framed = console.get(&format!("/messages/{id}/html")).await;
    let policy = framed.headers()[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .expect("text");
    assert!(policy.starts_with("sandbox allow-popups "), "{policy}");
    assert!(!policy.contains("allow-scripts") && !policy.contains("allow-same-origin"));
    let framed = framed.text().await.expect("a page");
    assert!(framed.contains(r#"<base target="_blank">"#), "{framed}");
}

#[tokio::test]
async fn a_dead_letter_is_shown_with_its_reason_and_sent_once_more() {
    let console = Console::start().await;
    let broken = local::queue::NewMessage {
        queue: "delivery-inbound",
        body: "no event at all".to_owned(),
        trace_header: None,
    };
    console
        .system
        .queues()
        .send(vec![broken])
        .await
        .expect("sent");
    let buried = || async {
        let letters = console
            .system
            .queues()
            .dead_letters(10)
            .await
            .expect("letters");
        letters.into_iter().next()
    };
    let first = crate::reader::eventually(buried).await;
    let page = console.get("/queues").await.text().await.expect("a page");
    assert!(page.contains("delivery-inbound"), "{page}");
    assert!(page.contains("not an EventBridge event"), "{page}");

    let redrive = format!("/dead-letters/{}/redrive", first.id);
    let answer = console
        .request(Method::POST, &redrive)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK, "it leads back to the page");
    // It is no better than before, so it dies again, under a number of its own.
    let again = || async { buried().await.filter(|letter| letter.id != first.id) };
    crate::reader::eventually(again).await;
}

#[tokio::test]
async fn another_site_changes_and_reads_nothing() {
    let console = Console::start().await;
    console.deliver("ann@example.com", "One").await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("origin", "http://evil.example"),
    ] {
        for (method, path) in [
            (Method::DELETE, "/api/v1/messages"),
            (Method::POST, "/messages/delete"),
            (Method::POST, "/dead-letters/redrive"),
        ] {
            let request = console.request(method, path).header(name, value);
            let status = request.send().await.expect("an answer").status();
            assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
        }
    }
    let rebound = console
        .request(Method::GET, "/")
        .header(header::HOST, "evil.example");
    let status = rebound.send().await.expect("an answer").status();
    assert_eq!(status, StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(console.json("/api/v1/messages").await["total"], json!(1));
}
