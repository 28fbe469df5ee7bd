//! `/v1/tokens`

use serde_json::{Value, json};

use crate::{
    helpers::{ADMIN_PASSWORD, JSON, TestApp},
    users,
};

#[tokio::test]
async fn a_token_is_shown_once_and_is_not_stored() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let listed = program.get("/v1/tokens").await;
    listed.assert_status(200);
    assert!(!listed.body.contains(&program.token), "{}", listed.body);
    let items = listed.json()["items"].clone();
    assert_eq!(items.as_array().expect("a list").len(), 1);
    assert_eq!(items[0]["id"], *program.token_id);
    assert_eq!(items[0]["name"], "test");
    assert!(items[0]["created_at"].is_string());
    let secret = program.token.rsplit('_').next().expect("a part");
    assert!(!app.everything_stored().await.contains(secret));
}

#[tokio::test]
async fn wrong_credentials_and_too_many_attempts_are_told_the_same() {
    let app = TestApp::with_admin().await;
    let wrong = app.ask_for_token("admin", "wrong", "n").await;
    wrong.assert_problem(401, "wrong-credentials");
    assert_eq!(wrong.header("www-authenticate"), "Bearer");
    app.ask_for_token("nobody", ADMIN_PASSWORD, "n")
        .await
        .assert_problem(401, "wrong-credentials");
    for _ in 0..30 {
        app.ask_for_token("admin", "wrong", "n").await;
    }
    let throttled = app.ask_for_token("admin", ADMIN_PASSWORD, "n").await;
    throttled.assert_problem(401, "wrong-credentials");
    assert_eq!(throttled.json()["detail"], wrong.json()["detail"]);
}

#[tokio::test]
async fn a_one_time_password_gets_no_token() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let password = users::add(&admin, "grace").await;
    app.ask_for_token("grace", &password, "n")
        .await
        .assert_problem(403, "password-change-required");
}

#[tokio::test]
async fn each_missing_or_bad_field_is_named() {
    let app = TestApp::with_admin().await;
    let answer = app.post("/v1/tokens", JSON, r#"{"password":1,"name":null}"#);
    assert_eq!(
        answer.await.problem_fields(),
        ["username", "password", "name"]
    );
    let long = "n".repeat(101);
    for name in ["", " ", "a\nb", &long] {
        let answer = app.ask_for_token("admin", ADMIN_PASSWORD, name).await;
        answer.assert_problem(400, "invalid");
        assert_eq!(answer.problem_fields(), ["name"]);
    }
    let fields = json!({
        "username": "admin", "password": ADMIN_PASSWORD, "name": "n", "later": [1]
    });
    let answer = app.post("/v1/tokens", JSON, fields.to_string()).await;
    answer.assert_status(201);
}

#[tokio::test]
async fn a_revoked_token_is_good_for_nothing() {
    let app = TestApp::with_admin().await;
    let (one, other) = (app.program().await, app.program().await);
    let path = format!("/v1/tokens/{}", one.token_id);
    let answer = other.delete(&path).await;
    answer.assert_status(204);
    assert!(answer.body.is_empty());
    one.get("/v1/tokens")
        .await
        .assert_problem(401, "unauthorized");
    other.delete(&path).await.assert_problem(404, "not-found");
    // Its own, too.
    let path = format!("/v1/tokens/{}", other.token_id);
    other.delete(&path).await.assert_status(204);
    other.delete(&path).await.assert_status(401);
}

#[tokio::test]
async fn tokens_come_in_pages() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    for _ in 0..4 {
        app.program().await;
    }
    let mut seen = Vec::new();
    let mut path = "/v1/tokens?limit=2".to_owned();
    loop {
        let page = program.get(&path).await.json();
        let items = page["items"].as_array().expect("a list").clone();
        assert!((1..=2).contains(&items.len()));
        seen.extend(items.into_iter().map(|item| item["id"].to_string()));
        let Value::String(cursor) = &page["next_cursor"] else {
            break;
        };
        path = format!("/v1/tokens?limit=2&cursor={cursor}");
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 5);
}
