//! What a request must not be: a clear 4xx, and never a 5xx.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use axum::body::{Body, Bytes};
use futures::{StreamExt, stream};
use tokio::net::TcpListener;

use crate::helpers::TestApp;

/// How long a step over the network may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(20);

const JSON: &str = "application/json";

#[tokio::test]
async fn subscribe_returns_a_400_when_data_is_missing() {
    let app = TestApp::spawn().await;
    for (body, what) in [
        ("name=le%20guin", "missing the email"),
        ("email=ursula_le_guin%40gmail.com", "missing the name"),
        ("", "missing both name and email"),
    ] {
        let answer = app.post_form("/subscriptions", body).await;
        assert_eq!(answer.status, 400, "{what}");
    }
    assert!(app.outbox().await.is_empty());
}

#[tokio::test]
async fn subscribe_returns_a_400_when_fields_are_present_but_invalid() {
    let app = TestApp::spawn().await;
    let long_name = format!("name={}&email=a%40b.example", "a".repeat(257));
    let long_email = format!("name=a&email={}%40b.example", "a".repeat(65));
    for (body, what) in [
        ("name=&email=ursula_le_guin%40gmail.com", "an empty name"),
        (
            "name=%20%09&email=ursula_le_guin%40gmail.com",
            "a blank name",
        ),
        ("name=%E2%80%8B&email=a%40b.example", "a name of no width"),
        ("name=Ursula&email=", "an empty email"),
        (
            "name=Ursula&email=definitely-not-an-email",
            "an invalid email",
        ),
        (
            "name=a%0D%0ABcc%3A%20b&email=a%40b.example",
            "a line end in the name",
        ),
        (
            "name=a&email=a%40b.example%0D%0ABcc%3A%20b",
            "a line end in the email",
        ),
        ("name=%3Cb%3E&email=a%40b.example", "HTML in the name"),
        ("name=a%00&email=a%40b.example", "a NUL in the name"),
        ("name=%FF&email=a%40b.example", "a name that is not UTF-8"),
        ("name=a&name=a&email=a%40b.example", "two names"),
        (
            "name=a&email=a%40b.example&email=a%40b.example",
            "two emails",
        ),
        (&long_name, "a long name"),
        (&long_email, "a long email"),
    ] {
        let answer = app.post_form("/subscriptions", body.to_owned()).await;
        assert_eq!(answer.status, 400, "{what}: {}", answer.body);
        assert!(answer.header("content-type").starts_with("text/html"));
    }
    assert!(app.outbox().await.is_empty());
}

