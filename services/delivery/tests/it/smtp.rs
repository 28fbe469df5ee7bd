//! Our side of SMTP, against a server that follows a script.

use std::{sync::Arc, time::Duration};

use contracts::Personal;
use delivery::mail::{Email, MailSender, SendResult, Smtp};
use tokio::net::TcpListener;

use crate::support::{
    Script, TestServer, World, confirmed, mail_tags, pause, published, second, start,
};

/// Longer than it takes to meet a pause.
const PATIENCE: Duration = Duration::from_secs(20);

fn email() -> Email {
    Email {
        message_id: "one@penny.example".to_owned(),
        date: start(),
        from: "Penny Post <news@penny.example>".parse().expect("a sender"),
        to: Personal::new("a..b@x.org"),
        subject: "Hello".to_owned(),
        text: "Hello".to_owned(),
        html: "<p>Hello</p>".to_owned(),
        headers: Vec::new(),
        tags: mail_tags(),
    }
}

fn kind(result: &SendResult) -> &'static str {
    match result {
        SendResult::Accepted => "accepted",
        SendResult::Unavailable { .. } => "unavailable",
        SendResult::Throttled { .. } => "throttled",
        SendResult::AccountFault { .. } => "account fault",
        SendResult::Unsent { .. } => "unsent",
        SendResult::Unexplained { .. } => "unexplained",
        SendResult::Refused { .. } => "refused",
        SendResult::Unclear { .. } => "unclear",
    }
}

#[tokio::test]
async fn a_mail_is_accepted_and_the_connection_used_again() {
    let server = TestServer::start(Script::default()).await;
    let client = server.client();
    for _ in 0..3 {
        assert_eq!(client.send(&email()).await, SendResult::Accepted);
    }
    let log = server.log.lock().await;
    assert_eq!((log.connections, log.contents.len()), (1, 3));
    assert_eq!(log.recipients[0], "RCPT TO:<a..b@x.org>");
    assert!(log.contents[0].contains("Subject: Hello\n"));
}

#[tokio::test]
async fn every_answer_is_told_apart_by_what_it_means_for_the_mail() {
    let ok = Script::default();
    for (script, expected) in [
        (
            Script {
                greeting: Some("554 no"),
                ..ok
            },
            "unavailable",
        ),
        (
            Script {
                greeting: Some("421 busy"),
                ..ok
            },
            "unavailable",
        ),
        (
            Script {
                hangs_at_once: true,
                ..ok
            },
            "unavailable",
        ),
        (
            Script {
                mail: Some("451 later"),
                ..ok
            },
            "unavailable",
        ),
        (
            Script {
                mail: Some("550 not you"),
                ..ok
            },
            "account fault",
        ),
        (
            Script {
                mail: Some("530 log in first"),
                ..ok
            },
            "account fault",
        ),
        (
            Script {
                mail: Some("451 later"),
                ..ok
            },
            "unavailable",
        ),
        (
            Script {
                rcpt: Some("530 log in first"),
                ..ok
            },
            "account fault",
        ),
        (
            Script {
                rcpt: Some("450 a..b@x.org busy"),
                ..ok
            },
            "unsent",
        ),
        (
            Script {
                rcpt: Some("550 a..b@x.org unknown"),
                ..ok
            },
            "refused",
        ),
        (
            Script {
                rcpt: Some("421 busy"),
                ..ok
            },
            "unsent",
        ),
        (
            Script {
                closes_at_rcpt: true,
                ..ok
            },
            "unsent",
        ),
        (
            Script {
                data: Some("452 full"),
                ..ok
            },
            "unsent",
        ),
        (
            Script {
                data: Some("554 no"),
                ..ok
            },
            "refused",
        ),
        (
            Script {
                content: Some("451 later"),
                ..ok
            },
            "unsent",
        ),
        (
            Script {
                content: Some("554 spam from a..b@x.org"),
                ..ok
            },
            "refused",
        ),
        (
            Script {
                content: Some("gibberish"),
                ..ok
            },
            "unclear",
        ),
        (
            Script {
                closes_in_data: true,
                ..ok
            },
            "unclear",
        ),
        (
            Script {
                hangs_in_data: true,
                ..ok
            },
            "unclear",
        ),
    ] {
        let server = TestServer::start(script).await;
        let result = server.client().send(&email()).await;
        assert_eq!(kind(&result), expected, "{script:?}: {result:?}");
        assert!(!format!("{result:?}").contains("x.org"), "{result:?}");
    }
}

#[tokio::test]
async fn a_log_in_that_is_refused_is_the_accounts_fault_and_no_readers() {
    for (login, expected) in [
        (Some("535 5.7.8 no"), "account fault"),
        (Some("534 too weak"), "account fault"),
        (None, "account fault"),
        (Some("454 not now"), "unavailable"),
        (Some("235 welcome"), "accepted"),
    ] {
        let script = Script {
            login,
            ..Script::default()
        };
        let server = TestServer::start(script).await;
        let result = server.client_that_logs_in().send(&email()).await;
        assert_eq!(kind(&result), expected, "{login:?}: {result:?}");
    }
}

#[tokio::test]
async fn who_waits_for_the_server_is_not_mailed_after_a_pause_or_when_the_process_stops() {
    for stops in [false, true] {
        let mut world = World::new().await;
        world.takes(&confirmed(1, 2, second(0))).await;
        let silent = Script {
            hangs_at_once: true,
            ..Script::default()
        };
        let server = TestServer::start(silent).await;
        world.restart_with(Arc::new(server.client_with_patience(10 * PATIENCE)));
        world.takes(&published(second(1))).await;
        let run = world.started().remove(0);
        world.app.steps().plan(&run).await.expect("planned");
        let ending = async {
            while server.log.lock().await.connections == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            match stops {
                true => world.app.steps().stop(),
                false => world.takes(&pause(1)).await,
            }
        };
        let sending = async { tokio::join!(world.send(&run, 1), ending).0 };
        let sent = tokio::time::timeout(PATIENCE, sending).await;
        sent.expect("soon").expect("settled");
        assert_eq!(world.exceptions().await.len(), 0, "nobody is held");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("smtp://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let client = Smtp::new(&url.as_str().into()).expect("a URL");
    assert_eq!(kind(&client.send(&email()).await), "unavailable");
}

#[tokio::test]
async fn a_refused_reader_does_not_cost_the_next_one_anything() {
    let server = TestServer::start(Script {
        rcpt: Some("550 no"),
        ..Script::default()
    })
    .await;
    let client = server.client();
    for _ in 0..3 {
        assert_eq!(kind(&client.send(&email()).await), "refused");
    }
    assert_eq!(server.log.lock().await.connections, 1);
}

#[tokio::test]
async fn more_mails_than_connections_wait_for_one() {
    let server = TestServer::start(Script::default()).await;
    let client = server.client();
    let mails = vec![email(); 20];
    let results = futures::future::join_all(mails.iter().map(|mail| client.send(mail))).await;
    assert!(
        results.iter().all(|result| *result == SendResult::Accepted),
        "{results:?}"
    );
    assert!(server.log.lock().await.connections <= 2);
}

#[tokio::test]
async fn a_mail_that_cannot_be_written_is_refused_without_a_connection() {
    let server = TestServer::start(Script::default()).await;
    let bad = Email {
        to: Personal::new("a b@x.org"),
        ..email()
    };
    assert_eq!(kind(&server.client().send(&bad).await), "refused");
    assert_eq!(server.log.lock().await.connections, 0);
}
