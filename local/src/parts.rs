//! What the services stand on, and the services put together.

use std::sync::Arc;

use ambient::{SharedClock, SharedRandomness, SystemRandomness};
use delivery::mail::MailSender;
use engine::Engine;
use outbox::EventBus;
use subscriptions::Secrets;
use url::Url;

use crate::{
    bus::{LocalBus, Rule},
    data_dir::DataDir,
    keys::fresh_secrets,
    mailbox::Mailbox,
    process_clock::ProcessClock,
    queue::Queues,
    settings::Settings,
    system::StartError,
    workflow_driver::Starter,
};

/// The deployment that all of this is, as events name it.
const STAGE: &str = "local";

/// Subscriptions' table.
pub(crate) const SUBSCRIPTIONS_TABLE: &str = "subscriptions";
/// Delivery's table.
pub(crate) const DELIVERY_TABLE: &str = "delivery";
/// The queue of what subscriptions consumes.
pub(crate) const SUBSCRIPTIONS_QUEUE: &str = "subscriptions-inbound";
/// The queue of what delivery consumes.
pub(crate) const DELIVERY_QUEUE: &str = "delivery-inbound";
/// Delivery's queue of confirmation mails, which the mail side can hold up.
pub(crate) const CONFIRMATIONS_QUEUE: &str = "delivery-confirmations";

/// What the services and the host share.
pub(crate) struct Parts {
    pub(crate) engine: Engine,
    pub(crate) queues: Queues,
    pub(crate) mailbox: Mailbox,
    pub(crate) clock: SharedClock,
    pub(crate) randomness: SharedRandomness,
    secrets: Secrets,
}

impl Parts {
    /// Opens everything, in `data_dir` or in memory.
    pub(crate) async fn open(
        data_dir: Option<&DataDir>,
        clock: SharedClock,
    ) -> Result<Self, StartError> {
        let randomness: SharedRandomness = Arc::new(SystemRandomness);
        // Before there is a store that would be useless without them.
        let secrets = match data_dir {
            Some(dir) => dir.secrets(&randomness)?,
            None => fresh_secrets(&randomness),
        };
        let engine = open_store(data_dir).await?;
        let queues = Queues::open(
            data_dir.map(DataDir::queues).as_deref(),
            &[SUBSCRIPTIONS_QUEUE, DELIVERY_QUEUE, CONFIRMATIONS_QUEUE],
            Arc::new(ProcessClock::start()),
        )
        .await
        .map_err(|source| StartError::Database {
            file: "queues.db",
            source,
        })?;
        let mailbox = Mailbox::open(
            data_dir.map(DataDir::mailbox).as_deref(),
            Arc::clone(&clock),
            Arc::clone(&randomness),
        )
        .map_err(|source| StartError::Database {
            file: "mailbox.db",
            source,
        })?;
        Ok(Self {
            engine,
            queues,
            mailbox,
            clock,
            randomness,
            secrets,
        })
    }

    pub(crate) fn subscriptions(&self, public_url: Url) -> subscriptions::App {
        let config = subscriptions::Config {
            table: SUBSCRIPTIONS_TABLE.to_owned(),
            stage: STAGE.to_owned(),
            public_url,
            secrets: self.secrets.clone(),
        };
        let ports = subscriptions::Ports {
            dynamodb: self.engine.client(),
            clock: Arc::clone(&self.clock),
            randomness: Arc::clone(&self.randomness),
        };
        subscriptions::App::new(config, ports)
    }

    pub(crate) fn delivery(
        &self,
        settings: &Settings,
        mail: Arc<dyn MailSender>,
        starter: Starter,
    ) -> delivery::App {
        let config = delivery::Config {
            table: DELIVERY_TABLE.to_owned(),
            stage: STAGE.to_owned(),
            from: settings.from.clone(),
            // By the lock on the data directory, or because nobody else sees
            // this memory.
            sole_process: true,
        };
        let ports = delivery::Ports {
            dynamodb: self.engine.client(),
            clock: Arc::clone(&self.clock),
            randomness: Arc::clone(&self.randomness),
            mail,
            workflow: Arc::new(starter),
        };
        delivery::App::new(config, ports)
    }

    /// The bus, with a rule for each queue.
    pub(crate) fn bus(&self) -> Arc<dyn EventBus> {
        let rules = vec![
            Rule {
                queue: SUBSCRIPTIONS_QUEUE,
                event_types: subscriptions::inbound::CONSUMES,
            },
            Rule {
                queue: DELIVERY_QUEUE,
                event_types: delivery::inbound::CHANGES,
            },
            Rule {
                queue: CONFIRMATIONS_QUEUE,
                event_types: delivery::inbound::CONFIRMATIONS,
            },
        ];
        Arc::new(LocalBus::new(
            self.queues.clone(),
            rules,
            Arc::clone(&self.clock),
            Arc::clone(&self.randomness),
        ))
    }
}

/// Opens the store. A table is not made in one step, and one that is half made
/// would be taken for a table: so a new store is made aside, and moved.
async fn open_store(data_dir: Option<&DataDir>) -> Result<Engine, StartError> {
    let Some(dir) = data_dir else {
        let engine = Engine::in_memory()?;
        make_tables(&engine).await?;
        return Ok(engine);
    };
    if !dir.has_data() {
        make_tables(&Engine::on_disk(&dir.unfinished_store()?)?).await?;
        dir.finish_store()?;
    }
    let engine = Engine::on_disk(&dir.store())?;
    // Turns on what an older version had not.
    make_tables(&engine).await?;
    Ok(engine)
}

async fn make_tables(engine: &Engine) -> Result<(), StartError> {
    let client = engine.client();
    for table in [SUBSCRIPTIONS_TABLE, DELIVERY_TABLE] {
        dynamo::create_table(&client, table).await?;
    }
    Ok(())
}
