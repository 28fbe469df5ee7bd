//! Delivery, its surroundings, and what can be seen of it.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use ambient::{Clock, SystemRandomness, whole_milliseconds};
use contracts::{
    CloudEvent, EventData,
    events::{
        DeliveryStatus, IssueDeliveredV1, IssueDeliveryProgressedV1, IssueExceptionsRecordedV1,
    },
};
use delivery::{
    App, Config, Ports, SendRate,
    mail::MailSender,
    ports::WorkflowStarter,
    workflow::{IssueRun, SHARDS, ShardOutcome, StepError, WorkerId},
};
use dynamo::Query;
use engine::Engine;
use jiff::{SignedDuration, Timestamp};
use outbox::{HandleError, OutboxRow, PARTITION_PREFIX, PARTITIONS};
use tokio::time::Instant;
use uuid::Uuid;

use super::{Fault, Mailbox, MortalMail, SesEvent, mortal, start, starter::Starter, subscriber};

const TABLE: &str = "delivery";
/// The least time between two reports.
pub(crate) const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);
/// The most invocations of a shard in one run.
const MAX_INVOCATIONS: usize = 200;

/// Follows tokio's clock, which the tests pause.
struct TestClock {
    began: Instant,
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.began.elapsed()).expect("in range");
        whole_milliseconds(start() + passed)
    }
}

pub(crate) struct World {
    engine: Engine,
    began: Instant,
    pub(crate) mailbox: Arc<Mailbox>,
    starter: Arc<Starter>,
    /// What the processes from the next one on take themselves for.
    pub(crate) sole_process: bool,
    /// The rate that they have.
    pub(crate) send_rate: Option<SendRate>,
    pub(crate) app: App,
}

impl World {
    pub(crate) async fn new() -> Self {
        let engine = Engine::in_memory().expect("SQLite begins");
        dynamo::create_table(&engine.client(), TABLE)
            .await
            .expect("the table is created");
        let (began, mailbox) = (Instant::now(), Arc::new(Mailbox::default()));
        let starter = Arc::new(Starter::default());
        let app = app(
            engine.client(),
            began,
            mailbox.clone(),
            starter.clone(),
            (true, None),
        );
        Self {
            engine,
            began,
            mailbox,
            starter,
            sole_process: true,
            send_rate: None,
            app,
        }
    }

    /// The next process, over the same table: what the last one had started is
    /// forgotten with it.
    pub(crate) fn restart(&mut self) {
        self.restart_with(self.mailbox.clone());
    }

    /// The same, with another mail side.
    pub(crate) fn restart_with(&mut self, mail: Arc<dyn MailSender>) {
        self.starter = Arc::new(Starter::default());
        self.app = app(
            self.engine.client(),
            self.began,
            mail,
            self.starter.clone(),
            (self.sole_process, self.send_rate),
        );
    }

    /// The next process, which dies at an effect.
    pub(crate) fn restart_mortal(&mut self, fault: &Arc<Fault>) {
        self.starter = Arc::new(Starter::default());
        let mail = Arc::new(MortalMail {
            mailbox: self.mailbox.clone(),
            fault: fault.clone(),
        });
        let client = mortal(&self.engine.client(), fault);
        self.app = app(
            client,
            self.began,
            mail,
            self.starter.clone(),
            (self.sole_process, self.send_rate),
        );
    }

    pub(crate) async fn handle(&self, message: &str) -> Result<(), HandleError> {
        self.app.inbound().handle(message).await
    }

    /// What SES tells is heard.
    pub(crate) async fn hears(&self, event: &SesEvent) {
        let heard = self.app.feedback().handle(&event.body()).await;
        heard.expect("the event is handled");
    }

    /// Handles a message that is to succeed.
    pub(crate) async fn takes(&self, message: &str) {
        self.handle(message).await.expect("the message is handled");
    }

    /// The execution of the run fails: its name is spent.
    pub(crate) fn fails(&self, run: &IssueRun) {
        self.starter.fails(run);
    }

    /// What was started and not walked yet.
    pub(crate) fn started(&self) -> Vec<IssueRun> {
        self.starter.take()
    }

    /// Walks what was started, until nothing is.
    pub(crate) async fn walk_started(&self) {
        loop {
            let runs = self.started();
            if runs.is_empty() {
                return;
            }
            for run in runs {
                self.walk(&run).await.expect("the run is walked to its end");
            }
        }
    }

    /// Walks a run as a host does.
    pub(crate) async fn walk(&self, run: &IssueRun) -> Result<(), StepError> {
        let steps = self.app.steps();
        steps.plan(run).await?;
        let shards = (0..SHARDS).map(|shard| self.walk_shard(run, shard));
        for walked in futures::future::join_all(shards).await {
            walked?;
        }
        steps.finish(run).await
    }

    async fn walk_shard(&self, run: &IssueRun, shard: u16) -> Result<(), StepError> {
        for _ in 0..MAX_INVOCATIONS {
            match self.send(run, shard).await? {
                ShardOutcome::Done | ShardOutcome::Paused => return Ok(()),
                ShardOutcome::More { not_before } => self.sleep_until(not_before).await,
            }
        }
        panic!("shard {shard} does not come to an end");
    }

    async fn sleep_until(&self, moment: Option<Timestamp>) {
        let now = TestClock { began: self.began }.now();
        let wait = moment.map(|moment| moment.duration_since(now));
        tokio::time::sleep(wait.unwrap_or_default().try_into().unwrap_or_default()).await;
    }

