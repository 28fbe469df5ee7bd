//! What admins see of subscribers, imports and tokens.

mod imports;
mod subscribers;
mod tokens;

use axum::body::Body;
use http::{HeaderName, Method, header::ORIGIN};
use uuid::Uuid;

use crate::helpers::{TestApp, request};

/// Every page of the desk, and every address that takes a post.
const PAGES: [&str; 3] = ["/admin/subscribers", "/admin/imports", "/admin/tokens"];
const POSTS: [&str; 5] = [
    "/admin/subscribers/find",
    "/admin/subscribers/00000000-0000-0000-0000-000000000000/erase",
    "/admin/imports",
    "/admin/tokens",
    "/admin/tokens/00000000-0000-0000-0000-000000000000/revoke",
];

#[tokio::test]
async fn nobody_gets_in_without_a_session() {
    let app = TestApp::with_admin().await;
    for path in PAGES {
        app.get(path).await.assert_redirect("/login");
        let inside = format!("{path}/{}", Uuid::nil());
        app.get(&inside).await.assert_redirect("/login");
    }
    for path in POSTS {
        app.post_form(path, "").await.assert_redirect("/login");
    }
}

#[tokio::test]
async fn posts_from_other_sites_are_refused() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let site = HeaderName::from_static("sec-fetch-site");
    for path in POSTS {
        for header in [(site.clone(), "cross-site"), (ORIGIN, "null")] {
            let fields = [("email", "ann@example.com"), ("name", "x")];
            let answer = admin.post_with(path, &fields, &[header]).await;
            answer.assert_status(403);
        }
    }
    assert!(
        admin
            .get("/admin/tokens")
            .await
            .body
            .contains("You have none.")
    );
}

#[tokio::test]
async fn every_page_is_kept_by_nobody_and_linked_from_the_dashboard() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let dashboard = admin.get("/admin/dashboard").await.body;
    for path in PAGES {
        let page = admin.get(path).await;
        page.assert_status(200);
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.body.matches("<h1").count(), 1, "{path}");
        let here = format!("<a href=\"{path}\" aria-current=\"page\">");
        assert!(page.body.contains(&here), "{path}");
        assert_eq!(dashboard.matches(&format!("\"{path}\"")).count(), 2);
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    for id in ["x".to_owned(), Uuid::nil().to_string()] {
        for list in ["/admin/subscribers", "/admin/imports"] {
            admin.get(&format!("{list}/{id}")).await.assert_status(404);
        }
        for post in ["subscribers/{id}/erase", "tokens/{id}/revoke"] {
            let path = format!("/admin/{}", post.replace("{id}", &id));
            admin.post(&path, &[]).await.assert_status(404);
            admin.get(&path).await.assert_status(405);
        }
    }
    for path in PAGES.iter().filter(|path| **path != "/admin/tokens") {
        let nowhere = format!("{path}?after=nonsense");
        admin.get(&nowhere).await.assert_status(400);
    }
}

#[tokio::test]
async fn no_address_of_the_desk_takes_json() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    for path in ["/admin/subscribers/find", "/admin/imports", "/admin/tokens"] {
        let answer = admin.post_raw(path, "application/json", "{}").await;
        answer.assert_status(415);
    }
    let put = request(Method::PUT, "/admin/imports", None, Body::empty());
    app.send(put).await.assert_redirect("/login");
}

/// What stands between two texts.
fn between<'a>(body: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = body
        .split_once(start)
        .unwrap_or_else(|| panic!("{start} in {body}"));
    rest.split_once(end).expect("an end").0
}
