//! `/v1/subscribers/import`, `/v1/imports`

use axum::body::Body;
use http::Method;
use serde_json::json;
use uuid::Uuid;

use crate::helpers::{TestApp, request};

#[tokio::test]
async fn a_list_is_taken_in_and_can_be_followed() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let list = "email,name\nann@example.com,Ann\nnobody,Ben\nANN@example.com,Ann\n";
    let answer = program.hand_in(list).await;
    answer.assert_status(202);
    let id = answer.json()["id"].as_str().expect("text").to_owned();
    assert_eq!(answer.json(), json!({ "id": id }));
    assert_eq!(answer.header("location"), format!("/v1/imports/{id}"));

    let running = program.show_import(&id).await;
    assert_eq!(
        (&running["status"], &running["rows"]),
        (&json!("running"), &json!(3))
    );
    app.work_off_imports().await;
    assert_eq!(
        program.show_import(&id).await,
        json!({
            "id": id, "status": "finished", "rows": 3,
            "imported": 1, "already_known": 1, "rejected": 1,
            "rejections": [
                {"line": 3, "reason": "The email is not a valid e-mail address."}
            ],
        })
    );
}

#[tokio::test]
async fn a_list_without_rows_is_finished_at_once() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let id = program.start_import("email,name\n").await;
    let import = program.show_import(&id).await;
    assert_eq!(
        (&import["status"], &import["rows"]),
        (&json!("finished"), &json!(0))
    );
    assert_eq!(app.import_messages.take(), None);
}

#[tokio::test]
async fn what_is_no_list_is_refused_with_what_to_do_and_leaves_nothing() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let before = app.keys().await;
    for (list, words) in [
        ("", "email,name"),
        ("email;name\na@b.c;Ann\n", "semicolons"),
        ("\"email,name\na@b.c,Ann\n", "line 1"),
    ] {
        let answer = program.hand_in(list).await;
        answer.assert_problem(400, "invalid");
        let detail = answer.json()["detail"].to_string();
        assert!(detail.contains(words), "{detail}");
    }
    let latin1 = program
        .hand_in(b"email,name\na@b.c,Zo\xeb\n".to_vec())
        .await;
    latin1.assert_problem(400, "invalid");
    assert_eq!(app.keys().await, before);
}

#[tokio::test]
async fn four_mebibytes_are_taken_and_a_byte_more_is_refused() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let list = format!("email,name\n{}", "a@b.c,Ann\n".repeat(419_429));
    let missing = 4 * 1024 * 1024 - list.len();
    let longest = format!("{list}{}", "\n".repeat(missing));
    let answer = program.hand_in(format!("{longest}\n")).await;
    answer.assert_problem(413, "too-large");
    let detail = answer.json()["detail"].to_string();
    assert!(
        detail.contains("4 MB") && detail.contains("several parts"),
        "{detail}"
    );
    let id = program.start_import(&longest).await;
    assert_eq!(program.show_import(&id).await["rows"], 419_429);
}

#[tokio::test]
async fn only_csv_from_a_program_with_a_token_is_taken() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let list = "email,name\nann@example.com,Ann\n";
    let post = |kind| {
        request(
            Method::POST,
            "/v1/subscribers/import",
            kind,
            Body::from(list),
        )
    };
    for kind in [None, Some("text/plain"), Some("application/json")] {
        let answer = program.send(post(kind)).await;
        answer.assert_problem(415, "unsupported-media-type");
    }
    app.send(post(Some("text/csv"))).await.assert_status(401);
    let with_charset = program.send(post(Some("Text/CSV; charset=utf-8"))).await;
    with_charset.assert_status(202);
}

#[tokio::test]
async fn an_unknown_import_is_not_found() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    for id in [Uuid::nil().to_string(), "x".to_owned()] {
        let answer = program.get(&format!("/v1/imports/{id}")).await;
        answer.assert_problem(404, "not-found");
    }
}
