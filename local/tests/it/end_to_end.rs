//! The way of a subscriber through the built program.

use std::{
    net::TcpStream,
    time::{Duration, Instant},
};

use reqwest::StatusCode;

use crate::{
    program::{Program, command},
    reader::{Reader, link},
};

/// From publishing to the mail of a single subscriber, the settling second
/// included.
const ISSUE_MAIL_LIMIT: Duration = Duration::from_secs(3);
/// An idle program ends this quickly.
const QUICK_END: Duration = Duration::from_secs(3);

#[tokio::test]
async fn a_subscriber_confirms_and_gets_the_issue_within_three_seconds() {
    let directory = tempfile::tempdir().expect("a directory");
    let program = Program::start(directory.path());
    let reader = Reader::new();
    reader.subscribe(&program, "ann@example.com").await;
    let welcome = reader.mail(&program, "ann@example.com", "Welcome!").await;
    let confirmation = link(&welcome, "/subscriptions/confirm?");
    assert!(confirmation.starts_with(&program.url), "{confirmation}");
    assert_eq!(reader.open(&program, confirmation).await, StatusCode::OK);
    reader.log_in(&program).await;
    reader.publish(&program, "The first issue").await;

    let published = Instant::now();
    let issue = reader
        .mail(&program, "ann@example.com", "The first issue")
        .await;
    assert!(
        published.elapsed() < ISSUE_MAIL_LIMIT,
        "{:?}",
        published.elapsed()
    );
    assert!(issue.contains("Hello in text"));
    link(&issue, "/subscriptions/unsubscribe?");
}

#[tokio::test]
async fn sigterm_ends_an_idle_program_quickly_and_in_order() {
    let directory = tempfile::tempdir().expect("a directory");
    let program = Program::start(directory.path());
    let reader = Reader::new();
    reader.subscribe(&program, "ann@example.com").await;
    // Browsers hold connections open that they asked nothing on yet.
    let address = program.url.strip_prefix("http://").expect("a URL");
    let idle = TcpStream::connect(address).expect("a connection");
    let (status, took) = program.terminate();
    assert_eq!(status.code(), Some(0));
    assert!(took < QUICK_END, "{took:?}");
    drop(idle);
}

#[tokio::test]
async fn nothing_personal_is_logged() {
    let directory = tempfile::tempdir().expect("a directory");
    let log = directory.path().join("log");
    let file = std::fs::File::create(&log).expect("a file");
    let mut command = command(&directory.path().join("data"));
    command.env("PENNYPOST_ADMIN_PASSWORD", crate::program::PASSWORD);
    let program = Program::start_as(command.env("RUST_LOG", "trace").stderr(file));
    let reader = Reader::new();
    reader
        .subscribe(&program, "private.person@example.com")
        .await;
    let welcome = reader
        .mail(&program, "private.person@example.com", "Welcome!")
        .await;
    let confirmation = link(&welcome, "/subscriptions/confirm?");
    assert_eq!(reader.open(&program, confirmation).await, StatusCode::OK);
    reader.log_in(&program).await;
    reader.publish(&program, "An issue").await;
    reader
        .mail(&program, "private.person@example.com", "An issue")
        .await;
    drop(program);

    let log = std::fs::read_to_string(log).expect("the log");
    let (_, token) = confirmation.split_once("token=").expect("a token");
    assert!(log.contains("event published"), "the log is on");
    for secret in [
        "private.person",
        "Ann Reader",
        token,
        crate::program::PASSWORD,
    ] {
        let line = log.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret} in {line:?}");
    }
}
