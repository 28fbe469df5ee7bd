//! Several processes start for the first time.

use futures::future::join_all;

use crate::helpers::{ADMIN_PASSWORD, TestApp};

/// How many start at once.
const PROCESSES: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_several_that_start_at_once_one_makes_the_admin_and_only_its_password_counts() {
    let app = TestApp::spawn().await;
    let starts = (0..PROCESSES).map(|_| {
        let app = app.app.clone();
        tokio::spawn(async move { app.ensure_first_admin(None).await })
    });
    let made = join_all(starts).await.into_iter();
    let made = made.filter_map(|start| start.expect("no panic").expect("an answer"));
    let [password] = made.collect::<Vec<_>>().try_into().expect("one password");
    let password = secrecy::ExposeSecret::expose_secret(&password);
    app.browser().sign_in("admin", password).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_password_that_all_of_them_are_given_is_the_admins() {
    let app = TestApp::spawn().await;
    let starts = (0..PROCESSES).map(|_| {
        let app = app.app.clone();
        let password = Some(ADMIN_PASSWORD.to_owned().into());
        tokio::spawn(async move { app.ensure_first_admin(password).await })
    });
    for start in join_all(starts).await {
        let made = start.expect("no panic").expect("an answer");
        assert!(made.is_none(), "nobody has to be shown a given password");
    }
    app.admin().await;
}

#[tokio::test]
async fn every_later_start_reads_once_and_writes_nothing() {
    let app = TestApp::with_admin().await;
    app.store.requests();
    let password = Some("another password that is long".to_owned().into());
    let made = app.app.ensure_first_admin(password).await;
    assert!(made.expect("an answer").is_none());
    assert_eq!(app.store.requests(), ["GetItem"]);
    assert!(app.app.has_users().await.expect("an answer"));
    assert_eq!(app.store.requests(), ["GetItem"]);
    app.admin().await;
}
