//! `/login`, `/admin/logout`, and how long a session lasts.

use http::Method;
use jiff::SignedDuration;

use crate::helpers::{ADMIN_PASSWORD, TestApp, request};

#[tokio::test]
async fn an_error_flash_message_is_set_on_failure() {
    let app = TestApp::with_admin().await;
    let browser = app.browser();
    browser
        .log_in("somebody", "some password")
        .await
        .assert_redirect("/login");
    assert!(
        browser
            .get("/login")
            .await
            .shows_flash("Authentication failed")
    );
    assert!(
        !browser.get("/login").await.body.contains("<i>"),
        "shown once"
    );
}

#[tokio::test]
async fn redirect_to_admin_dashboard_after_login_success() {
    let app = TestApp::with_admin().await;
    let browser = app.browser();
    let answer = browser.log_in("admin", ADMIN_PASSWORD).await;
    answer.assert_redirect("/admin/dashboard");
    let dashboard = browser.get("/admin/dashboard").await;
    dashboard.assert_status(200);
    assert!(
        dashboard.body.contains("Welcome admin"),
        "{}",
        dashboard.body
    );
}

#[tokio::test]
async fn a_username_is_taken_in_upper_case_too() {
    let app = TestApp::with_admin().await;
    app.browser().sign_in("ADMIN", ADMIN_PASSWORD).await;
}

#[tokio::test]
async fn you_must_be_logged_in_to_access_the_admin_dashboard() {
    let app = TestApp::with_admin().await;
    app.get("/admin/dashboard").await.assert_redirect("/login");
}

#[tokio::test]
async fn every_admin_path_and_method_redirects_who_is_not_signed_in() {
    let app = TestApp::with_admin().await;
    let paths = [
        "/admin",
        "/admin/",
        "/admin/newsletters/1",
        "/admin/users",
        "/admin/nothing",
        "/admin/a/b/c",
    ];
    for path in paths {
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
            let request = request(method, path, None, axum::body::Body::empty());
            app.send(request).await.assert_redirect("/login");
        }
    }
}

#[tokio::test]
async fn who_is_signed_in_is_told_what_is_not_there() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    admin.get("/admin/nothing").await.assert_status(404);
    admin.get("/admin/").await.assert_status(404);
    admin.get("/admin/logout").await.assert_status(405);
    admin
        .get("/admin")
        .await
        .assert_redirect("/admin/dashboard");
}

#[tokio::test]
async fn logout_clears_session_state() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let token = admin.cookie("session").expect("a session");
    admin
        .post("/admin/logout", &[])
        .await
        .assert_redirect("/login");
    let login = admin.get("/login").await;
    assert!(login.shows_flash("You have successfully logged out."));
    admin
        .get("/admin/dashboard")
        .await
        .assert_redirect("/login");
    admin.set_cookie("__Host-session", &token);
    assert!(
        !admin.is_signed_in().await,
        "the old token is no good either"
    );
}

#[tokio::test]
async fn signing_in_makes_a_new_session_and_ends_the_one_before() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let first = admin.cookie("session").expect("a session");
    admin.sign_in("admin", ADMIN_PASSWORD).await;
    assert_ne!(admin.cookie("session").as_ref(), Some(&first));
    assert!(admin.is_signed_in().await);
    let other = app.browser();
    other.set_cookie("__Host-session", &first);
    assert!(!other.is_signed_in().await);
}

#[tokio::test]
async fn a_token_of_somebodys_own_making_is_not_adopted() {
    let app = TestApp::with_admin().await;
    let browser = app.browser();
    let planted = "A".repeat(43);
    browser.set_cookie("__Host-session", &planted);
    assert!(!browser.is_signed_in().await);
    browser.set_cookie("__Host-session", &planted);
    browser.sign_in("admin", ADMIN_PASSWORD).await;
    assert_ne!(browser.cookie("session"), Some(planted));
}

#[tokio::test]
async fn two_hours_without_a_request_end_a_session() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    app.clock.pass(SignedDuration::from_mins(118));
    assert!(admin.is_signed_in().await);
    app.clock.pass(SignedDuration::from_mins(118));
    assert!(admin.is_signed_in().await, "the request before counts");
    app.clock.pass(SignedDuration::from_mins(120));
    admin
        .get("/admin/dashboard")
        .await
        .assert_redirect("/login");
    assert_eq!(admin.cookie("session"), None);
}

