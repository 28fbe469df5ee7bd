//! `GET /openapi.json`

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
};

use axum::body::Body;
use http::Method;
use serde_json::Value;

use crate::helpers::{TestApp, request};

/// The document for those who read it without a running system.
const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
/// Where `cargo run` serves.
const PUBLIC_URL: &str = "http://127.0.0.1:8000";
/// What leads nowhere, and so is not in the document.
const NOWHERE: [&str; 3] = ["/v1", "/v1/", "/v1/{*rest}"];

async fn document(app: &TestApp) -> Value {
    let answer = app.get("/openapi.json").await;
    answer.assert_status(200);
    assert_eq!(answer.header("content-type"), "application/json");
    answer.json()
}

/// `path` with something for its parameters.
fn with_ids(path: &str) -> String {
    let id = "7b0e7d3c-1c53-4a1e-9f43-2a4f4c5c9a11";
    path.replace("{id}", id).replace("{subscriber_id}", id)
}

/// The methods of each path in the document.
fn documented(document: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let paths = document["paths"].as_object().expect("paths");
    let methods = |item: &Value| {
        let methods = item.as_object().expect("a path item").keys();
        methods.map(|method| method.to_uppercase()).collect()
    };
    paths
        .iter()
        .map(|(path, item)| (path.clone(), methods(item)))
        .collect()
}

#[tokio::test]
async fn the_document_in_docs_is_the_one_that_is_served() {
    let app = TestApp::at(PUBLIC_URL).await;
    let served = document(&app).await;
    if env::var_os("UPDATE_OPENAPI").is_some() {
        let text = serde_json::to_string_pretty(&served).expect("JSON");
        fs::write(COMMITTED, text + "\n").expect("written");
    }
    let committed = fs::read_to_string(COMMITTED).unwrap_or_default();
    let committed: Value = serde_json::from_str(&committed).unwrap_or_default();
    assert!(
        committed == served,
        "docs/openapi.json is not what is served: \
         UPDATE_OPENAPI=1 cargo test -p subscriptions --test it openapi"
    );
}

#[tokio::test]
async fn every_route_is_in_the_document_and_every_path_of_the_document_is_a_route() {
    let app = TestApp::spawn().await;
    // The router tells of its routes to people who debug, and to nobody else.
    let router = format!("{:?}", app.app.router());
    let routes: BTreeSet<String> = router
        .split('"')
        .filter(|text| text.starts_with("/v1") && !NOWHERE.contains(text))
        .map(str::to_owned)
        .collect();
    let documented = documented(&document(&app).await).into_keys().collect();
    assert_eq!(routes, documented);
}

#[tokio::test]
async fn each_path_takes_the_methods_of_the_document_and_no_other() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    for (path, documented) in documented(&document(&app).await) {
        let path = with_ids(&path);
        let wrong = request(Method::PATCH, &path, None, Body::empty());
        let answer = program.send(wrong).await;
        answer.assert_problem(405, "method-not-allowed");
        let allowed = answer.header("allow").split(',').map(str::trim);
        let allowed: BTreeSet<String> = allowed
            .filter(|method| *method != "HEAD")
            .map(str::to_owned)
            .collect();
        assert_eq!(allowed, documented, "{path}");
    }
}

#[tokio::test]
async fn each_operation_but_the_one_that_issues_tokens_asks_for_one() {
    let app = TestApp::with_admin().await;
    for (path, methods) in documented(&document(&app).await) {
        let path = with_ids(&path);
        for method in methods {
            if (&*method, &*path) == ("POST", "/v1/tokens") {
                continue;
            }
            let method = Method::from_bytes(method.as_bytes()).expect("a method");
            let without = request(method, &path, None, Body::empty());
            let answer = app.send(without).await;
            answer.assert_problem(401, "unauthorized");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
    }
}

#[tokio::test]
async fn each_operation_tells_of_its_errors_as_problems() {
    let app = TestApp::spawn().await;
    let document = document(&app).await;
    let items = document["paths"].as_object().expect("paths").values();
    for operation in items.flat_map(|item| item.as_object().expect("an item").values()) {
        let responses = operation["responses"].as_object().expect("responses");
        for status in ["500", "503"] {
            assert!(responses.contains_key(status), "{operation:#}");
        }
        for (status, response) in responses {
            assert!(response["headers"]["X-Request-Id"].is_object());
            let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
            let is_problem = schema == "#/components/schemas/Problem";
            assert_eq!(
                is_problem,
                status.as_str() >= "400",
                "{status} {operation:#}"
            );
        }
    }
}
