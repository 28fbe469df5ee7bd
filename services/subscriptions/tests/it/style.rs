//! `GET /assets/style.css`

use http::{Method, header::IF_NONE_MATCH};

use crate::helpers::{TestApp, request};

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
