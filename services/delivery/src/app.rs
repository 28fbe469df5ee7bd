//! The composition root.

use std::sync::Arc;

use ambient::{SharedClock, SharedRandomness};
use dynamo::{ReadError, Table};
use outbox::MessageHandler;
use tokio::sync::Semaphore;

use crate::{
    config::Config,
    inbound::{Feedback, Inbound},
    mail::MailSender,
    ports::WorkflowStarter,
    store::runs,
    use_cases::{Allowance, Pace, Turns, UnclearCalls, sweep_issues::sweep_issues},
    workflow::{Folds, InFlight, IssueRun, Steps, Stop},
};

/// How many pages of recipients are read at a time: what comes and is parsed is
/// the most that sending takes of memory, and with 16 shards that read when they
/// like, the peak would be a matter of chance.
const CONCURRENT_PAGES: usize = 3;

/// What delivery needs from its host.
#[derive(Clone)]
pub struct Ports {
    /// The client of the store behind delivery's own table.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// The time.
    pub clock: SharedClock,
    /// Randomness.
    pub randomness: SharedRandomness,
    /// The mail side.
    pub mail: Arc<dyn MailSender>,
    /// What walks the runs of issues.
    pub workflow: Arc<dyn WorkflowStarter>,
}

/// The service. Clones share everything.
#[derive(Clone)]
pub struct App {
    core: Arc<Core>,
}

/// What the use cases work with.
pub(crate) struct Core {
    pub(crate) config: Config,
    pub(crate) table: Table,
    pub(crate) clock: SharedClock,
    pub(crate) randomness: SharedRandomness,
    pub(crate) mail: Arc<dyn MailSender>,
    pub(crate) workflow: Arc<dyn WorkflowStarter>,
    pub(crate) stop: Stop,
    pub(crate) in_flight: InFlight,
    pub(crate) folds: Folds,
    /// Whose turn it is to be mailed an issue.
    pub(crate) mail_turns: Turns,
    /// How fast.
    pub(crate) pace: Pace,
    /// How many, as the mail side says.
    pub(crate) allowance: Allowance,
    /// Which issues the mail side answers for unclearly.
    pub(crate) unclear_calls: UnclearCalls,
    /// Who may read a page of recipients.
    pub(crate) page_reads: Arc<Semaphore>,
}

impl App {
    /// Puts the service together. It begins nothing by itself.
    pub fn new(config: Config, ports: Ports) -> Self {
        let table = Table::new(ports.dynamodb, &config.table)
            .with_randomness(Arc::clone(&ports.randomness));
        Self {
            core: Arc::new(Core {
                config,
                table,
                clock: ports.clock,
                randomness: ports.randomness,
                mail_turns: Turns::new(&*ports.mail),
                pace: Pace::default(),
                allowance: Allowance::default(),
                unclear_calls: UnclearCalls::default(),
                page_reads: Arc::new(Semaphore::new(CONCURRENT_PAGES)),
                mail: ports.mail,
                workflow: ports.workflow,
                stop: Stop::default(),
                in_flight: InFlight::default(),
                folds: Folds::default(),
            }),
        }
    }

    /// Handles the messages of delivery's queues, whose events
    /// [`contract`](crate::contract) declares.
    pub fn inbound(&self) -> Arc<dyn MessageHandler> {
        Arc::new(Inbound::new(self.core.clone()))
    }

    /// Handles what SES tells of mails: the messages of a queue of SES's events, each
    /// body an EventBridge event of source `aws.ses`.
    pub fn feedback(&self) -> Arc<dyn MessageHandler> {
        Arc::new(Feedback::new(self.core.clone()))
    }

    /// Delivery's own table, for the relay of its outbox.
    pub fn table(&self) -> Table {
        self.core.table.clone()
    }

    /// Runs that were queued and not finished: the host walks them again when
    /// it starts.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn unfinished_runs(&self) -> Result<Vec<IssueRun>, ReadError> {
        runs::all(&self.core.table).await
    }

    /// Finds issues that nobody sends: starts every open run that is not under way
    /// once more, under another name where one is spent, and an issue that has work
    /// left and no run gets one. Logs an error for each of these, and for each issue
    /// that makes no progress. Also reports counts that feedback changed and nobody
    /// reported. To be called from time to time.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn sweep_issues(&self) -> Result<(), ReadError> {
        sweep_issues(&self.core).await
    }

    /// The steps of a run.
    pub fn steps(&self) -> Steps {
        Steps::new(self.core.clone())
    }
}
