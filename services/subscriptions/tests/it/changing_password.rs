//! `/admin/password`

use jiff::SignedDuration;

use crate::helpers::{ADMIN_PASSWORD, Browser, TestApp};

const NEW: &str = "another password of mine";

async fn change(browser: &Browser<'_>, current: &str, new: &str, check: &str) {
    let fields = [
        ("current_password", current),
        ("new_password", new),
        ("new_password_check", check),
    ];
    let answer = browser.post("/admin/password", &fields).await;
    answer.assert_redirect("/admin/password");
}

#[track_caller]
fn assert_flash(answer: &crate::helpers::Answer, text: &str) {
    assert!(answer.shows_flash(text), "{}", answer.body);
}

#[tokio::test]
async fn you_must_be_logged_in_to_see_the_change_password_form() {
    let app = TestApp::with_admin().await;
    app.get("/admin/password").await.assert_redirect("/login");
}

#[tokio::test]
async fn you_must_be_logged_in_to_change_your_password() {
    let app = TestApp::with_admin().await;
    let fields = [
        ("current_password", ADMIN_PASSWORD),
        ("new_password", NEW),
        ("new_password_check", NEW),
    ];
    app.browser()
        .post("/admin/password", &fields)
        .await
        .assert_redirect("/login");
    app.browser().sign_in("admin", ADMIN_PASSWORD).await;
}

#[tokio::test]
async fn new_password_fields_must_match() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    change(&admin, ADMIN_PASSWORD, NEW, "yet another password").await;
    let page = admin.get("/admin/password").await;
    assert_flash(
        &page,
        "You entered two different new passwords - the field values must match.",
    );
}

#[tokio::test]
async fn current_password_must_be_valid() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    change(&admin, "a wrong password", NEW, NEW).await;
    let page = admin.get("/admin/password").await;
    assert_flash(&page, "The current password is incorrect.");
}

#[tokio::test]
async fn the_bound_that_a_new_password_breaks_is_told() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let long = "x".repeat(129);
    for (new, text) in [
        (
            "eleven char",
            "The new password must have at least 12 characters.",
        ),
        (
            long.as_str(),
            "The new password must have at most 128 characters.",
        ),
        (
            ADMIN_PASSWORD,
            "The new password must be another one than the current one.",
        ),
    ] {
        change(&admin, ADMIN_PASSWORD, new, new).await;
        assert_flash(&admin.get("/admin/password").await, text);
    }
    app.browser().sign_in("admin", ADMIN_PASSWORD).await;
}

#[tokio::test]
async fn changing_password_works() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    change(&admin, ADMIN_PASSWORD, NEW, NEW).await;
    let page = admin.get("/admin/password").await;
    assert_flash(&page, "Your password has been changed.");
    admin
        .post("/admin/logout", &[])
        .await
        .assert_redirect("/login");
    let page = admin.get("/login").await;
    assert_flash(&page, "You have successfully logged out.");
    admin
        .log_in("admin", ADMIN_PASSWORD)
        .await
        .assert_redirect("/login");
    admin.sign_in("admin", NEW).await;
}

#[tokio::test]
async fn a_change_ends_every_other_session_of_that_user() {
    let app = TestApp::with_admin().await;
    let (here, there) = (app.admin().await, app.admin().await);
    let before = here.cookie("session").expect("a session");
    change(&here, ADMIN_PASSWORD, NEW, NEW).await;
    assert!(here.is_signed_in().await);
    assert!(!there.is_signed_in().await);
    let thief = app.browser();
    thief.set_cookie("__Host-session", &before);
    assert!(!thief.is_signed_in().await, "the token is renewed here too");
}

#[tokio::test]
async fn after_ten_wrong_ones_even_the_right_current_password_is_incorrect() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    for _ in 0..10 {
        change(&admin, "a wrong password", NEW, NEW).await;
    }
    change(&admin, ADMIN_PASSWORD, NEW, NEW).await;
    let page = admin.get("/admin/password").await;
    assert_flash(&page, "The current password is incorrect.");

    app.clock.pass(SignedDuration::from_mins(15));
    change(&admin, ADMIN_PASSWORD, NEW, NEW).await;
    let page = admin.get("/admin/password").await;
    assert_flash(&page, "Your password has been changed.");
}

#[tokio::test]
async fn wrong_current_passwords_count_at_the_log_in_and_right_ones_do_not() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    for _ in 0..12 {
        change(&admin, ADMIN_PASSWORD, "short", "short").await;
    }
    app.browser().sign_in("admin", ADMIN_PASSWORD).await;
    for _ in 0..10 {
        change(&admin, "a wrong password", NEW, NEW).await;
    }
    app.browser()
        .log_in("admin", ADMIN_PASSWORD)
        .await
        .assert_redirect("/login");
}

#[tokio::test]
async fn passwords_of_any_script_and_with_spaces_at_the_end_work() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let new = " пароль & +%41 🗝️ ";
    change(&admin, ADMIN_PASSWORD, new, new).await;
    app.browser().sign_in("admin", new).await;
    app.browser()
        .log_in("admin", new.trim())
        .await
        .assert_redirect("/login");
}
