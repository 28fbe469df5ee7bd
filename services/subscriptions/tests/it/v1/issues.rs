//! `/v1/issues`

use std::sync::Arc;

use contracts::events::IssuePublishedV1;
use serde_json::{Value, json};

use crate::{
    helpers::{Answer, TestApp},
    publishing,
};

fn issue(title: &str) -> Value {
    json!({"title": title, "text_content": "Text", "html_content": "<p>HTML</p>"})
}

async fn published(app: &TestApp) -> Vec<IssuePublishedV1> {
    publishing::published(app).await
}

#[tokio::test]
async fn an_issue_is_accepted_read_and_listed() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let answer = program.publish(&issue("One"), "key").await;
    answer.assert_status(202);
    let id = answer.json()["id"].as_str().expect("an id").to_owned();
    assert_eq!(answer.json(), json!({"id": id, "status": "queued"}));
    assert_eq!(answer.header("location"), format!("/v1/issues/{id}"));
    let [event] = published(&app).await.try_into().expect("one event");
    assert_eq!(
        (event.issue_id.to_string(), &*event.title),
        (id.clone(), "One")
    );

    let read = program.get(&format!("/v1/issues/{id}")).await;
    read.assert_status(200);
    let expected = json!({
        "id": id, "title": "One", "status": "queued",
        "published_at": event.published_at, "finished_at": null, "reason": null,
        "counts": {
            "recipients": 0, "pending": 0, "accepted": 0, "failed": 0, "suppressed": 0,
            "skipped": 0, "held": 0, "bounced": 0, "complained": 0
        }
    });
    assert_eq!(read.json(), expected);
    let listed = program.get("/v1/issues").await.json();
    assert_eq!(listed, json!({"items": [expected], "next_cursor": null}));
}

#[tokio::test]
async fn the_same_request_again_is_answered_the_same_and_publishes_nothing_more() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let first = program.publish(&issue("One"), "key").await;
    let again = app.program().await.publish(&issue("One"), "key").await;
    assert_eq!(first, again);
    program
        .publish(&issue("Other"), "key")
        .await
        .assert_problem(422, "idempotency-key-reused");
    assert_eq!(published(&app).await.len(), 1);
    program
        .publish(&issue("One"), "other key")
        .await
        .assert_status(202);
    assert_eq!(published(&app).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_request_at_the_same_moment_publishes_one_issue() {
    let app = Arc::new(TestApp::with_admin().await);
    let program = app.program().await;
    let body = issue("One").to_string();
    let requests = (0..4).map(|_| program.publication(&body, Some("key")));
    let answers = app.send_at_once(requests.collect()).await;
    for answer in &answers {
        answer.assert_status(202);
        assert_eq!(answer.body, answers[0].body);
    }
    assert_eq!(published(&app).await.len(), 1);
}

#[tokio::test]
async fn a_key_has_1_to_49_characters_and_is_there_once() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let body = issue("One").to_string();
    let long = "k".repeat(50);
    for key in [None, Some(""), Some(&*long)] {
        let answer = program.send(program.publication(&body, key)).await;
        answer.assert_problem(400, "invalid");
        assert_eq!(answer.problem_fields(), ["Idempotency-Key"]);
    }
    let mut twice = program.publication(&body, Some("a"));
    let other = http::HeaderValue::from_static("b");
    twice.headers_mut().append("idempotency-key", other);
    program.send(twice).await.assert_problem(400, "invalid");
    let mut no_text = program.publication(&body, None);
    let bytes = http::HeaderValue::from_bytes(b"\xff").expect("a header");
    no_text.headers_mut().insert("idempotency-key", bytes);
    program.send(no_text).await.assert_problem(400, "invalid");
    let tab = program.publication(&body, Some("a\tb"));
    program.send(tab).await.assert_problem(400, "invalid");
    assert!(published(&app).await.is_empty());
    let longest = "é".repeat(49);
    program
        .publish(&issue("One"), &longest)
        .await
        .assert_status(202);
}

