//! `/admin/tokens`

use axum::body::Body;
use http::{Method, header::AUTHORIZATION};

use super::between;
use crate::helpers::{Answer, Browser, TestApp, request};

const LIST: &str = "/admin/tokens";

async fn make(admin: &Browser<'_>, name: &str) -> Answer {
    admin.post(LIST, &[("name", name)]).await
}

/// What a program with that token is answered.
async fn present(app: &TestApp, token: &str) -> u16 {
    let mut request = request(Method::GET, "/v1/issues", None, Body::empty());
    let header = format!("Bearer {token}").parse().expect("a header");
    request.headers_mut().insert(AUTHORIZATION, header);
    app.send(request).await.status.as_u16()
}

#[tokio::test]
async fn a_token_is_shown_once_and_good_until_it_is_revoked() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let made = make(&admin, "Nightly <b>import</b>").await;
    made.assert_status(200);
    assert_eq!(made.header("cache-control"), "no-store");
    assert!(!made.body.contains("<b>"), "escaped");
    let token = between(&made.body, "<code class=\"secret\">", "</code>");
    assert_eq!(present(&app, token).await, 200);

    let list = admin.get(LIST).await.body;
    assert!(!list.contains(token) && !list.contains("<b>"), "{list}");
    let question = between(&list, "<details>", "</details>");
    let revoke = between(question, "<form action=\"", "\"");
    admin.post(revoke, &[]).await.assert_redirect(LIST);
    let list = admin.get(LIST).await;
    assert!(list.shows_flash("The token has been revoked."));
    assert!(list.body.contains("You have none."), "{}", list.body);
    assert_eq!(present(&app, token).await, 401);
    admin.post(revoke, &[]).await.assert_status(404);
}

#[tokio::test]
async fn a_name_that_is_none_is_refused_with_what_was_typed() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let long = "\"n".repeat(51);
    for name in ["", "  ", "a\r\nb", &long] {
        let refused = make(&admin, name).await;
        refused.assert_status(400);
        assert!(refused.body.contains("The name of the token"), "{name:?}");
        assert!(refused.body.contains("aria-invalid"), "{name:?}");
    }
    let refused = make(&admin, &long).await;
    assert!(!refused.body.contains("\"n\"n"), "escaped");
    assert_eq!(refused.body.matches("&#34;n").count(), 51, "kept");
}

#[tokio::test]
async fn nobody_sees_or_revokes_the_tokens_of_another() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let ada = crate::users::settle(&app, &admin, "ada").await;
    let made = make(&ada, "ada's").await;
    let token = between(&made.body, "<code class=\"secret\">", "</code>");
    let hers = ada.get(LIST).await.body;
    let revoke = between(&hers, "<form action=\"/admin/tokens/", "\"");
    let revoke = format!("/admin/tokens/{revoke}");
    assert!(admin.get(LIST).await.body.contains("You have none."));
    admin.post(&revoke, &[]).await.assert_status(404);
    assert_eq!(present(&app, token).await, 200);
}
