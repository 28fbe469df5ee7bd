//! Failed log-ins are counted.

use std::sync::Arc;

use jiff::SignedDuration;

use crate::helpers::{ADMIN_PASSWORD, TestApp};

const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// An attempt that fails.
async fn fail(app: &TestApp, username: &str, address: &str) {
    let browser = app.browser().from(address);
    let answer = browser.log_in(username, "a wrong password").await;
    answer.assert_redirect("/login");
}

#[tokio::test]
async fn after_ten_failures_even_the_right_password_gets_the_same_answer() {
    let app = TestApp::with_admin().await;
    for last in 1..=10 {
        fail(&app, "admin", &format!("198.51.100.{last}")).await;
    }
    let wrong = app.browser().log_in("admin", "a wrong password").await;
    let right = app.browser().log_in("Admin", ADMIN_PASSWORD).await;
    assert_eq!(right, wrong);
    right.assert_redirect("/login");

    app.clock.pass(WINDOW);
    app.browser().sign_in("admin", ADMIN_PASSWORD).await;
}

#[tokio::test]
async fn nine_failures_are_forgotten_by_a_success() {
    let app = TestApp::with_admin().await;
    for _ in 0..3 {
        for last in 1..=9 {
            fail(&app, "admin", &format!("198.51.100.{last}")).await;
        }
        app.browser().sign_in("admin", ADMIN_PASSWORD).await;
    }
}

#[tokio::test]
async fn fifty_failures_from_one_address_are_enough_for_all_accounts() {
    let app = TestApp::with_admin().await;
    for number in 0..50 {
        fail(&app, &format!("user-{number}"), "198.51.100.7").await;
    }
    let there = app.browser().from("198.51.100.7");
    there
        .log_in("admin", ADMIN_PASSWORD)
        .await
        .assert_redirect("/login");
    app.browser()
        .from("198.51.100.8")
        .sign_in("admin", ADMIN_PASSWORD)
        .await;
    app.clock.pass(WINDOW);
    there.sign_in("admin", ADMIN_PASSWORD).await;
}

#[tokio::test]
async fn successes_are_not_held_against_an_address() {
    let app = TestApp::with_admin().await;
    for _ in 0..55 {
        app.browser().sign_in("admin", ADMIN_PASSWORD).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attempts_at_the_same_moment_are_all_counted() {
    let app = Arc::new(TestApp::with_admin().await);
    let guess = [("username", "admin"), ("password", "a wrong password")];
    let guesses = (0..12)
        .map(|_| app.browser().form("/login", &guess))
        .collect();
    for answer in app.send_at_once(guesses).await {
        answer.assert_redirect("/login");
    }
    app.browser()
        .log_in("admin", ADMIN_PASSWORD)
        .await
        .assert_redirect("/login");
}

#[tokio::test]
async fn an_unknown_an_impossible_and_a_wrong_attempt_are_the_same_answer() {
    let app = TestApp::with_admin().await;
    let mut answers = Vec::new();
    for username in ["admin", "nobody", "no such name!", ""] {
        answers.push(app.browser().log_in(username, "a wrong password").await);
    }
    for answer in &answers {
        assert_eq!(answer, &answers[0]);
    }
}
