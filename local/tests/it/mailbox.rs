//! The mailbox keeps mails and finds them.

use std::sync::Arc;

use ambient::{SystemClock, SystemRandomness};
use local::mailbox::{Mailbox, Search};

pub(crate) fn raw(to: &str, subject: &str, text: &str) -> Vec<u8> {
    format!(
        "From: Pennypost <news@penny.example>\r\nTo: {to}\r\nSubject: {subject}\r\n\
         Message-ID: <1@penny.example>\r\nDate: Sun, 22 Nov 2026 15:00:00 +0000\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n\
         --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>{text}</p>\r\n--b--\r\n"
    )
    .into_bytes()
}

fn mailbox() -> Mailbox {
    Mailbox::open(None, Arc::new(SystemClock), Arc::new(SystemRandomness)).expect("a mailbox")
}

async fn found(mailbox: &Mailbox, query: &str) -> Vec<String> {
    let page = mailbox
        .list(Search::parse(query), 0, 50)
        .await
        .expect("a page");
    assert_eq!(page.totals.matching, page.messages.len() as u64);
    page.messages
        .into_iter()
        .map(|message| message.subject)
        .collect()
}

#[tokio::test]
async fn mails_are_found_by_their_headers_and_their_text() {
    let mailbox = mailbox();
    for (to, subject, text) in [
        ("Ann@Example.com", "Welcome!", "Please confirm"),
        ("bob@example.com", "Issue one", "Über alles 100%"),
        ("Ann <ann@example.com>", "Issue two", "The end"),
    ] {
        mailbox
            .deliver(raw(to, subject, text))
            .await
            .expect("delivered");
    }
    for (query, subjects) in [
        ("", &["Issue two", "Issue one", "Welcome!"][..]),
        ("to:ann@example.com", &["Issue two", "Welcome!"]),
        ("to:\"ANN@EXAMPLE.COM\" subject:two", &["Issue two"]),
        ("subject:\"issue o\"", &["Issue one"]),
        ("from:news@penny.example confirm", &["Welcome!"]),
        ("ÜBER", &["Issue one"]),
        ("100%", &["Issue one"]),
        ("to:carol@example.com", &[]),
        ("'; DROP TABLE messages; --", &[]),
    ] {
        assert_eq!(found(&mailbox, query).await, subjects, "{query}");
    }
}

#[tokio::test]
async fn a_mail_is_read_once_it_was_shown() {
    let mailbox = mailbox();
    mailbox
        .deliver(raw("a@b.example", "One", "x"))
        .await
        .expect("delivered");
    mailbox
        .deliver(raw("a@b.example", "Two", "x"))
        .await
        .expect("delivered");
    let latest = mailbox
        .message("latest")
        .await
        .expect("an answer")
        .expect("a mail");
    assert_eq!(latest.subject, "Two");
    let page = mailbox.list(Search::default(), 0, 1).await.expect("a page");
    assert!(page.messages[0].read);
    assert_eq!((page.totals.all, page.totals.unread), (2, 1));
    assert!(
        mailbox
            .message("nobody")
            .await
            .expect("an answer")
            .is_none()
    );
}

#[tokio::test]
async fn mails_outlive_the_process() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("mailbox.db");
    let open = || {
        Mailbox::open(
            Some(&path),
            Arc::new(SystemClock),
            Arc::new(SystemRandomness),
        )
        .expect("a mailbox")
    };
    open()
        .deliver(raw("a@b.example", "One", "x"))
        .await
        .expect("delivered");
    assert_eq!(found(&open(), "").await, ["One"]);
}

#[tokio::test]
async fn mails_are_deleted_by_name_or_all_together() {
    let mailbox = mailbox();
    for subject in ["One", "Two", "Three"] {
        mailbox
            .deliver(raw("a@b.example", subject, "x"))
            .await
            .expect("delivered");
    }
    let latest = mailbox
        .message("latest")
        .await
        .expect("an answer")
        .expect("a mail");
    let ids = vec![latest.id, "nobody".to_owned()];
    mailbox.delete(ids).await.expect("deleted");
    assert_eq!(found(&mailbox, "").await, ["Two", "One"]);
    mailbox.delete(Vec::new()).await.expect("deleted");
    assert!(found(&mailbox, "").await.is_empty());
    assert!(found(&mailbox, "x").await.is_empty());
}
