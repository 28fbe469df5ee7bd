//! A table with an outbox, and a bus that does as it is told.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use ambient::{Randomness, SystemRandomness};
use async_trait::async_trait;
use contracts::events::SubscriberErasedV1;
use dynamo::{Query, Table, Transaction, create_table};
use engine::Engine;
use jiff::Timestamp;
use outbox::{
    BusEntry, BusUnavailable, EntryOutcome, EventBus, Happening, OutboxEvent, OutboxRow,
    PARTITIONS, Relay,
};
use uuid::Uuid;

pub(crate) struct Fixture {
    pub(crate) engine: Engine,
    pub(crate) table: Table,
    pub(crate) bus: Arc<ScriptedBus>,
    pub(crate) relay: Relay,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        let engine = Engine::in_memory().expect("an engine starts");
        let client = engine.client();
        create_table(&client, "things")
            .await
            .expect("a table is made");
        let table = Table::new(client, "things");
        let bus = Arc::new(ScriptedBus::default());
        let relay = Relay::new(table.clone(), bus.clone());
        Self {
            engine,
            table,
            bus,
            relay,
        }
    }

    /// Commits an event that happened `at`.
    pub(crate) async fn commit_event(&self, at: Timestamp) -> Uuid {
        let event = event(at);
        let mut transaction = Transaction::new();
        event.write(&mut transaction);
        self.table.commit(transaction).await.expect("commits");
        event.id()
    }

    /// All rows that are in the outbox.
    pub(crate) async fn rows(&self) -> Vec<OutboxRow> {
        let mut rows = Vec::new();
        for number in 0..PARTITIONS {
            let query = Query::partition(format!("OUTBOX#{number:02}"), 1000);
            rows.extend(self.table.query(query).await.expect("reads").items);
        }
        rows
    }
}

pub(crate) fn event(at: Timestamp) -> OutboxEvent {
    let randomness: &dyn Randomness = &SystemRandomness;
    let data = SubscriberErasedV1 {
        subscriber_id: randomness.uuid(),
        version: 1,
        at,
    };
    let happening = Happening {
        id: randomness.uuid(),
        at,
        stage: "test",
    };
    OutboxEvent::new(data, happening).expect("fits")
}

pub(crate) fn moment() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().expect("a moment")
}

/// Answers each call by the next script, and takes everything when there is none.
#[derive(Default)]
pub(crate) struct ScriptedBus {
    pub(crate) script: Mutex<VecDeque<Answer>>,
    pub(crate) calls: Mutex<Vec<Vec<BusEntry>>>,
}

pub(crate) enum Answer {
    Unavailable,
    TooFewOutcomes,
    /// The outcome of the entry at this place; the others are accepted.
    At(usize, EntryOutcome),
}

impl ScriptedBus {
    pub(crate) fn then(&self, answer: Answer) {
        self.script.lock().expect("no panic").push_back(answer);
    }

    pub(crate) fn calls(&self) -> Vec<Vec<BusEntry>> {
        self.calls.lock().expect("no panic").clone()
    }
}

#[async_trait]
impl EventBus for ScriptedBus {
    async fn put(&self, entries: &[BusEntry]) -> Result<Vec<EntryOutcome>, BusUnavailable> {
        self.calls.lock().expect("no panic").push(entries.to_vec());
        let mut outcomes = vec![EntryOutcome::Accepted; entries.len()];
        match self.script.lock().expect("no panic").pop_front() {
            None => {}
            Some(Answer::Unavailable) => return Err(BusUnavailable("scripted".to_owned())),
            Some(Answer::TooFewOutcomes) => outcomes.clear(),
            Some(Answer::At(place, outcome)) => outcomes[place] = outcome,
        }
        Ok(outcomes)
    }
}
