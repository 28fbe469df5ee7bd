//! Mail to an SMTP server outside of the program.

use reqwest::StatusCode;

use crate::{
    program::{PASSWORD, Program, command},
    reader::{Reader, link},
    sink::{Sink, unfolded},
};

#[tokio::test]
async fn both_mails_go_to_the_smtp_server_and_not_to_the_mailbox() {
    let sink = Sink::start().await;
    let directory = tempfile::tempdir().expect("a directory");
    let program = Program::start_as(
        command(directory.path())
            .env("PENNYPOST_ADMIN_PASSWORD", PASSWORD)
            .args(["--smtp-url", &sink.url]),
    );
    let reader = Reader::new();
    reader.subscribe(&program, "ann@example.com").await;
    let welcome = sink.first_with("Subject: Welcome!").await;
    let welcome = unfolded(&welcome);
    let confirmation = link(&welcome, "/subscriptions/confirm?");
    assert_eq!(reader.open(&program, confirmation).await, StatusCode::OK);
    reader.log_in(&program).await;
    reader.publish(&program, "An issue").await;
    let issue = sink.first_with("Subject: An issue").await;
    assert!(
        issue.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"),
        "{issue}"
    );
    assert_eq!(sink.count(), 2);
    assert!(
        reader
            .mails(&program, "ann@example.com", "Welcome!")
            .await
            .is_empty()
    );
}
