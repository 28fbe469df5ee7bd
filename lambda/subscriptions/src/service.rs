//! The service, put together from the function's environment.

use std::sync::Arc;

use ambient::{SystemClock, SystemRandomness};
use aws_types::SdkConfig;
use dynamo::Table;
use lambda_host::{BadVariable, Environment, EventBridge, Failure, Host};
use outbox::EventBus;
use subscriptions::{App, Config, Ports};
use tokio::sync::OnceCell;
use url::Url;

use crate::{import_queue::SqsImportQueue, secrets};

const STAGE: &str = "PENNYPOST_STAGE";
const TABLE: &str = "PENNYPOST_TABLE";
const PUBLIC_URL: &str = "PENNYPOST_PUBLIC_URL";
const BUS: &str = "PENNYPOST_BUS";
/// The ARN of the secret that the service's keys are made of.
const KEYS_SECRET: &str = "PENNYPOST_KEYS_SECRET";

/// The service. Its keys are fetched by the first invocation, so that a start
/// waits for no network.
pub(crate) struct Service {
    sdk: SdkConfig,
    environment: Environment,
    dynamodb: aws_sdk_dynamodb::Client,
    table: String,
    app: OnceCell<App>,
}

impl Service {
    pub(crate) fn new(host: &Host) -> Result<Self, BadVariable> {
        let environment = host.environment();
        Ok(Self {
            sdk: host.sdk().clone(),
            environment,
            dynamodb: aws_sdk_dynamodb::Client::new(host.sdk()),
            table: environment.required(TABLE)?,
            app: OnceCell::new(),
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

    /// The service; the first call fetches its keys.
    ///
    /// # Errors
    /// [`Failure::Transient`] if they cannot be had; the next call tries again.
    pub(crate) async fn app(&self) -> Result<&App, Failure> {
        self.app.get_or_try_init(|| self.start()).await
    }

    async fn start(&self) -> Result<App, Failure> {
        let bad = |error: BadVariable| Failure::Permanent(error.to_string());
        let environment = self.environment;
        let public_url = environment.parsed::<Url>(PUBLIC_URL).map_err(bad)?;
        let missing = || bad(BadVariable::new(PUBLIC_URL, "is not set"));
        let keys = environment.required(KEYS_SECRET).map_err(bad)?;
        let config = Config {
            table: self.table.clone(),
            stage: environment.required(STAGE).map_err(bad)?,
            public_url: public_url.ok_or_else(missing)?,
            secrets: secrets::keys(&secrets::fetch(&self.sdk, &keys).await?),
        };
        let import_queue = SqsImportQueue::new(&self.sdk, self.environment).map_err(bad)?;
        let ports = Ports {
            dynamodb: self.dynamodb.clone(),
            clock: Arc::new(SystemClock),
            randomness: Arc::new(SystemRandomness),
            import_queue: Arc::new(import_queue),
        };
        Ok(App::new(config, ports))
    }
}
