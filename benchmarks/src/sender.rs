//! Delivery, hosted to send one issue.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use ambient::{SystemClock, SystemRandomness};
use async_trait::async_trait;
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_types::SdkConfig;
use contracts::{ContentHash, events::IssuePublishedV2};
use delivery::{
    App, Config, Ports,
    mail::{MailSender, Ses, Smtp},
    ports::{WorkflowStarter, WorkflowUnavailable},
    workflow::{IssueRun, SHARDS, ShardOutcome, WorkerId},
};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use outbox::{BusEntry, BusUnavailable, EntryOutcome, EventBus, Relay, Sweeper};
use uuid::Uuid;

use crate::{Outside, TABLE, connection::Connection, fill::message};

/// How long one invocation of a shard works, as a Lambda function would.
const BUDGET: Duration = Duration::from_secs(120);
/// So long that there are no reports on the way.
const NO_PROGRESS: Duration = Duration::from_secs(24 * 60 * 60);

/// The deployment that the mails and events name.
const STAGE: &str = "benchmark";

/// Through what the mails leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mail {
    /// SES, 50 in a call.
    Ses,
    /// SMTP, one by one.
    Smtp,
}

impl Mail {
    /// The production adapter, connected to the stand-in.
    pub fn connect(self, outside: &Outside) -> Arc<dyn MailSender> {
        match self {
            Self::Ses => Arc::new(Ses::new(&sdk_config(&outside.ses), STAGE, None)),
            Self::Smtp => {
                let url = outside.smtp.as_str().into();
                Arc::new(Smtp::new(&url).expect("a server's URL"))
            }
        }
    }
}

/// How long an issue took.
#[derive(Debug, Clone, Copy)]
pub struct Took {
    /// Until the recipients were counted, which is done once.
    pub planning: Duration,
    /// From the first claim to the end.
    pub sending: Duration,
}

impl Took {
    /// All of it.
    pub fn whole(self) -> Duration {
        self.planning + self.sending
    }
}

/// Delivery, and what walks its runs.
pub struct Sender {
    app: App,
    runs: Arc<Runs>,
    bus: Arc<Bus>,
}

impl Sender {
    /// Delivery that mails by `mail`.
    pub fn new(outside: &Outside, mail: Arc<dyn MailSender>) -> Self {
        let runs = Arc::new(Runs::default());
        let config = aws_sdk_dynamodb::Config::from(&sdk_config(&outside.store));
        let ports = Ports {
            dynamodb: aws_sdk_dynamodb::Client::from_conf(config),
            clock: Arc::new(SystemClock),
            randomness: Arc::new(SystemRandomness),
            mail,
            workflow: runs.clone(),
        };
        Self {
            app: App::new(self::config(), ports),
            runs,
            bus: Arc::default(),
        }
    }

    /// Publishes an issue and sends it, until everybody has an outcome.
    pub async fn send(&self) -> Took {
        let published = message(issue());
        let handled = self.app.inbound().handle(&published).await;
        handled.expect("it is accepted");
        let run = self.runs.take();
        let steps = self.app.steps();
        let began = Instant::now();
        steps.plan(&run).await.expect("it is planned");
        let planning = began.elapsed();
        let shards = (0..SHARDS).map(|shard| {
            let (steps, run) = (steps.clone(), run.clone());
            tokio::spawn(async move {
                loop {
                    let worker = WorkerId(Uuid::new_v4());
                    let sent = steps.send_shard(&run, shard, worker, BUDGET).await;
                    match sent.expect("it is sent") {
                        ShardOutcome::Done => return,
                        ShardOutcome::More { not_before: None } => {}
                        other => panic!("nothing stops it, and yet: {other:?}"),
                    }
                }
            })
        });
        for ended in join_all(shards).await {
            ended.expect("it ends");
        }
        steps.finish(&run).await.expect("it is finished");
        Took {
            planning,
            sending: began.elapsed() - planning,
        }
    }

    /// Publishes the events that the sending made, as the relay does; tells how
    /// many calls of the bus that took.
    pub async fn relay(&self) -> u64 {
        let relay = Relay::new(self.app.table(), self.bus.clone());
        let sweeper = Sweeper::new(self.app.table(), relay, SignedDuration::ZERO);
        let swept = sweeper.sweep(Timestamp::now()).await.expect("it is swept");
        assert!(swept.published > 0, "an issue's end is reported");
        self.bus.calls.load(Ordering::Relaxed)
    }
}

/// The settings of delivery.
pub(crate) fn config() -> Config {
    Config {
        table: TABLE.to_owned(),
        stage: STAGE.to_owned(),
        from: "Penny Post <news@penny.example>".parse().expect("a sender"),
        sole_process: true,
        progress_interval: NO_PROGRESS,
        send_rate: None,
    }
}

fn sdk_config(endpoint: &str) -> SdkConfig {
    // The stand-ins take every signature.
    let nobody = Credentials::new("local", "local", None, None, "benchmark");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("local"))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(nobody))
        .http_client(Connection::default())
        .build()
}

/// An issue of some pages.
fn issue() -> IssuePublishedV2 {
    let title = "What the post brought this week".to_owned();
    let paragraph = "The quick brown fox jumps over the lazy dog, and tells of it. ".repeat(8);
    let text_content = format!(
        "Dear {{{{name}}}},\n\n{}",
        format!("{paragraph}\n\n").repeat(8)
    );
    let html_content = format!(
        "<html><body><h1>Dear {{{{name}}}}</h1>{}</body></html>",
        format!("<p>{paragraph}</p>").repeat(8)
    );
    IssuePublishedV2 {
        issue_id: Uuid::new_v4(),
        content_sha256: ContentHash::of(&title, &html_content, &text_content),
        title,
        preheader: None,
        sender_name: None,
        html_content,
        text_content,
        published_at: Timestamp::now(),
    }
}

/// The runs that were started.
#[derive(Default)]
struct Runs(Mutex<Vec<IssueRun>>);

impl Runs {
    fn take(&self) -> IssueRun {
        let mut runs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        runs.pop().expect("a run was started")
    }
}

#[async_trait]
impl WorkflowStarter for Runs {
    async fn start(&self, run: &IssueRun) -> Result<(), WorkflowUnavailable> {
        let mut runs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        runs.push(run.clone());
        Ok(())
    }

    async fn is_under_way(&self, _: &IssueRun) -> Result<bool, WorkflowUnavailable> {
        Ok(true)
    }
}

/// A bus that takes everything.
#[derive(Default)]
struct Bus {
    calls: AtomicU64,
}

#[async_trait]
impl EventBus for Bus {
    async fn put(&self, entries: &[BusEntry]) -> Result<Vec<EntryOutcome>, BusUnavailable> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        Ok(vec![EntryOutcome::Accepted; entries.len()])
    }
}
