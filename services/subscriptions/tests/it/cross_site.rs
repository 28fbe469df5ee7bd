//! Other sites' forms.

use http::{
    HeaderName,
    header::{HOST, ORIGIN},
};

use crate::helpers::{ADMIN_PASSWORD, TestApp};

const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

#[tokio::test]
async fn posts_from_other_sites_are_refused_and_change_nothing() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let issue = [
        ("title", "T"),
        ("text_content", "t"),
        ("html_content", "h"),
        ("idempotency_key", "k"),
    ];
    for headers in [
        [(SITE, "cross-site")],
        [(SITE, "same-site")],
        [(ORIGIN, "https://evil.example")],
        [(ORIGIN, "null")],
        [(ORIGIN, "http://news.example")],
    ] {
        for path in [
            "/admin/newsletters",
            "/admin/logout",
            "/admin/users",
            "/login",
        ] {
            admin
                .post_with(path, &issue, &headers)
                .await
                .assert_status(403);
        }
    }
    assert!(admin.is_signed_in().await);
    assert!(app.outbox().await.is_empty());
}

#[tokio::test]
async fn posts_from_our_own_pages_pass() {
    let app = TestApp::with_admin().await;
    let log_in = [("username", "admin"), ("password", ADMIN_PASSWORD)];
    let own: [&[(HeaderName, &str)]; 4] = [
        &[(SITE, "same-origin"), (ORIGIN, "https://news.example")],
        &[(SITE, "none")],
        &[
            (HOST, "letters.example"),
            (ORIGIN, "https://letters.example"),
        ],
        &[],
    ];
    for headers in own {
        let answer = app.browser().post_with("/login", &log_in, headers).await;
        answer.assert_redirect("/admin/dashboard");
    }
}

#[tokio::test]
async fn links_from_other_sites_are_followed() {
    let app = TestApp::with_admin().await;
    let mut request =
        crate::helpers::request(http::Method::GET, "/login", None, axum::body::Body::empty());
    request
        .headers_mut()
        .insert(SITE, http::HeaderValue::from_static("cross-site"));
    app.send(request).await.assert_status(200);
}