#[tokio::test]
async fn twelve_hours_end_a_session_that_is_in_use() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    for _ in 0..23 {
        app.clock.pass(SignedDuration::from_mins(30));
        assert!(admin.is_signed_in().await);
    }
    app.clock.pass(SignedDuration::from_mins(30));
    assert!(!admin.is_signed_in().await);
}

#[tokio::test]
async fn who_sends_something_after_the_sessions_end_is_told_that_it_was_not_taken() {
    const ENDED: &str = "Please sign in: your session has ended. Nothing was published or changed.";
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    app.clock.pass_hours(2);
    admin
        .post("/admin/newsletters", &[("title", "T")])
        .await
        .assert_redirect("/login");
    assert!(admin.get("/login").await.shows_flash(ENDED));
    assert!(!admin.get("/login").await.shows_flash(ENDED), "shown once");
    for quiet in ["/admin/dashboard", "/admin/newsletters"] {
        admin.get(quiet).await.assert_redirect("/login");
    }
    admin
        .post("/admin/logout", &[])
        .await
        .assert_redirect("/login");
    assert!(!admin.get("/login").await.body.contains("<i>"));
}

#[tokio::test]
async fn a_session_that_is_in_use_is_written_once_a_minute() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    app.store.requests();
    for _ in 0..5 {
        admin.get("/admin/dashboard").await.assert_status(200);
    }
    let commits = |requests: Vec<String>| {
        requests
            .iter()
            .filter(|request| request.starts_with("Transact"))
            .count()
    };
    assert_eq!(commits(app.store.requests()), 0);
    app.clock.pass(SignedDuration::from_secs(61));
    for _ in 0..5 {
        admin.get("/admin/dashboard").await.assert_status(200);
    }
    assert_eq!(commits(app.store.requests()), 1);
}

#[tokio::test]
async fn cookies_are_host_cookies_over_https_and_plain_ones_locally() {
    let app = TestApp::at("https://news.example").await;
    app.make_admin().await;
    let answer = app.browser().log_in("admin", ADMIN_PASSWORD).await;
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-session="), "{cookie}");
    assert!(
        cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"),
        "{cookie}"
    );

    let app = TestApp::at("http://127.0.0.1:8000").await;
    app.make_admin().await;
    let browser = app.browser();
    let answer = browser.log_in("admin", ADMIN_PASSWORD).await;
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.starts_with("session="), "{cookie}");
    assert!(
        cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn the_store_holds_no_token_and_no_password() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let token = admin.cookie("session").expect("a session");
    let everything = app.everything_stored().await;
    assert!(everything.contains("SESSION#"), "{everything}");
    assert!(!everything.contains(&token));
    assert!(!everything.contains(ADMIN_PASSWORD));
    assert!(!everything.contains("192.0.2.1"));
}

#[tokio::test]
async fn no_page_behind_the_login_is_kept_by_a_cache() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    for path in ["/login", "/admin/dashboard", "/admin/users", "/admin/x"] {
        assert_eq!(
            admin.get(path).await.header("cache-control"),
            "no-store",
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_page_to_write_on_is_kept_for_the_way_back_until_somebody_signs_out() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let page = admin.get("/admin/newsletters").await;
    assert_eq!(page.header("cache-control"), "private, no-cache");
    let refused = admin.post("/admin/newsletters", &[("title", "T")]).await;
    assert_eq!(refused.header("cache-control"), "private, no-cache");
    let answer = admin.post("/admin/logout", &[]).await;
    assert_eq!(answer.header("clear-site-data"), "\"cache\"");
}

#[tokio::test]
async fn the_first_admin_is_made_once_and_a_random_password_works() {
    let app = TestApp::spawn().await;
    let made = app.app.ensure_first_admin(None).await.expect("an admin");
    let password = made.expect("a password");
    let again = app
        .app
        .ensure_first_admin(Some("short".to_owned().into()))
        .await;
    assert!(again.expect("nothing to do").is_none());
    let password = secrecy::ExposeSecret::expose_secret(&password);
    app.browser().sign_in("admin", password).await;
}

#[tokio::test]
async fn a_first_password_that_is_too_short_is_refused_and_not_repeated() {
    let app = TestApp::spawn().await;
    let refused = app
        .app
        .ensure_first_admin(Some("short-one".to_owned().into()))
        .await;
    let error = refused.expect_err("too short").to_string();
    assert!(
        error.contains("12") && !error.contains("short-one"),
        "{error}"
    );
}
