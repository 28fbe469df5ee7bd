//! The bus: rules, and the queues behind them.

use std::sync::Arc;

use async_trait::async_trait;
use contracts::BusEvent;
use outbox::{BusEntry, BusUnavailable, EntryOutcome, EventBus};
use subscriptions::ports::{ImportQueue, QueueUnavailable};
use tokio::time::Duration;
use uuid::Uuid;

use crate::{life::Life, planted::Planted, queue::Queue, time::beginning, world::World};

/// The queue of imports, which no rule leads to.
const IMPORTS: &str = "imports";

/// All queues.
#[derive(Debug, Clone)]
pub(crate) struct Queues {
    pub(crate) delivery: Vec<(Queue, &'static [&'static str])>,
    pub(crate) subscriptions: Vec<(Queue, &'static [&'static str])>,
    pub(crate) imports: Queue,
}

impl Queues {
    pub(crate) fn new(world: &Arc<World>) -> Self {
        let of = |queues: &'static [contracts::Queue]| {
            let queues = queues.iter();
            queues
                .map(|queue| (Queue::new(queue.name, world), queue.consumes))
                .collect()
        };
        Self {
            delivery: of(delivery::contract::QUEUES),
            subscriptions: of(subscriptions::contract::QUEUES),
            imports: Queue::new(IMPORTS, world),
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Queue> {
        let ruled = self.delivery.iter().chain(&self.subscriptions);
        ruled.map(|(queue, _)| queue).chain([&self.imports])
    }
}

/// The bus as a process reaches it.
pub(crate) struct ReachedBus {
    pub(crate) life: Arc<Life>,
    pub(crate) world: Arc<World>,
    pub(crate) queues: Queues,
}

impl ReachedBus {
    fn put_one(&self, entry: &BusEntry) -> EntryOutcome {
        if self.world.fails(self.world.faults.bus) {
            return match self.world.has(Planted::BusFailuresIgnored) {
                true => EntryOutcome::Accepted,
                false => EntryOutcome::TryAgain("InternalFailure".to_owned()),
            };
        }
        let id = Uuid::from_u64_pair(self.world.chance.below(u64::MAX), 0);
        let (kind, source) = (&entry.detail_type, &entry.source);
        let Ok(body) = BusEvent::wrap(id, beginning(), kind, source, &entry.detail) else {
            return EntryOutcome::Refused("MalformedDetail".to_owned());
        };
        let ruled = self
            .queues
            .delivery
            .iter()
            .chain(&self.queues.subscriptions);
        for (queue, _) in ruled.filter(|(_, types)| types.contains(&kind.as_str())) {
            queue.send(&body);
        }
        EntryOutcome::Accepted
    }
}

#[async_trait]
impl EventBus for ReachedBus {
    async fn put(&self, entries: &[BusEntry]) -> Result<Vec<EntryOutcome>, BusUnavailable> {
        let put = async {
            let latency = self.world.chance.between(5, 60);
            tokio::time::sleep(Duration::from_millis(latency)).await;
            let outcomes = entries.iter().map(|entry| self.put_one(entry)).collect();
            match self.world.fails(self.world.faults.bus) {
                true => Err(BusUnavailable("no answer".to_owned())),
                false => Ok(outcomes),
            }
        };
        self.life.act(put).await
    }
}

/// The queue of imports as a process reaches it.
pub(crate) struct ReachedImports {
    pub(crate) life: Arc<Life>,
    pub(crate) world: Arc<World>,
    pub(crate) queue: Queue,
}

#[async_trait]
impl ImportQueue for ReachedImports {
    async fn send(&self, body: String) -> Result<(), QueueUnavailable> {
        if self.world.is_hushed() {
            self.queue.send(&body);
            return Ok(());
        }
        let sent = async {
            if self.world.fails(self.world.faults.bus) {
                return Err(QueueUnavailable("no answer".to_owned()));
            }
            self.queue.send(&body);
            Ok(())
        };
        self.life.act(sent).await
    }
}
