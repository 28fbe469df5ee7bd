//! Nothing that comes in below `/admin` or at `/login` is answered with a 5xx.

use crate::helpers::{ADMIN_PASSWORD, TestApp};

const FORM: &str = "application/x-www-form-urlencoded";
const PATHS: [&str; 4] = [
    "/login",
    "/admin/newsletters",
    "/admin/password",
    "/admin/users",
];

#[tokio::test]
async fn bodies_that_are_no_form_are_refused() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    for path in PATHS {
        for (kind, body, status) in [
            ("application/json", "{}", 415),
            ("text/plain", "username=a", 415),
            ("multipart/form-data; boundary=x", "--x--", 415),
            (FORM, "", 400),
            (FORM, "&&&===%", 400),
            (FORM, "username=%ff&password=%ff&title=%ff", 400),
            (FORM, "username=a&username=b&password=c", 400),
        ] {
            let answer = admin.post_raw(path, kind, body).await;
            assert_eq!(answer.status.as_u16(), status, "{path} {kind} {body}");
        }
    }
    assert!(admin.is_signed_in().await);
}

#[tokio::test]
async fn bodies_that_are_too_long_are_refused() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    for path in PATHS {
        let body = format!("username={}", "x".repeat(10 * 1024 * 1024));
        admin.post_raw(path, FORM, body).await.assert_status(413);
    }
    let long = "x".repeat(16_000);
    admin.log_in("admin", &long).await.assert_redirect("/login");
}

#[tokio::test]
async fn an_issue_that_is_too_long_is_told_the_limit() {
    let app = TestApp::with_admin().await;
    let body = format!("title={}", "x".repeat(1024 * 1024));
    let admin = app.admin().await;
    let answer = admin.post_raw("/admin/newsletters", FORM, body).await;
    answer.assert_status(413);
    assert!(answer.body.contains("at most 1 MiB"), "{}", answer.body);
}

#[tokio::test]
async fn paths_that_are_no_text_are_a_page_that_says_there_is_nothing() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let mut answers = vec![admin.get("/admin/newsletters/%ff").await];
    for action in ["disable", "one-time-password"] {
        let path = format!("/admin/users/%ff/{action}");
        answers.push(admin.post(&path, &[]).await);
    }
    for answer in answers {
        answer.assert_status(404);
        assert!(answer.header("content-type").starts_with("text/html"));
        assert!(
            answer.body.contains("There is nothing here."),
            "{}",
            answer.body
        );
    }
}

#[tokio::test]
async fn cookies_of_any_kind_are_answered() {
    let app = TestApp::with_admin().await;
    for (name, value) in [
        ("__Host-session", ""),
        ("__Host-session", "\"; drop"),
        ("__Host-session", &"A".repeat(5_000)),
        ("__Host-flash", "<script>alert(1)</script>"),
    ] {
        let browser = app.browser();
        browser.set_cookie(name, value);
        browser
            .get("/admin/dashboard")
            .await
            .assert_redirect("/login");
        let page = browser.get("/login").await;
        page.assert_status(200);
        assert!(!page.body.contains("<script"));
        browser.sign_in("admin", ADMIN_PASSWORD).await;
    }
}
