//! A mail server may answer anything: a mail is accepted if it was, and no
//! answer is repeated.

use std::time::Duration;

use contracts::Personal;
use delivery::mail::{Email, MailSender, SendResult, Smtp, SmtpLimits};
use fuzz::Target;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::support::{mail_tags, start};

/// All that a server says on a connection: the greeting, and its answers to
/// EHLO, MAIL, RCPT, DATA and the content.
const CONVERSATIONS: [&str; 5] = [
    "220 test\r\n250-test\r\n250-SMTPUTF8\r\n250-8BITMIME\r\n250 PIPELINING\r\n250 ok\r\n250 ok\r\n354 go on\r\n250 queued\r\n221 bye\r\n",
    "220 test\r\n250 test\r\n250 ok\r\n550 5.1.1 <ann@example.com>: no such user\r\n250 ok\r\n221 bye\r\n",
    "220 test\r\n250 test\r\n250 ok\r\n250 ok\r\n354 go on\r\n452-4.2.2 ann@example.com\r\n452 is full\r\n",
    "421 4.3.2 ann@example.com is too busy\r\n",
    "220-test\r\n220 test\r\n250 test\r\n250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 ü\r\n554 5.7.1 spam\r\n",
];

/// The greeting and five answers, each a clear yes.
const YESES_OF_A_MAIL: usize = 6;

fn email() -> Email {
    Email {
        message_id: "one@penny.example".to_owned(),
        date: start(),
        from: "Penny Post <news@penny.example>".parse().expect("a sender"),
        to: Personal::new("ann@example.com"),
        subject: "Hello".to_owned(),
        text: "Hello".to_owned(),
        html: "<p>Hello</p>".to_owned(),
        headers: Vec::new(),
        tags: mail_tags(),
    }
}

/// What becomes of a mail whose server says `replies`, and no more.
async fn sent_to(replies: &[u8]) -> SendResult {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("smtp://{}", listener.local_addr().expect("an address"));
    let limits = SmtpLimits {
        connections: 1,
        prepare: Duration::from_secs(5),
        content: Duration::from_secs(5),
    };
    let client = Smtp::with_limits(&url.as_str().into(), limits).expect("a URL");
    let serve = async {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        // Whoever hangs up before all was said has heard enough.
        if stream.write_all(replies).await.is_ok() && stream.shutdown().await.is_ok() {
            let mut heard = Vec::new();
            stream.read_to_end(&mut heard).await.ok();
        }
    };
    let email = email();
    tokio::select! {
        result = client.send(&email) => result,
        () = async { serve.await; std::future::pending().await } => unreachable!("it is pending"),
    }
}

#[test]
fn a_mail_is_accepted_by_a_yes_to_each_step_and_no_answer_is_repeated() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let corpus = CONVERSATIONS.iter().map(|it| it.as_bytes().to_vec());
    let found = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/found/smtp_replies");
    Target::new(corpus.collect(), found).run(|replies| {
        let result = runtime.block_on(sent_to(replies));
        let yeses = replies
            .split(|byte| *byte == b'\n')
            .filter(|line| matches!(line, [b'2' | b'3', ..]))
            .count();
        if result == SendResult::Accepted {
            assert!(yeses >= YESES_OF_A_MAIL, "{yeses}");
        }
        let told = format!("{result:?}");
        assert!(!told.contains("ann@") && !told.contains("5.1.1"), "{told}");
    });
}
