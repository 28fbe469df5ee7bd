//! What is logged tells of nobody.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use tracing_subscriber::fmt::format::FmtSpan;

use crate::support::{
    Reply, SesEvent, World, address, confirmed, published, refused, registered, second, unclear,
    unsent, unsubscribed,
};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("not poisoned").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn neither_logs_nor_spans_hold_addresses_names_or_tokens() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter("delivery=trace,outbox=trace,dynamo=trace,telemetry=trace")
        .with_span_events(FmtSpan::FULL)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    // While there is only one dispatcher, a callsite that another test's thread
    // is the first to reach is taken for of no interest to anybody.
    let another = tracing::Dispatch::new(tracing_subscriber::registry());
    let mut world = World::new().await;
    for (number, reply) in [
        (1, refused()),
        (2, unclear()),
        (3, unsent()),
        (4, Reply::Hangs),
    ] {
        world.takes(&confirmed(number, 2, second(0))).await;
        world.mailbox.script(&address(number), [reply.clone()]);
        let outcome = world
            .handle(&registered(number.into(), number, 3, second(600)))
            .await;
        if let Err(error) = outcome {
            assert!(!error.to_string().contains("example.com"), "{error}");
        }
        world.mailbox.script(&address(number), [reply]);
    }
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    let walked = tokio::time::timeout(std::time::Duration::from_secs(5), world.walk(&run)).await;
    assert!(walked.is_err(), "one mail hangs");
    world.restart();
    world.walk(&run).await.expect("walked");
    world.takes(&unsubscribed(1, 4)).await;
    for mail in world.mailbox.mails() {
        world.hears(&SesEvent::new("Send", &mail)).await;
        world.hears(&SesEvent::new("Reject", &mail)).await;
        world.hears(&SesEvent::new("Open", &mail)).await;
        let bounce = || SesEvent::bounce("Permanent", &mail, second(9));
        world.hears(&bounce()).await;
        world.hears(&bounce().tagged("stage", "another")).await;
        world.hears(&bounce().tagged("claim", "99")).await;
        world.hears(&SesEvent::complaint(&mail, second(9))).await;
        let bad = bounce().saying("bounce", "bounceType", address(1));
        let refused = world.app.feedback().handle(&bad.body()).await;
        assert!(
            !refused
                .expect_err("refused")
                .to_string()
                .contains("example.com")
        );
    }
    drop((guard, another));
    let log = String::from_utf8(log.0.lock().expect("not poisoned").clone()).expect("UTF-8");
    for told in [
        "issue mail not accepted",
        "confirmation mail refused",
        "held: its worker ended",
        "send mail",
        "a mail came back",
        "a mail was marked as spam",
        "accepted, and not sent",
        "not of this stage",
        "does not have the claim",
    ] {
        assert!(log.contains(told), "{told}");
    }
    for secret in ["example.com", "Reader", "Ann", "token", "127.0.0.1"] {
        assert!(!log.contains(secret), "{secret}");
    }
}
