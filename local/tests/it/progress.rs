//! An issue is watched on its way.

use std::time::Duration;

use futures::{StreamExt, stream};
use reqwest::StatusCode;

use crate::{
    program::{PASSWORD, Program, command},
    reader::{Reader, eventually, link},
    sink::{Sink, unfolded},
};

const READERS: usize = 200;
/// How many of them are at it at a time.
const AT_A_TIME: usize = 20;
/// How long the mail server takes for a mail: with 16 at a time it is busy for
/// some reports.
const SLOWNESS: Duration = Duration::from_millis(400);

/// The number behind `name` on the issue's page.
pub(crate) fn count(page: &str, name: &str) -> Option<usize> {
    let (_, rest) = page.split_once(&format!("<dt>{name}</dt><dd"))?;
    let (_, rest) = rest.split_once('>')?;
    rest.split_once('<')?.0.parse().ok()
}

async fn confirm_readers(program: &Program, reader: &Reader, sink: &Sink) {
    stream::iter(0..READERS)
        .for_each_concurrent(AT_A_TIME, |number| async move {
            let address = format!("reader-{number:03}@example.com");
            reader.subscribe(program, &address).await;
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
async fn the_counts_of_an_issue_grow_while_it_goes_out() {
    let directory = tempfile::tempdir().expect("a directory");
    let reader = Reader::new();
    let sink = Sink::start().await;
    let program = Program::start_as(
        command(directory.path())
            .env("PENNYPOST_ADMIN_PASSWORD", PASSWORD)
            .env("RUST_LOG", "warn")
            .args(["--smtp-url", &sink.url]),
    );
    confirm_readers(&program, &reader, &sink).await;
    sink.answers_after(SLOWNESS);
    reader.log_in(&program).await;
    reader.publish(&program, "To all of you").await;

    // What was seen of the accepted on the way, each number once.
    let mut seen = Vec::new();
    loop {
        let page = eventually(|| async {
            let page = reader.issue_page(&program).await;
            let accepted = count(&page, "Accepted");
            let news = accepted.is_some() && accepted != seen.last().copied();
            (news || page.contains("class=\"statedelivered\"")).then_some(page)
        })
        .await;
        let accepted = count(&page, "Accepted").expect("a count");
        let pending = count(&page, "Pending").expect("a count");
        assert_eq!(count(&page, "Recipients"), Some(READERS));
        assert_eq!(accepted + pending, READERS);
        seen.push(accepted);
        if page.contains("class=\"statedelivered\"") {
            break;
        }
    }
    assert!(seen.is_sorted(), "{seen:?}");
    assert_eq!(seen.pop(), Some(READERS));
    // Nothing yet, and then at least two reports on the way.
    assert!(seen.len() >= 3, "{seen:?}");
}