    /// Overwrites what is known of a recipient with something else.
    pub(crate) async fn corrupt_recipient(&self, number: u8) {
        let shard = u16::from(number) % SHARDS;
        self.plant(
            format!("RECIPIENTS#{shard:02}"),
            &subscriber(number).to_string(),
        )
        .await;
    }

    /// Puts nonsense among the recipients of the second shard.
    pub(crate) async fn plant_recipient(&self, name: &str) {
        self.plant("RECIPIENTS#01".to_owned(), name).await;
    }

    /// Puts nonsense among the open runs.
    pub(crate) async fn plant_run(&self) {
        self.plant("RUNS#OPEN".to_owned(), "nonsense").await;
    }

    async fn plant(&self, partition: String, sort_key: &str) {
        let key = dynamo::Key::new(partition, sort_key);
        let mut transaction = dynamo::Transaction::new();
        let nonsense = serde_json::json!({"status": "nonsense"});
        let item = dynamo::Item::new(&key, &nonsense);
        transaction.put("nonsense", item, dynamo::Condition::Always);
        let table = dynamo::Table::new(self.engine.client(), TABLE);
        table.commit(transaction).await.expect("written");
    }

    /// Deletes every open run.
    pub(crate) async fn lose_runs(&self) {
        let table = dynamo::Table::new(self.engine.client(), TABLE);
        for run in self.app.unfinished_runs().await.expect("read") {
            let sort = format!("{}#{}", run.issue_id, run.cause);
            let mut transaction = dynamo::Transaction::new();
            let key = dynamo::Key::new("RUNS#OPEN", sort);
            transaction.delete("open run", &key, dynamo::Condition::Always);
            table.commit(transaction).await.expect("deleted");
        }
    }

    /// One invocation.
    pub(crate) async fn send(&self, run: &IssueRun, shard: u16) -> Result<ShardOutcome, StepError> {
        let worker = WorkerId(Uuid::from_bytes(rand_bytes()));
        let budget = Duration::from_secs(60);
        self.app
            .steps()
            .send_shard(run, shard, worker, budget)
            .await
    }

    /// The reports on the outbox, by version; the last may be the one that
    /// everybody has an outcome.
    pub(crate) async fn progress(&self) -> Vec<IssueDeliveryProgressedV1> {
        let reports = self.dated_progress().await.into_iter();
        reports.map(|(_, report)| report).collect()
    }

    /// The same, each with the moment it is of.
    pub(crate) async fn dated_progress(&self) -> Vec<(Timestamp, IssueDeliveryProgressedV1)> {
        let mut reports = self.outbox::<IssueDeliveryProgressedV1>().await;
        let ends = self.outbox::<IssueDeliveredV1>().await.into_iter();
        reports.extend(ends.map(|(at, end)| {
            let report = IssueDeliveryProgressedV1 {
                issue_id: end.issue_id,
                version: end.version,
                status: DeliveryStatus::Delivered,
                reason: None,
                counts: end.counts,
            };
            (at, report)
        }));
        reports.sort_by_key(|(_, report)| report.version);
        reports
    }

    /// The exceptions on the outbox.
    pub(crate) async fn exceptions(&self) -> Vec<IssueExceptionsRecordedV1> {
        let events = self.outbox().await.into_iter();
        events.map(|(_, event)| event).collect()
    }

    pub(crate) async fn delivered(&self) -> Vec<IssueDeliveredV1> {
        let events = self.outbox().await.into_iter();
        events.map(|(_, event)| event).collect()
    }

    /// The types of the events on the outbox.
    pub(crate) async fn published_types(&self) -> BTreeSet<String> {
        let rows = self.rows().await.into_iter();
        rows.map(|row| row.detail_type).collect()
    }

    /// How many items there are in delivery's table.
    pub(crate) async fn stored_items(&self) -> usize {
        let scan = self.engine.client().scan().table_name(TABLE).send().await;
        scan.expect("the table is read").items().len()
    }

    /// The events of a type that are on the outbox, each with its moment.
    pub(crate) async fn outbox<D: EventData>(&self) -> Vec<(Timestamp, D)> {
        let rows = self.rows().await.into_iter();
        rows.filter(|row| row.detail_type == D::TYPE)
            .map(|row| {
                let event: CloudEvent<D> = serde_json::from_str(&row.detail).expect("an event");
                (event.time, event.data)
            })
            .collect()
    }

    async fn rows(&self) -> Vec<OutboxRow> {
        let table = dynamo::Table::new(self.engine.client(), TABLE);
        let mut found = Vec::new();
        for number in 0..PARTITIONS {
            let query = Query::partition(format!("{PARTITION_PREFIX}{number:02}"), 100);
            let page = table
                .query::<OutboxRow>(query)
                .await
                .expect("the outbox is read");
            found.extend(page.items);
        }
        found
    }
}

fn app(
    dynamodb: aws_sdk_dynamodb::Client,
    began: Instant,
    mail: Arc<dyn MailSender>,
    workflow: Arc<dyn WorkflowStarter>,
    (sole_process, send_rate): (bool, Option<SendRate>),
) -> App {
    let config = Config {
        table: TABLE.to_owned(),
        stage: "test".to_owned(),
        from: "Penny Post <news@penny.example>".parse().expect("a sender"),
        sole_process,
        progress_interval: PROGRESS_INTERVAL,
        send_rate,
    };
    let ports = Ports {
        dynamodb,
        clock: Arc::new(TestClock { began }),
        randomness: Arc::new(SystemRandomness),
        mail,
        workflow,
    };
    App::new(config, ports)
}

fn rand_bytes() -> [u8; 16] {
    let mut bytes = [0; 16];
    ambient::Randomness::fill(&SystemRandomness, &mut bytes);
    bytes
}
