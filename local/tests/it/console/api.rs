//! The subset of Mailpit's API.

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::Console;

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
        "/api/v1/message/%ff",
        "/api/v1/message/%ff/raw",
        "/messages/%ff",
        "/messages/nobody",
        "/messages/nobody/html",
        "/nothing",
    ] {
        let answer = console.get(path).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        let text = answer.text().await.expect("text");
        assert_eq!(text, "There is nothing at this address.\n", "{path}");
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
async fn a_list_without_a_number_has_the_default_one() {
    let console = Console::start().await;
    console.deliver("ann@example.com", "One").await;
    for path in ["?limit=&start=", "?limit=0&start=0"] {
        let list = console.json(&format!("/api/v1/messages{path}")).await;
        assert_eq!(list["count"], json!(1), "{path}");
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

    for broken in ["{\"IDs\": 7}", "[]", "{\"ids\": [\"x\"]}"] {
        let answer = delete().body(broken).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{broken}");
        assert_eq!(console.json("/api/v1/messages").await["total"], json!(2));
    }

    let answer = delete().send().await.expect("an answer");
    assert_eq!(answer.text().await.expect("text"), "ok");
    assert_eq!(console.json("/api/v1/messages").await["total"], json!(0));
}
