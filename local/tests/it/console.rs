//! The console over HTTP: Mailpit's API and the pages.

use local::{Settings, System};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

/// A system whose console is asked.
struct Console {
    system: System,
    client: reqwest::Client,
}

impl Console {
    async fn start() -> Self {
        Self {
            system: System::start(Settings::in_memory())
                .await
                .expect("a system"),
            client: reqwest::Client::new(),
        }
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = self.system.console_url().join(path).expect("a URL");
        self.client.request(method, url)
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        self.request(Method::GET, path)
            .send()
            .await
            .expect("an answer")
    }

    async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.expect("JSON")
    }

    async fn deliver(&self, to: &str, subject: &str) {
        let mail = crate::mailbox::raw(to, subject, "Hello <b>you</b>");
        self.system
            .mailbox()
            .deliver(mail)
            .await
            .expect("delivered");
    }
}

#[tokio::test]
async fn a_list_has_the_shape_of_mailpit() {
    let console = Console::start().await;
    console.deliver("Ann <ann@example.com>", "One").await;
    console.deliver("bob@example.com", "Two").await;
    let list = console.json("/api/v1/messages").await;
    for (field, value) in [
        ("total", json!(2)),
        ("unread", json!(2)),
        ("count", json!(2)),
        ("messages_count", json!(2)),
        ("messages_unread", json!(2)),
        ("start", json!(0)),
        ("tags", json!([])),
    ] {
        assert_eq!(list[field], value, "{field}");
    }
    let ann = &list["messages"][1];
    assert_eq!(
        ann["From"],
        json!({"Name": "Pennypost", "Address": "news@penny.example"})
    );
    assert_eq!(
        ann["To"],
        json!([{"Name": "Ann", "Address": "ann@example.com"}])
    );
    assert_eq!(
        (&ann["Cc"], &ann["Bcc"], &ann["ReplyTo"]),
        (&json!([]), &json!([]), &json!([]))
    );
    assert_eq!(
        (&ann["Subject"], &ann["Read"]),
        (&json!("One"), &json!(false))
    );
    assert_eq!(
        (&ann["MessageID"], &ann["Attachments"]),
        (&json!("1@penny.example"), &json!(0))
    );
    assert_eq!(
        (&ann["Tags"], &ann["Snippet"]),
        (&json!([]), &json!("Hello <b>you</b>"))
    );
    assert!(ann["ID"].is_string() && ann["Created"].is_string() && ann["Size"].is_u64());
}

#[tokio::test]
async fn a_search_tells_the_whole_and_the_matching() {
    let console = Console::start().await;
    for number in 0..3 {
        console
            .deliver("ann@example.com", &format!("Number {number}"))
            .await;
    }
    console.deliver("bob@example.com", "Other").await;
    let found = console
        .json("/api/v1/search?query=to:Ann@example.com&start=1&limit=1")
        .await;
    assert_eq!(
        (&found["total"], &found["messages_count"]),
        (&json!(4), &json!(3))
    );
    assert_eq!((&found["count"], &found["start"]), (&json!(1), &json!(1)));
    assert_eq!(found["messages"][0]["Subject"], "Number 1");
}

#[tokio::test]
async fn a_message_is_shown_whole() {
    let console = Console::start().await;
    console.deliver("ann@example.com", "One").await;
    let message = console.json("/api/v1/message/latest").await;
    assert_eq!(message["Subject"], "One");
    assert_eq!(
        message["Text"].as_str().expect("text").trim(),
        "Hello <b>you</b>"
    );
    assert_eq!(
        message["HTML"].as_str().expect("HTML").trim(),
        "<p>Hello <b>you</b></p>"
    );
    assert_eq!(message["Date"], "2026-11-22T15:00:00Z");
    let id = message["ID"].as_str().expect("an id");
    assert_eq!(
        console.json(&format!("/api/v1/message/{id}")).await,
        message
    );
    let headers = console.json(&format!("/api/v1/message/{id}/headers")).await;
    assert_eq!(headers["Message-Id"], json!(["<1@penny.example>"]));
    assert_eq!(headers["Subject"], json!(["One"]));
    assert_eq!(console.json("/api/v1/messages").await["unread"], json!(0));
}

#[tokio::test]
async fn what_is_not_there_is_404_and_what_is_no_number_400() {
    let console = Console::start().await;
    for path in [
        "/api/v1/message/latest",
        "/api/v1/message/nobody",
        "/api/v1/message/nobody/headers",
        "/api/v1/nothing",
        "/messages/nobody",
        "/messages/nobody/html",
        "/nothing",
    ] {
        assert_eq!(
            console.get(path).await.status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    for path in [
        "/api/v1/messages?start=-1",
        "/api/v1/messages?limit=x",
        "/api/v1/messages?limit=99999999999",
        "/api/v1/search?query=a&start=1.5",
        "/api/v1/search?query=",
        "/api/v1/search",
        "/?start=x",
    ] {
        assert_eq!(
            console.get(path).await.status(),
            StatusCode::BAD_REQUEST,
            "{path}"
        );
    }
}

#[tokio::test]
async fn mails_are_deleted_by_id_and_all() {
    let console = Console::start().await;
    for subject in ["One", "Two", "Three"] {
        console.deliver("ann@example.com", subject).await;
    }
    let latest = console.json("/api/v1/message/latest").await["ID"].clone();
    let delete = || console.request(Method::DELETE, "/api/v1/messages");
    let answer = delete()
        .json(&json!({"IDs": [latest]}))
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.text().await.expect("text"), "ok");
    assert_eq!(console.json("/api/v1/messages").await["total"], json!(2));

    let broken = delete()
        .body("{\"IDs\": 7}")
        .send()
        .await
        .expect("an answer");
    assert_eq!(broken.status(), StatusCode::BAD_REQUEST);
    assert_eq!(console.json("/api/v1/messages").await["total"], json!(2));

    let answer = delete().send().await.expect("an answer");
    assert_eq!(answer.text().await.expect("text"), "ok");
    assert_eq!(console.json("/api/v1/messages").await["total"], json!(0));
}

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