#[tokio::test]
async fn json_clients_are_told_each_bad_field() {
    let app = TestApp::spawn().await;
    let both: &[&str] = &["name", "email"];
    for (body, fields) in [
        ("{}", both),
        (r#"{"name":"a"}"#, &["email"]),
        (r#"{"email":"a@b.example"}"#, &["name"]),
        (r#"{"name":" ","email":"x"}"#, both),
        (r#"{"name":1,"email":["a@b.example"]}"#, both),
        (r#"{"name":null,"email":{}}"#, both),
        (
            r#"{"name":"a","name":"b","email":"a@b.example"}"#,
            &["name"],
        ),
        (r#"{"name":"a\r\nb","email":"a@b.example"}"#, &["name"]),
    ] {
        let answer = app.post("/subscriptions", JSON, body).await;
        answer.assert_status(400);
        assert_eq!(answer.problem_fields(), fields, "{body}");
        let problem = answer.json();
        assert_eq!(
            (&problem["status"], &problem["title"]),
            (&400.into(), &"Bad Request".into())
        );
    }
    assert!(app.outbox().await.is_empty());
}

#[tokio::test]
async fn what_is_no_json_object_is_a_400_problem() {
    let app = TestApp::spawn().await;
    let deep = "[".repeat(10_000);
    let bodies: [&[u8]; 7] = [
        b"",
        b"{",
        b"[]",
        b"\"text\"",
        b"null",
        b"{\"name\":\"\xff\",\"email\":\"a@b.example\"}",
        deep.as_bytes(),
    ];
    for body in bodies {
        let answer = app.post("/subscriptions", JSON, body.to_vec()).await;
        answer.assert_status(400);
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
}

#[tokio::test]
async fn a_problem_does_not_repeat_what_was_sent() {
    let app = TestApp::spawn().await;
    let body = r#"{"name":"<secret>","email":"secret@@example"}"#;
    let answer = app.post("/subscriptions", JSON, body).await;
    answer.assert_status(400);
    assert!(!answer.body.contains("secret"), "{}", answer.body);
}

#[tokio::test]
async fn a_refused_form_comes_back_with_what_was_typed_and_what_is_wrong() {
    let app = TestApp::spawn().await;
    let answer = app
        .post_form("/subscriptions", "name=%22%3Cb%3E&email=ann")
        .await;
    answer.assert_status(400);
    for part in [
        "name=\"name\"",
        "value=\"&#34;&#60;b&#62;\"",
        "value=\"ann\"",
        "id=\"name-error\"",
        "id=\"email-error\"",
        "aria-invalid=\"true\"",
    ] {
        assert!(answer.body.contains(part), "{part} in {}", answer.body);
    }
    assert!(!answer.body.contains("<b>"), "{}", answer.body);
}

#[tokio::test]
async fn the_longest_name_fits_in_every_encoding() {
    let app = TestApp::spawn().await;
    // 256 graphemes of 25 bytes and 11 UTF-16 units each.
    let family = "👨‍👩‍👧‍👦".repeat(256);
    app.subscribe(&family, "form@example.com")
        .await
        .assert_status(200);
    let escaped: String = family
        .encode_utf16()
        .map(|unit| format!("\\u{unit:04x}"))
        .collect();
    let json = format!(r#"{{"name":"{escaped}","email":"json@example.com"}}"#);
    app.post("/subscriptions", JSON, json)
        .await
        .assert_status(202);
    for event in app.registered().await {
        assert_eq!(event.data.name.expose(), family);
    }
}

#[tokio::test]
async fn a_name_that_is_too_large_is_told_the_bound_that_it_breaks() {
    let app = TestApp::spawn().await;
    let stacked = format!("a{}", "\u{308}".repeat(5_000));
    let answer = app.subscribe(&stacked, "a@b.example").await;
    answer.assert_status(400);
    assert!(
        answer.body.contains("longer than 8192 bytes"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn a_body_that_does_not_come_is_a_408() {
    let app = TestApp::spawn().await;
    tokio::time::pause();
    let form = "application/x-www-form-urlencoded";
    for kind in [form, JSON] {
        let start = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"name=a"))]);
        let body = Body::from_stream(start.chain(stream::pending()));
        let answer = app.post("/subscriptions", kind, body).await;
        answer.assert_status(408);
    }
}

#[tokio::test]
async fn other_content_types_are_a_415() {
    let app = TestApp::spawn().await;
    for kind in [
        "text/plain",
        "multipart/form-data; boundary=b",
        "application/xml",
        "json",
        "",
    ] {
        let body = "name=a&email=a%40b.example";
        let answer = app.post("/subscriptions", kind, body).await;
        answer.assert_status(415);
        assert!(answer.body.contains("a form or JSON"), "{}", answer.body);
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_a_413_and_is_not_held_in_memory() {
    let app = TestApp::spawn().await;
    let mut just_fits = "name=a&email=a%40b.example&x=".to_owned();
    just_fits.push_str(&"x".repeat(64 * 1024 - just_fits.len()));
    app.post_form("/subscriptions", just_fits.clone())
        .await
        .assert_status(200);
    let answer = app
        .post_form("/subscriptions", format!("{just_fits}x"))
        .await;
    answer.assert_status(413);
    assert!(answer.body.contains("at most 64 KiB"), "{}", answer.body);
    let chunk = Bytes::from(vec![b'a'; 64 * 1024]);
    for kind in ["application/x-www-form-urlencoded", JSON] {
        // 10 MB in chunks that share their memory, without a Content-Length.
        let chunks = std::iter::repeat_n(chunk.clone(), 160).map(Ok::<_, std::io::Error>);
        let body = Body::from_stream(stream::iter(chunks));
        app.post("/subscriptions", kind, body)
            .await
            .assert_status(413);
    }
}

#[tokio::test]
async fn a_client_that_sends_ten_megabytes_before_it_reads_gets_its_413() {
    let app = TestApp::spawn().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = axum::serve(listener, app.app.router());
    let client = tokio::task::spawn_blocking(move || send_ten_megabytes(address));
    tokio::select! {
        stopped = server => panic!("the server stopped: {stopped:?}"),
        answer = client => {
            let answer = answer.expect("no panic");
            assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
        }
    }
}

/// Tells the first line of the answer.
fn send_ten_megabytes(address: SocketAddr) -> String {
    let mut connection = TcpStream::connect(address).expect("a connection");
    connection
        .set_read_timeout(Some(PATIENCE))
        .expect("a time-out");
    connection
        .set_write_timeout(Some(PATIENCE))
        .expect("a time-out");
    let body = vec![b'a'; 10_000_000];
    let head = format!(
        "POST /subscriptions HTTP/1.1\r\nHost: localhost\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    connection
        .write_all(head.as_bytes())
        .expect("the head is sent");
    connection.write_all(&body).expect("the body is sent");
    let mut line = String::new();
    let mut answer = BufReader::new(connection);
    answer.read_line(&mut line).expect("an answer");
    line
}

#[tokio::test]
async fn an_endless_body_is_cut_off() {
    let app = TestApp::spawn().await;
    let chunk = Bytes::from(vec![b'a'; 64 * 1024]);
    let endless = stream::iter(std::iter::repeat_with(move || {
        Ok::<_, std::io::Error>(chunk.clone())
    }));
    let answer = app
        .post_form("/subscriptions", Body::from_stream(endless))
        .await;
    answer.assert_status(413);
}

#[tokio::test]
async fn unknown_routes_and_methods_are_a_404_and_a_405() {
    let app = TestApp::spawn().await;
    for path in ["/nowhere", "/subscriptions/", "/subscriptions/x", "/%00"] {
        let answer = app.get(path).await;
        answer.assert_status(404);
        assert!(
            answer.header("content-type").starts_with("text/html"),
            "{path}"
        );
    }
    let answer = app.get("/subscriptions").await;
    answer.assert_status(405);
    assert_eq!(answer.header("allow"), "POST");
    app.post_form("/health_check", "").await.assert_status(405);
    let answer = app.post("/nowhere", JSON, "{}").await;
    answer.assert_status(404);
    assert_eq!(answer.header("content-type"), "application/problem+json");
}
