//! `/admin/users`

use crate::helpers::{ADMIN_PASSWORD, Answer, Browser, TestApp};

pub(crate) const CHOSEN: &str = "a password of my choice";

/// What stands between two texts.
fn between<'a>(body: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = body
        .split_once(start)
        .unwrap_or_else(|| panic!("{start} in {body}"));
    rest.split_once(end).expect("an end").0
}

pub(crate) async fn add(admin: &Browser<'_>, username: &str) -> String {
    let answer = admin.post("/admin/users", &[("username", username)]).await;
    answer.assert_status(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    between(&answer.body, "<code class=\"secret\">", "</code>").to_owned()
}

/// Adds `username`, who chooses a password and is signed in.
pub(crate) async fn settle<'a>(
    app: &'a TestApp,
    admin: &Browser<'_>,
    username: &str,
) -> Browser<'a> {
    let one_time = add(admin, username).await;
    let browser = app.browser();
    browser.sign_in(username, &one_time).await;
    change_password(&browser, &one_time, CHOSEN)
        .await
        .assert_redirect("/admin/password");
    browser
}

pub(crate) async fn change_password(browser: &Browser<'_>, current: &str, new: &str) -> Answer {
    let fields = [
        ("current_password", current),
        ("new_password", new),
        ("new_password_check", new),
    ];
    browser.post("/admin/password", &fields).await
}

/// Where the form to disable `username` posts to.
pub(crate) async fn disable_path(admin: &Browser<'_>, username: &str) -> String {
    let page = admin.get("/admin/users").await;
    let (before, _) = page
        .body
        .split_once(&format!(">Disable {username}</button>"))
        .expect("the button");
    let (_, form) = before.rsplit_once("<form action=\"").expect("the form");
    form.split_once('"').expect("a quote").0.to_owned()
}

#[tokio::test]
async fn a_new_user_changes_the_one_time_password_before_anything_else() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let one_time = add(&admin, "ada").await;
    assert!(
        !admin.get("/admin/users").await.body.contains(&one_time),
        "shown once"
    );

    let ada = app.browser();
    ada.sign_in("ada", &one_time).await;
    for path in [
        "/admin/dashboard",
        "/admin/newsletters",
        "/admin/users",
        "/admin/nothing",
    ] {
        ada.get(path).await.assert_redirect("/admin/password");
    }
    let publish = ada.post("/admin/newsletters", &[("title", "x")]).await;
    publish.assert_redirect("/admin/password");
    ada.get("/admin/password").await.assert_status(200);
    change_password(&ada, &one_time, &one_time)
        .await
        .assert_redirect("/admin/password");
    ada.get("/admin/dashboard")
        .await
        .assert_redirect("/admin/password");

    change_password(&ada, &one_time, CHOSEN)
        .await
        .assert_redirect("/admin/password");
    let dashboard = ada.get("/admin/dashboard").await;
    assert!(dashboard.body.contains("Welcome ada"));
    app.browser()
        .log_in("ada", &one_time)
        .await
        .assert_redirect("/login");
    app.browser().sign_in("Ada", CHOSEN).await;
}

#[tokio::test]
async fn a_lost_one_time_password_is_replaced_until_one_is_chosen() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let lost = add(&admin, "ada").await;
    let thief = app.browser();
    thief.sign_in("ada", &lost).await;

    let path = disable_path(&admin, "ada").await;
    let path = path.replace("/disable", "/one-time-password");
    assert!(admin.get("/admin/users").await.body.contains(&path));
    let page = admin.post(&path, &[]).await;
    page.assert_status(200);
    let one_time = between(&page.body, "<code class=\"secret\">", "</code>");
    assert!(!thief.is_signed_in().await);
    thief.log_in("ada", &lost).await.assert_redirect("/login");

    let ada = app.browser();
    ada.sign_in("ada", one_time).await;
    ada.get("/admin/dashboard")
        .await
        .assert_redirect("/admin/password");
    change_password(&ada, one_time, CHOSEN)
        .await
        .assert_redirect("/admin/password");
    admin.post(&path, &[]).await.assert_status(409);
    assert!(ada.is_signed_in().await);
}

#[tokio::test]
async fn who_has_a_one_time_password_may_log_out() {
    let app = TestApp::with_admin().await;
    let one_time = add(&app.admin().await, "ada").await;
    let ada = app.browser();
    ada.sign_in("ada", &one_time).await;
    ada.post("/admin/logout", &[])
        .await
        .assert_redirect("/login");
    assert!(!ada.is_signed_in().await);
}

#[tokio::test]
async fn users_are_listed_by_name() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    add(&admin, "Zoe").await;
    let page = admin.get("/admin/users").await;
    let (first, second) = (page.body.find(">admin<"), page.body.find(">Zoe<"));
    assert!(first.is_some() && first < second, "{}", page.body);
}

#[tokio::test]
async fn a_long_list_of_users_goes_on_on_further_pages() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    for number in 0..50 {
        add(&admin, &format!("user-{number:03}")).await;
    }
    let first = admin.get("/admin/users").await;
    assert!(!first.body.contains(">user-049<"));
    let next = between(&first.body, "<a href=\"/admin/users?after=", "\"");
    let second = admin.get(&format!("/admin/users?after={next}")).await;
    assert!(second.body.contains(">user-049<") && !second.body.contains(">user-048<"));
    admin.get("/admin/users?after=%20").await.assert_status(400);
}

#[tokio::test]
async fn a_name_that_is_taken_or_invalid_is_refused_with_what_was_typed() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let taken = admin.post("/admin/users", &[("username", "Admin")]).await;
    taken.assert_status(409);
    assert!(taken.body.contains("value=\"Admin\""));
    for invalid in ["", "a b", "<b>", "a\r\nb", &"x".repeat(65)] {
        let answer = admin.post("/admin/users", &[("username", invalid)]).await;
        answer.assert_status(400);
        assert!(!answer.body.contains("<b>"), "escaped");
    }
    app.browser().sign_in("admin", ADMIN_PASSWORD).await;
}

#[tokio::test]
async fn disabling_a_user_ends_their_sessions_and_their_signing_in() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let one_time = add(&admin, "ada").await;
    let ada = app.browser();
    ada.sign_in("ada", &one_time).await;

    let path = disable_path(&admin, "ada").await;
    admin.post(&path, &[]).await.assert_redirect("/admin/users");
    let page = admin.get("/admin/users").await;
    assert!(
        page.shows_flash("The user has been disabled."),
        "{}",
        page.body
    );
    assert!(!ada.is_signed_in().await);
    ada.log_in("ada", &one_time).await.assert_redirect("/login");
    admin.post(&path, &[]).await.assert_redirect("/admin/users");
    let taken = admin.post("/admin/users", &[("username", "ada")]).await;
    taken.assert_status(409);
}

#[tokio::test]
async fn an_unknown_user_is_not_found() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    for id in ["x", "00000000-0000-0000-0000-000000000000"] {
        let path = format!("/admin/users/{id}/disable");
        admin.post(&path, &[]).await.assert_status(404);
        admin.get(&path).await.assert_status(405);
    }
}
