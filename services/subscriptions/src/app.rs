//! The composition root's view of this service.

use std::{sync::Arc, time::Duration};

use ambient::{SharedClock, SharedRandomness};
use aws_sdk_dynamodb::Client;
use dynamo::Table;
use jiff::Timestamp;
use outbox::{EventTooLarge, HandleError, Happening, MessageHandler, OutboxEvent};

use crate::{
    config::{Config, Secrets},
    contract::Published,
    http::{self, Links},
    inbound::{Inbound, imports::Imports},
    passwords::Passwords,
    ports::ImportQueue,
    store::Store,
    use_cases::{
        rebuild::{Rebuilt, rebuild},
        sweep_imports::sweep_imports,
    },
};

/// What the service gets from outside.
#[derive(Clone)]
pub struct Ports {
    /// Where the table is.
    pub dynamodb: Client,
    /// Tells the time.
    pub clock: SharedClock,
    /// Makes ids, tokens and salts.
    pub randomness: SharedRandomness,
    /// The queue of imports that are to be worked off.
    pub import_queue: Arc<dyn ImportQueue>,
}

/// The service, ready to be hosted. A clone is the same service.
#[derive(Clone)]
pub struct App {
    pub(crate) state: Arc<AppState>,
}

/// What every use case and every route works with.
pub(crate) struct AppState {
    pub(crate) store: Store,
    pub(crate) clock: SharedClock,
    pub(crate) randomness: SharedRandomness,
    pub(crate) import_queue: Arc<dyn ImportQueue>,
    pub(crate) links: Links,
    pub(crate) secrets: Secrets,
    pub(crate) passwords: Passwords,
    stage: String,
}

impl App {
    /// Builds the service; reads and writes nothing yet.
    pub fn new(config: Config, ports: Ports) -> Self {
        let state = AppState {
            store: Store::new(
                Table::new(ports.dynamodb, config.table)
                    .with_randomness(Arc::clone(&ports.randomness)),
            ),
            clock: ports.clock,
            randomness: ports.randomness,
            import_queue: ports.import_queue,
            links: Links::new(config.public_url),
            secrets: config.secrets,
            passwords: Passwords::new(),
            stage: config.stage,
        };
        Self {
            state: Arc::new(state),
        }
    }

    /// Every route, with its middleware. The host inserts a
    /// [`ClientAddress`](crate::ClientAddress) as an extension of each request.
    pub fn router(&self) -> axum::Router {
        http::router(Arc::clone(&self.state))
    }

    /// Handles delivery's events: those of the types in
    /// [`contract::CONSUMES`](crate::contract::CONSUMES).
    pub fn inbound(&self) -> Arc<dyn MessageHandler> {
        Arc::new(Inbound::new(Arc::clone(&self.state)))
    }

    /// Handles the messages that this service sends to its
    /// [`ImportQueue`]: works off imports, each message for a few seconds.
    pub fn imports(&self) -> Arc<dyn MessageHandler> {
        Arc::new(Imports::new(Arc::clone(&self.state)))
    }

    /// Queues the imports anew that nobody works off, since their message was
    /// lost; tells how many. For hosts to call now and then.
    ///
    /// # Errors
    /// [`HandleError`] if the store does not answer.
    pub async fn sweep_imports(&self) -> Result<usize, HandleError> {
        Ok(sweep_imports(&self.state).await?)
    }

    /// Publishes every subscriber's present state once more, for readers who
    /// have lost it: in turns, each for about as long as `budget` says and for a
    /// bounded number of subscribers. The first turn has no `cursor`, and each
    /// further one that of the turn before, until there is none. Repeating it,
    /// or several at once, says the same again, which changes nothing where it
    /// is known.
    ///
    /// # Errors
    /// [`HandleError::Permanent`] if no turn ever answered with this cursor, or
    /// an item is corrupt; [`HandleError::Transient`] if the store does not
    /// answer. Then nothing of this turn counts: with the same cursor it can be
    /// tried again.
    pub async fn rebuild(
        &self,
        cursor: Option<String>,
        budget: Duration,
    ) -> Result<Rebuilt, HandleError> {
        rebuild(&self.state, cursor.as_deref(), budget).await
    }

    /// The service's table, for the relay and the sweeper of its outbox.
    pub fn table(&self) -> Table {
        self.state.store.table().clone()
    }
}

impl AppState {
    /// Makes an event of what happens `at` that moment; a decision takes it.
    ///
    /// # Errors
    /// [`EventTooLarge`] if it does not fit on the bus.
    pub(crate) fn event<D: Published>(
        &self,
        data: D,
        at: Timestamp,
    ) -> Result<OutboxEvent, EventTooLarge> {
        let happening = Happening {
            id: self.randomness.uuid(),
            at,
            stage: &self.stage,
        };
        OutboxEvent::new(data, happening)
    }
}
