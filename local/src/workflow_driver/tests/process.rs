//! A driver and delivery, with a mail side that the tests hold.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use ambient::{Clock, SharedRandomness, SystemRandomness, whole_milliseconds};
use async_trait::async_trait;
use contracts::{
    BusEvent, CloudEvent, ContentHash, EventData,
    events::{IssuePublishedV2, SubscriberConfirmedV1},
};
use delivery::{
    App, Config, Ports,
    mail::{Email, MailSender, SendResult},
};
use engine::Engine;
use jiff::{SignedDuration, Timestamp};
use tokio::{task::JoinHandle, time::Instant};
use tracing::instrument::WithSubscriber;
use uuid::Uuid;

use crate::{
    shutdown::StopSwitch,
    workflow_driver::{DriverSettings, Starter, workflow},
};

const TABLE: &str = "delivery";
pub(super) const TRACE_ID: &str = "5759e988bd862e3fe1be46a994272793";
/// Four in each shard.
pub(super) const READERS: u8 = 64;

/// Follows tokio's clock, which the tests pause.
struct TestClock {
    began: Instant,
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.began.elapsed()).expect("in range");
        whole_milliseconds("2026-11-22T12:00:00Z".parse::<Timestamp>().expect("a time") + passed)
    }
}

/// Takes mails, each after `delay`, and puts some readers off.
#[derive(Default)]
pub(super) struct Mail {
    delay: Duration,
    put_off: HashSet<String>,
    begun: Mutex<usize>,
    /// Issue title and reader.
    accepted: Mutex<BTreeMap<(String, String), usize>>,
}

impl Mail {
    pub(super) fn that_puts_off(readers: impl Iterator<Item = String>) -> Self {
        Self {
            put_off: readers.collect(),
            ..Self::default()
        }
    }

    /// One that takes so long for a mail.
    pub(super) fn that_takes(delay: Duration) -> Self {
        Self {
            delay,
            ..Self::default()
        }
    }

    pub(super) fn accepted(&self) -> BTreeMap<(String, String), usize> {
        self.accepted.lock().expect("the lock").clone()
    }

    pub(super) fn begun(&self) -> usize {
        *self.begun.lock().expect("the lock")
    }
}

#[async_trait]
impl MailSender for Mail {
    async fn send(&self, email: &Email) -> SendResult {
        *self.begun.lock().expect("the lock") += 1;
        tokio::time::sleep(self.delay).await;
        let reader = email.to.expose().to_owned();
        if self.put_off.contains(&reader) {
            let reason = "greylisted".into();
            return SendResult::Unsent { reason };
        }
        let mail = (email.subject.clone(), reader);
        let mut accepted = self.accepted.lock().expect("the lock");
        *accepted.entry(mail).or_default() += 1;
        SendResult::Accepted
    }
}

/// One process.
pub(super) struct Process {
    app: App,
    pub(super) starter: Starter,
    switch: StopSwitch,
    driving: JoinHandle<()>,
}

impl Process {
    pub(super) fn start(engine: &Engine, began: Instant, mail: &Arc<Mail>) -> Self {
        let settings = DriverSettings {
            settle: Duration::ZERO,
            clock: Arc::new(TestClock { began }),
            randomness: Arc::new(SystemRandomness),
        };
        let (starter, driver) = workflow(settings.clone());
        let config = Config {
            table: TABLE.to_owned(),
            stage: "test".to_owned(),
            from: "Penny Post <news@penny.example>".parse().expect("a sender"),
            sole_process: true,
            send_rate: None,
            progress_interval: Duration::from_secs(1),
        };
        let ports = Ports {
            dynamodb: engine.client(),
            clock: settings.clock,
            randomness: settings.randomness,
            mail: mail.clone(),
            workflow: Arc::new(starter.clone()),
        };
        let app = App::new(config, ports);
        let (switch, stopping) = StopSwitch::new();
        let driving = tokio::spawn(
            driver
                .run(app.clone(), starter.clone(), stopping)
                .with_current_subscriber(),
        );
        Self {
            app,
            starter,
            switch,
            driving,
        }
    }

    async fn takes<D: EventData>(&self, data: D) {
        let now = "2026-11-22T12:00:00Z".parse().expect("a time");
        let event = CloudEvent::new(fresh_id(), now, "test", None, data);
        let body = serde_json::to_string(&BusEvent {
            detail_type: D::TYPE.to_owned(),
            source: D::SOURCE.to_string(),
            detail: serde_json::value::to_raw_value(&event).expect("an event"),
        })
        .expect("an envelope");
        let handled = self.app.inbound().handle(&body).await;
        handled.expect("the message is handled");
    }

    pub(super) async fn confirm_readers(&self) {
        for number in 0..READERS {
            self.takes(SubscriberConfirmedV1 {
                subscriber_id: Uuid::from_u128(u128::from(number)),
                version: 2,
                email: address(number).as_str().into(),
                name: "Reader".into(),
                unsubscribe_url: "http://127.0.0.1/u".into(),
                confirmed_at: Timestamp::UNIX_EPOCH,
            })
            .await;
        }
    }

    pub(super) async fn publish(&self, title: &str) {
        let (html, text) = ("<p>Hello</p>", "Hello");
        self.takes(IssuePublishedV2 {
            issue_id: fresh_id(),
            title: title.to_owned(),
            preheader: None,
            sender_name: None,
            html_content: html.to_owned(),
            text_content: text.to_owned(),
            content_sha256: ContentHash::of(title, html, text),
            published_at: "2026-11-22T12:00:00Z".parse().expect("a time"),
        })
        .await;
    }

    pub(super) async fn stop(self) {
        self.switch.stop();
        self.driving.await.expect("the driver ends in order");
    }
}

fn fresh_id() -> Uuid {
    let randomness: SharedRandomness = Arc::new(SystemRandomness);
    randomness.uuid()
}

pub(super) async fn engine() -> Engine {
    let engine = Engine::in_memory().expect("an engine");
    let created = dynamo::create_table(&engine.client(), TABLE).await;
    created.expect("a table");
    engine
}

pub(super) fn address(number: u8) -> String {
    format!("reader-{number}@example.com")
}
