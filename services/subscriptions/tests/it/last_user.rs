//! Somebody who can sign in always remains.

use std::sync::Arc;

use crate::{
    faults::meanwhile,
    helpers::{ADMIN_PASSWORD, TestApp},
    users::{CHOSEN, add, change_password, disable_path, settle},
};

#[tokio::test]
async fn nobody_disables_the_last_active_user() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let path = disable_path(&admin, "admin").await;
    admin.post(&path, &[]).await.assert_redirect("/admin/users");
    let page = admin.get("/admin/users").await;
    assert!(
        page.shows_flash("The last active user cannot be disabled."),
        "{}",
        page.body
    );
    app.browser().sign_in("admin", ADMIN_PASSWORD).await;
}

#[tokio::test]
async fn who_has_not_chosen_a_password_is_not_the_one_who_stays() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let one_time = add(&admin, "ghost").await;
    let path = disable_path(&admin, "admin").await;
    admin.post(&path, &[]).await.assert_redirect("/admin/users");
    let page = admin.get("/admin/users").await;
    assert!(
        page.shows_flash("The last active user cannot be disabled."),
        "{}",
        page.body
    );

    let ghost = app.browser();
    ghost.sign_in("ghost", &one_time).await;
    change_password(&ghost, &one_time, CHOSEN)
        .await
        .assert_redirect("/admin/password");
    admin.post(&path, &[]).await.assert_redirect("/admin/users");
    assert!(!admin.is_signed_in().await);
    assert!(ghost.is_signed_in().await);
}

#[tokio::test]
async fn a_user_who_never_chose_a_password_can_always_be_disabled() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    add(&admin, "ghost").await;
    let path = disable_path(&admin, "ghost").await;
    admin.post(&path, &[]).await.assert_redirect("/admin/users");
    let page = admin.get("/admin/users").await;
    assert!(
        page.shows_flash("The user has been disabled."),
        "{}",
        page.body
    );
    assert!(admin.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn users_who_choose_their_passwords_at_the_same_moment_are_all_counted() {
    let app = Arc::new(TestApp::with_admin().await);
    let admin = app.admin().await;
    let mut forms = Vec::new();
    for username in ["ada", "grace", "mary"] {
        let one_time = add(&admin, username).await;
        let browser = app.browser();
        browser.sign_in(username, &one_time).await;
        let fields = [
            ("current_password", &*one_time),
            ("new_password", CHOSEN),
            ("new_password_check", CHOSEN),
        ];
        forms.push(browser.form("/admin/password", &fields));
    }
    for answer in app.send_at_once(forms).await {
        answer.assert_redirect("/admin/password");
    }
    let mary = app.browser();
    mary.sign_in("mary", CHOSEN).await;
    for username in ["admin", "ada", "grace"] {
        let path = disable_path(&mary, username).await;
        mary.post(&path, &[]).await.assert_status(303);
        let page = mary.get("/admin/users").await;
        assert!(
            page.shows_flash("The user has been disabled."),
            "{username}"
        );
    }
    let path = disable_path(&mary, "mary").await;
    mary.post(&path, &[]).await.assert_status(303);
    assert!(mary.is_signed_in().await, "the last one stays");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_who_disable_each_other_at_the_same_moment_one_stays() {
    for _ in 0..5 {
        let app = Arc::new(TestApp::with_admin().await);
        let admin = app.admin().await;
        let ada = settle(&app, &admin, "ada").await;
        let (admins, adas) = (
            disable_path(&ada, "admin").await,
            disable_path(&ada, "ada").await,
        );
        let requests = vec![admin.form(&adas, &[]), ada.form(&admins, &[])];
        for answer in app.send_at_once(requests).await {
            answer.assert_status(303);
        }
        let left = [admin.is_signed_in().await, ada.is_signed_in().await];
        assert_eq!(left.into_iter().filter(|left| *left).count(), 1, "{left:?}");
    }
}

#[tokio::test]
async fn the_last_one_stays_even_if_the_other_is_disabled_in_between() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    settle(&app, &admin, "ada").await;
    let (admins, adas) = (
        disable_path(&admin, "admin").await,
        disable_path(&admin, "ada").await,
    );
    // Between the loading and the committing of the first request comes the
    // second one, whole.
    let rival = app.app.clone();
    let cookie = format!(
        "__Host-session={}",
        admin.cookie("session").expect("a session")
    );
    app.store.before_next_commit(move || {
        let mut request = crate::helpers::request(
            http::Method::POST,
            &admins,
            Some("application/x-www-form-urlencoded"),
            axum::body::Body::empty(),
        );
        request
            .headers_mut()
            .insert("cookie", cookie.parse().expect("a cookie"));
        meanwhile(async move {
            let answered = tower::ServiceExt::oneshot(rival.router(), request).await;
            assert_eq!(answered.expect("the router cannot fail").status(), 303);
        });
    });
    admin.post(&adas, &[]).await.assert_status(303);
    let everything = app.everything_stored().await;
    assert_eq!(
        everything.matches("\"disabled_at\"").count(),
        1,
        "{everything}"
    );
}
