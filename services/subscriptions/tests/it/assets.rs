//! `GET /assets/style.css`, `GET /assets/progress.js`

use http::{Method, header::IF_NONE_MATCH};

use crate::{
    helpers::{TestApp, request},
    publishing::{publish, published},
};

const POLICY: &str = "content-security-policy";

#[tokio::test]
async fn pages_link_to_a_style_sheet_that_caches_keep() {
    let app = TestApp::spawn().await;
    let page = app.get("/login").await.body;
    let (_, rest) = page
        .split_once("<link rel=\"stylesheet\" href=\"")
        .expect("a link");
    let href = rest.split_once('"').expect("a quote").0;
    let style = app.get(href).await;
    style.assert_status(200);
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    assert!(style.header("cache-control").contains("immutable"));
}

#[tokio::test]
async fn without_the_hash_a_cache_has_to_ask() {
    let app = TestApp::spawn().await;
    let style = app.get("/assets/style.css").await;
    assert_eq!(style.header("cache-control"), "no-cache");
    let mut again = request(
        Method::GET,
        "/assets/style.css",
        None,
        axum::body::Body::empty(),
    );
    again
        .headers_mut()
        .insert(IF_NONE_MATCH, style.header("etag").parse().expect("a tag"));
    let answer = app.send(again).await;
    answer.assert_status(304);
    assert!(answer.body.is_empty());
}

#[tokio::test]
async fn the_page_of_an_issue_runs_our_script_and_no_other_page_runs_any() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    publish(&admin, "Title", "key").await.assert_status(303);
    let issue_id = published(&app).await[0].issue_id;
    let page = admin.get(&format!("/admin/newsletters/{issue_id}")).await;
    let policy = page.header(POLICY);
    assert!(policy.contains("default-src 'none'; script-src 'self';"));
    assert!(!policy.contains("unsafe"), "{policy}");

    let (_, rest) = page.body.split_once("<script src=\"").expect("a script");
    let src = rest.split_once('"').expect("a quote").0;
    let script = app.get(src).await;
    script.assert_status(200);
    assert_eq!(
        script.header("content-type"),
        "text/javascript; charset=utf-8"
    );
    assert!(script.header("cache-control").contains("immutable"));

    for path in ["/", "/login", "/nowhere"] {
        let policy = app.get(path).await.header(POLICY).to_owned();
        assert!(!policy.contains("script-src"), "{path}: {policy}");
    }
    for path in ["/admin/dashboard", "/admin/newsletters", "/admin/nowhere"] {
        let policy = admin.get(path).await.header(POLICY).to_owned();
        assert!(!policy.contains("script-src"), "{path}: {policy}");
    }
}
