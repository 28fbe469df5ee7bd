//! A bus that is away for as long as the test wants.

use std::sync::{Arc, Mutex};

use ambient::{Clock, Randomness, SystemClock, SystemRandomness};
use async_trait::async_trait;
use contracts::events::SubscriberErasedV1;
use dynamo::{Query, Transaction, create_table};
use engine::Engine;
use outbox::{
    BusEntry, BusUnavailable, EntryOutcome, EventBus, Happening, OutboxEvent, PARTITIONS,
};
use tokio::task::JoinHandle;

use super::*;
use crate::shutdown::StopSwitch;

const TABLE: &str = "things";
/// The longest wait for a condition.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum Mood {
    #[default]
    Takes,
    Away,
    Hangs,
}

#[derive(Default)]
struct MoodyBus {
    mood: Mutex<Mood>,
    tries: Mutex<usize>,
    /// The ids of the events that it has.
    taken: Mutex<Vec<String>>,
}

impl MoodyBus {
    fn becomes(&self, mood: Mood) {
        *self.mood.lock().expect("no panic") = mood;
    }

    fn tries(&self) -> usize {
        *self.tries.lock().expect("no panic")
    }

    fn taken(&self) -> Vec<String> {
        self.taken.lock().expect("no panic").clone()
    }
}

#[async_trait]
impl EventBus for MoodyBus {
    async fn put(&self, entries: &[BusEntry]) -> Result<Vec<EntryOutcome>, BusUnavailable> {
        *self.tries.lock().expect("no panic") += 1;
        let mood = *self.mood.lock().expect("no panic");
        match mood {
            Mood::Takes => {}
            Mood::Away => return Err(BusUnavailable("away".to_owned())),
            Mood::Hangs => std::future::pending().await,
        }
        let ids = entries.iter().map(|entry| {
            let event: serde_json::Value = serde_json::from_str(&entry.detail).expect("JSON");
            event["id"].as_str().expect("an id").to_owned()
        });
        self.taken.lock().expect("no panic").extend(ids);
        Ok(vec![EntryOutcome::Accepted; entries.len()])
    }
}

struct World {
    engine: Engine,
    table: Table,
    bus: Arc<MoodyBus>,
}

impl World {
    async fn new() -> Self {
        let engine = Engine::in_memory().expect("an engine");
        create_table(&engine.client(), TABLE)
            .await
            .expect("a table");
        let table = Table::new(engine.client(), TABLE);
        let bus = Arc::new(MoodyBus::default());
        Self { engine, table, bus }
    }

    /// A process's pump.
    fn start(&self) -> (StopSwitch, JoinHandle<()>) {
        let (switch, stopping) = StopSwitch::new();
        let pump = Pump {
            table: self.table.clone(),
            stream: self.engine.stream(TABLE),
            relay: Relay::new(self.table.clone(), self.bus.clone()),
            clock: Arc::new(SystemClock),
            stopping,
        };
        (switch, tokio::spawn(pump.run()))
    }

    /// Something happens, a moment later than what happened before.
    async fn commit(&self) -> String {
        let before = SystemClock.now();
        while SystemClock.now() <= before {
            std::thread::yield_now();
        }
        let (randomness, at): (&dyn Randomness, _) = (&SystemRandomness, SystemClock.now());
        let data = SubscriberErasedV1 {
            subscriber_id: randomness.uuid(),
            version: 1,
            at,
        };
        let id = randomness.uuid();
        let stage = "test";
        let event = OutboxEvent::new(data, Happening { id, at, stage }).expect("fits");
        let mut transaction = Transaction::new();
        event.write(&mut transaction);
        self.table.commit(transaction).await.expect("commits");
        id.to_string()
    }

    async fn commit_many(&self, number: usize) -> Vec<String> {
        let mut ids = Vec::new();
        for _ in 0..number {
            ids.push(self.commit().await);
        }
        ids
    }

    async fn is_empty(&self) -> bool {
        for number in 0..PARTITIONS {
            let query = Query::partition(format!("{PARTITION_PREFIX}{number:02}"), 1);
            let page = self.table.query::<OutboxRow>(query).await.expect("reads");
            if !page.items.is_empty() {
                return false;
            }
        }
        true
    }

    async fn emptied(&self) {
        let emptied = async {
            while !self.is_empty().await {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, emptied)
            .await
            .expect("the outbox is emptied");
    }

    async fn tried(&self, times: usize) {
        let tried = async {
            while self.bus.tries() < times {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, tried)
            .await
            .expect("the bus is tried");
    }

    /// What the bus has, each once, in the order in which it first came.
    fn first_taken(&self) -> Vec<String> {
        let mut first = Vec::new();
        for id in self.bus.taken() {
            if !first.contains(&id) {
                first.push(id);
            }
        }
        first
    }
}

#[tokio::test]
async fn what_happened_while_the_bus_was_away_arrives_in_its_order() {
    let world = World::new().await;
    let (switch, running) = world.start();
    world.bus.becomes(Mood::Away);
    let mut ids = world.commit_many(30).await;
    // More tries than the relay has of its own.
    world.tried(4).await;
    ids.extend(world.commit_many(5).await);
    world.bus.becomes(Mood::Takes);
    ids.extend(world.commit_many(5).await);
    world.emptied().await;
    assert_eq!(world.first_taken(), ids);
    switch.stop();
    running.await.expect("it ends");
}

#[tokio::test]
async fn what_a_former_process_left_leaves_before_anything_new() {
    let world = World::new().await;
    world.bus.becomes(Mood::Away);
    let (switch, running) = world.start();
    let mut ids = world.commit_many(30).await;
    world.tried(1).await;
    switch.stop();
    running.await.expect("it ends");

    let (switch, running) = world.start();
    let tries = world.bus.tries();
    ids.extend(world.commit_many(5).await);
    world.tried(tries + 4).await;
    world.bus.becomes(Mood::Takes);
    ids.extend(world.commit_many(5).await);
    world.emptied().await;
    assert_eq!(world.first_taken(), ids);
    switch.stop();
    running.await.expect("it ends");
}

#[tokio::test]
async fn a_bus_that_is_away_or_hangs_does_not_hold_up_the_end() {
    for mood in [Mood::Away, Mood::Hangs] {
        let world = World::new().await;
        let (switch, running) = world.start();
        world.bus.becomes(mood);
        world.commit().await;
        world.tried(1).await;
        switch.stop();
        let ended = tokio::time::timeout(Duration::from_secs(2), running).await;
        ended.expect("it ends soon").expect("no panic");
        assert!(!world.is_empty().await, "{mood:?}");
    }
}
