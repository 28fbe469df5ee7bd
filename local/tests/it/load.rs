//! Five hundred readers at once, and one issue to all of them.

use std::collections::BTreeMap;

use futures::{StreamExt, stream};
use reqwest::StatusCode;

use crate::{
    program::{PASSWORD, Program, command},
    reader::{Reader, eventually, link},
    sink::{Sink, unfolded},
};

const READERS: usize = 500;
/// How many of them are at it at a time.
const AT_A_TIME: usize = 20;

fn address(number: usize) -> String {
    format!("reader-{number:03}@example.com")
}

/// To whom the mails with `subject` went, and how often.
fn recipients(sink: &Sink, subject: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for mail in sink.with(&format!("Subject: {subject}\n")) {
        let to = mail.lines().find_map(|line| line.strip_prefix("To: "));
        *counts
            .entry(to.expect("a recipient").to_owned())
            .or_default() += 1;
    }
    counts
}

fn once_each() -> BTreeMap<String, usize> {
    (0..READERS).map(|number| (address(number), 1)).collect()
}

#[tokio::test]
async fn five_hundred_subscribe_confirm_and_get_the_issue_once_each() {
    let sink = Sink::start().await;
    let directory = tempfile::tempdir().expect("a directory");
    let program = Program::start_as(
        command(directory.path())
            .env("PENNYPOST_ADMIN_PASSWORD", PASSWORD)
            .env("RUST_LOG", "warn")
            .args(["--smtp-url", &sink.url]),
    );
    let reader = Reader::new();

    stream::iter(0..READERS)
        .for_each_concurrent(AT_A_TIME, |number| {
            let (reader, program) = (&reader, &program);
            async move { reader.subscribe(program, &address(number)).await }
        })
        .await;
    eventually(|| async { (recipients(&sink, "Welcome!").len() == READERS).then_some(()) }).await;
    assert_eq!(recipients(&sink, "Welcome!"), once_each());

    stream::iter(sink.with("Subject: Welcome!"))
        .for_each_concurrent(AT_A_TIME, |welcome| {
            let (reader, program) = (&reader, &program);
            async move {
                let welcome = unfolded(&welcome);
                let confirmation = link(&welcome, "/subscriptions/confirm?");
                assert_eq!(reader.open(program, confirmation).await, StatusCode::OK);
            }
        })
        .await;

    reader.log_in(&program).await;
    reader.publish(&program, "To all of you").await;
    eventually(|| async { (recipients(&sink, "To all of you").len() == READERS).then_some(()) })
        .await;
    eventually(|| async { reader.issue_is(&program, "delivered").await.then_some(()) }).await;
    assert_eq!(recipients(&sink, "To all of you"), once_each());
    assert_eq!(sink.count(), 2 * READERS);
}
