//! The service, put together from the function's environment.

use std::{sync::Arc, time::Duration};

use ambient::{SystemClock, SystemRandomness};
use aws_types::SdkConfig;
use delivery::{
    App, Config, Ports, SendRate,
    mail::{MailSender, Sender, Ses},
};
use delivery_lambda::StepFunctions;
use dynamo::Table;
use lambda_host::{BadVariable, Environment, EventBridge, Host};
use outbox::EventBus;

const STAGE: &str = "PENNYPOST_STAGE";
const TABLE: &str = "PENNYPOST_TABLE";
const BUS: &str = "PENNYPOST_BUS";
const FROM: &str = "PENNYPOST_FROM";
const CONFIGURATION_SET: &str = "PENNYPOST_CONFIGURATION_SET";
/// Mails of issues per second; unset: what the account's quota leaves.
const SEND_RATE: &str = "PENNYPOST_SEND_RATE";
/// How often an issue reports, in seconds.
const PROGRESS_SECONDS: &str = "PENNYPOST_PROGRESS_SECONDS";
/// Whether an issue goes to many readers in a call of SES (`bulk`), or to each in
/// one of its own (`single`), where SES's endpoint takes no headers of bulk mail.
const SES_CALLS: &str = "PENNYPOST_SES_CALLS";
const STATE_MACHINE: &str = "PENNYPOST_STATE_MACHINE_ARN";

/// The same, if it is not set.
const DEFAULT_PROGRESS_SECONDS: u64 = 15;

/// What the roles are made of.
pub(crate) struct Service {
    sdk: SdkConfig,
    environment: Environment,
    dynamodb: aws_sdk_dynamodb::Client,
    table: String,
}

impl Service {
    pub(crate) fn new(host: &Host) -> Result<Self, BadVariable> {
        let environment = host.environment();
        Ok(Self {
            sdk: host.sdk().clone(),
            environment,
            dynamodb: aws_sdk_dynamodb::Client::new(host.sdk()),
            table: environment.required(TABLE)?,
        })
    }

    /// The service's table, for its outbox.
    pub(crate) fn table(&self) -> Table {
        Table::new(self.dynamodb.clone(), self.table.clone())
    }

    /// The bus that events go to.
    pub(crate) fn bus(&self) -> Result<Arc<dyn EventBus>, BadVariable> {
        let bus = self.environment.required(BUS)?;
        Ok(Arc::new(EventBridge::new(&self.sdk, bus)))
    }

    /// The service.
    pub(crate) fn app(&self) -> Result<App, BadVariable> {
        let environment = self.environment;
        let from = environment.parsed::<Sender>(FROM)?;
        let seconds = environment.parsed(PROGRESS_SECONDS)?;
        let config = Config {
            table: self.table.clone(),
            stage: environment.required(STAGE)?,
            from: from.ok_or_else(|| BadVariable::new(FROM, "is not set"))?,
            // Every invocation is a process of its own.
            sole_process: false,
            progress_interval: Duration::from_secs(seconds.unwrap_or(DEFAULT_PROGRESS_SECONDS)),
            send_rate: environment.parsed::<SendRate>(SEND_RATE)?,
        };
        let state_machine = environment.required(STATE_MACHINE)?;
        let ports = Ports {
            dynamodb: self.dynamodb.clone(),
            clock: Arc::new(SystemClock),
            randomness: Arc::new(SystemRandomness),
            mail: self.mail()?,
            workflow: Arc::new(StepFunctions::new(&self.sdk, state_machine)),
        };
        Ok(App::new(config, ports))
    }

    fn mail(&self) -> Result<Arc<dyn MailSender>, BadVariable> {
        let stage = self.environment.required(STAGE)?;
        let configuration_set = self.environment.optional(CONFIGURATION_SET)?;
        let ses = Ses::new(&self.sdk, &stage, configuration_set);
        match self.environment.optional(SES_CALLS)?.as_deref() {
            None | Some("bulk") => Ok(Arc::new(ses)),
            Some("single") => Ok(Arc::new(ses.one_by_one())),
            Some(_) => Err(BadVariable::new(SES_CALLS, "is neither bulk nor single")),
        }
    }
}
