//! Asked to stop while it sends.

use std::{collections::BTreeSet, time::Duration};

use futures::{StreamExt, stream};
use reqwest::StatusCode;

use crate::{
    program::{PASSWORD, Program, command},
    reader::{Reader, eventually, link},
    sink::{Sink, unfolded},
};

const READERS: usize = 60;
/// How many of them are at it at a time.
const AT_A_TIME: usize = 20;
const ISSUE: &str = "To all of you";
/// How long the mail server takes for a mail.
const SLOWNESS: Duration = Duration::from_millis(1_500);

fn address(number: usize) -> String {
    format!("reader-{number:03}@example.com")
}

/// To whom the issue went.
fn recipients(sink: &Sink) -> Vec<String> {
    let mails = sink.with(&format!("Subject: {ISSUE}\n"));
    let to = |mail: &String| {
        mail.lines()
            .find_map(|line| line.strip_prefix("To: ").map(str::to_owned))
    };
    mails.iter().filter_map(to).collect()
}

async fn confirm_readers(program: &Program, reader: &Reader, sink: &Sink) {
    stream::iter(0..READERS)
        .for_each_concurrent(AT_A_TIME, |number| async move {
            reader.subscribe(program, &address(number)).await;
        })
        .await;
    eventually(|| async { (sink.count() == READERS).then_some(()) }).await;
    stream::iter(sink.with("Subject: Welcome!"))
        .for_each_concurrent(AT_A_TIME, |welcome| async move {
            let welcome = unfolded(&welcome);
            let confirmation = link(&welcome, "/subscriptions/confirm?");
            assert_eq!(reader.open(program, confirmation).await, StatusCode::OK);
        })
        .await;
}

#[tokio::test]
async fn sigterm_while_a_slow_server_takes_an_issue_holds_nobody_and_mails_nobody_twice() {
    let directory = tempfile::tempdir().expect("a directory");
    let reader = Reader::new();
    let start = |sink: &Sink| {
        Program::start_as(
            command(directory.path())
                .env("PENNYPOST_ADMIN_PASSWORD", PASSWORD)
                .env("RUST_LOG", "warn")
                .args(["--smtp-url", &sink.url]),
        )
    };
    let quick = Sink::start().await;
    let program = start(&quick);
    confirm_readers(&program, &reader, &quick).await;
    reader.log_in(&program).await;
    program.terminate();

    let sink = Sink::slow(SLOWNESS).await;
    let program = start(&sink);
    reader.publish(&program, ISSUE).await;
    // Some mails were answered, and others are being taken.
    eventually(|| async { (recipients(&sink).len() > 20).then_some(()) }).await;
    let (status, _) = tokio::task::spawn_blocking(|| program.terminate())
        .await
        .expect("it ends");
    assert_eq!(status.code(), Some(0));
    let before = recipients(&sink).len();
    assert!(before < READERS, "it was asked in the middle");

    let program = start(&sink);
    eventually(|| async { reader.issue_is(&program, "delivered").await.then_some(()) }).await;
    let to = recipients(&sink);
    assert_eq!(to.len(), READERS);
    assert_eq!(to.into_iter().collect::<BTreeSet<_>>().len(), READERS);
    let page = reader.issue_page(&program).await;
    for count in [
        format!("data-live=\"Accepted\">{READERS}<"),
        "data-live=\"Held\">0<".to_owned(),
    ] {
        assert!(page.contains(&count), "{count} in {page}");
    }
}
