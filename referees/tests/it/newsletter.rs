//! Delivery as a host runs it, over a store in memory.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use ambient::{SystemClock, SystemRandomness};
use async_trait::async_trait;
use contracts::{BusEvent, CloudEvent, EventData};
use delivery::{
    App, Config, Ports,
    mail::MailSender,
    ports::{WorkflowStarter, WorkflowUnavailable},
    workflow::{IssueRun, SHARDS, ShardOutcome, WorkerId},
};
use engine::Engine;
use jiff::Timestamp;
use uuid::Uuid;

/// The name of the stage.
pub(crate) const STAGE: &str = "referees";
const TABLE: &str = "delivery";
/// How long one invocation of a shard works.
const BUDGET: Duration = Duration::from_secs(60);

/// Delivery, and the runs that it started.
pub(crate) struct Newsletter {
    app: App,
    runs: Arc<Runs>,
}

impl Newsletter {
    /// One that mails by `mail`.
    pub(crate) async fn by(mail: impl MailSender) -> Self {
        let engine = Engine::in_memory().expect("SQLite begins");
        let created = dynamo::create_table(&engine.client(), TABLE).await;
        created.expect("the table is created");
        let runs = Arc::new(Runs::default());
        let config = Config {
            table: TABLE.to_owned(),
            stage: STAGE.to_owned(),
            from: "Penny Post <news@penny.example>".parse().expect("a sender"),
            sole_process: true,
            progress_interval: Duration::from_secs(15),
            send_rate: None,
        };
        let ports = Ports {
            dynamodb: engine.client(),
            clock: Arc::new(SystemClock),
            randomness: Arc::new(SystemRandomness),
            mail: Arc::new(mail),
            workflow: runs.clone(),
        };
        let app = App::new(config, ports);
        Self { app, runs }
    }

    /// Handles an event of subscriptions.
    pub(crate) async fn takes<D: EventData>(&self, data: D) {
        let message = message(data);
        let handled = self.app.inbound().handle(&message).await;
        handled.expect("the message is handled");
    }

    /// Sends the issue that was published, until everybody has an outcome.
    pub(crate) async fn send(&self) {
        let run = self.runs.take();
        let steps = self.app.steps();
        steps.plan(&run).await.expect("it is planned");
        for shard in 0..SHARDS {
            let worker = WorkerId(Uuid::new_v4());
            let sent = steps.send_shard(&run, shard, worker, BUDGET).await;
            assert_eq!(sent.expect("it is sent"), ShardOutcome::Done, "{shard}");
        }
        steps.finish(&run).await.expect("it is finished");
    }
}

/// The message of an event, as it stands in a queue.
pub(crate) fn message<D: EventData>(data: D) -> String {
    let event = CloudEvent::new(Uuid::new_v4(), Timestamp::now(), STAGE, None, data);
    let message = BusEvent {
        detail_type: D::TYPE.to_owned(),
        source: D::SOURCE.to_string(),
        detail: serde_json::value::to_raw_value(&event).expect("an event serialises"),
    };
    serde_json::to_string(&message).expect("an envelope serialises")
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