#[tokio::test]
async fn everything_that_is_wrong_with_an_issue_is_told_at_once() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let answer = program
        .send(program.publication(r#"{"preheader":1}"#, None))
        .await;
    answer.assert_problem(400, "invalid");
    let fields = answer.problem_fields();
    for field in [
        "title",
        "html_content",
        "text_content",
        "preheader",
        "Idempotency-Key",
    ] {
        assert!(
            fields.iter().any(|named| named == field),
            "{field}: {fields:?}"
        );
    }
    let blank = json!({"title": "a\nb", "text_content": " ", "html_content": "a\u{7}"});
    let answer = program.publish(&blank, "key").await;
    let mut fields = answer.problem_fields();
    fields.sort();
    assert_eq!(fields, ["html_content", "text_content", "title"]);
    let optional = json!({
        "title": "T", "text_content": "t", "html_content": "h",
        "preheader": null, "sender_name": "Ursula", "unknown": {"a": 1}
    });
    program.publish(&optional, "key").await.assert_status(202);
}

#[tokio::test]
async fn an_issue_that_is_too_large_is_told_by_how_much() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let with_html = |length: usize| {
        let mut issue = issue("T");
        issue["html_content"] = json!("a".repeat(length));
        issue
    };
    let excess = |answer: &Answer| -> usize {
        answer.assert_problem(413, "too-large");
        let detail = answer.json()["detail"].as_str().expect("text").to_owned();
        let mut words = detail.split_whitespace();
        words.find_map(|word| word.parse().ok()).expect("a number")
    };
    let length = 200_000;
    let too_much = excess(&program.publish(&with_html(length), "key").await);
    let fits = length - too_much;
    let answer = program.publish(&with_html(fits + 1), "key").await;
    assert_eq!(excess(&answer), 1);
    program
        .publish(&with_html(fits), "key")
        .await
        .assert_status(202);
    // However large, as long as the body is read at all.
    assert!(excess(&program.publish(&with_html(4_000_000), "k").await) > 3_000_000);
    program
        .publish(&with_html(6_000_000), "k")
        .await
        .assert_problem(413, "too-large");
    assert_eq!(published(&app).await.len(), 1);
}

#[tokio::test]
async fn issues_come_in_pages_the_newest_first() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    for number in 1..=4 {
        app.clock.pass_hours(1);
        let key = number.to_string();
        program.publish(&issue(&key), &key).await.assert_status(202);
    }
    let mut titles = Vec::new();
    let mut pages = 0;
    let mut path = "/v1/issues?limit=2".to_owned();
    loop {
        let page = program.get(&path).await.json();
        pages += 1;
        for item in page["items"].as_array().expect("a list") {
            titles.push(item["title"].as_str().expect("a title").to_owned());
        }
        let Value::String(cursor) = &page["next_cursor"] else {
            break;
        };
        path = format!("/v1/issues?limit=2&cursor={cursor}");
    }
    assert_eq!(titles, ["4", "3", "2", "1"]);
    assert_eq!(pages, 2, "the last page says that it is the last");
}

#[tokio::test]
async fn a_bad_limit_or_cursor_is_refused() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    for list in ["/v1/issues", "/v1/subscribers", "/v1/tokens"] {
        for (query, field) in [
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("limit=x", "limit"),
            ("limit=", "limit"),
            ("limit=1&limit=2", "limit"),
            ("cursor=x", "cursor"),
            ("cursor=", "cursor"),
            ("cursor=9999999999999999.x", "cursor"),
        ] {
            let answer = program.get(&format!("{list}?{query}")).await;
            answer.assert_problem(400, "invalid");
            assert_eq!(answer.problem_fields(), [field], "{list} {query}");
        }
        let answer = program.get(&format!("{list}?limit=200&unknown=1")).await;
        answer.assert_status(200);
    }
}

#[tokio::test]
async fn page_and_api_share_keys_and_issues() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    publishing::publish(&admin, "Title", "key")
        .await
        .assert_status(303);
    let program = app.program().await;
    let same = json!({
        "title": "Title", "text_content": "Plain text", "html_content": "<p>HTML</p>"
    });
    program.publish(&same, "key").await.assert_status(202);
    assert_eq!(published(&app).await.len(), 1);
}
