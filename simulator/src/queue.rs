//! Queues, as careless as SQS may be.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::{
    sync::Notify,
    time::{Duration, Instant},
};

use crate::world::World;

/// For how long a message that was received is nobody else's.
const VISIBILITY: Duration = Duration::from_secs(240);
/// The most messages that are received at once.
const MAX_BATCH: usize = 10;
/// Longer than any message is on its way.
const IDLE: Duration = Duration::from_secs(600);

/// A message in somebody's hands.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) body: String,
    number: u64,
}

#[derive(Debug)]
struct Waiting {
    message: Message,
    visible_at: Instant,
    tries: u32,
}

/// One queue. A clone is the same.
#[derive(Debug, Clone)]
pub(crate) struct Queue {
    pub(crate) name: &'static str,
    world: Arc<World>,
    state: Arc<Mutex<State>>,
    arrived: Arc<Notify>,
}

#[derive(Debug, Default)]
struct State {
    waiting: Vec<Waiting>,
    dead: Vec<String>,
    number: u64,
}

impl Queue {
    pub(crate) fn new(name: &'static str, world: &Arc<World>) -> Self {
        Self {
            name,
            world: Arc::clone(world),
            state: Arc::default(),
            arrived: Arc::default(),
        }
    }

    /// Stores a message, perhaps twice; it is seen soon, or much later.
    pub(crate) fn send(&self, body: &str) {
        let world = &self.world;
        let copies = if world.fails(world.faults.twice) {
            2
        } else {
            1
        };
        for _ in 0..copies {
            let delay = if world.fails(world.faults.late) {
                world.chance.between(1_000, 400_000)
            } else {
                world.chance.between(10, 1_500)
            };
            let mut state = self.state();
            state.number += 1;
            let message = Message {
                body: body.to_owned(),
                number: state.number,
            };
            let visible_at = Instant::now() + Duration::from_millis(delay);
            state.waiting.push(Waiting {
                message,
                visible_at,
                tries: 0,
            });
        }
        self.arrived.notify_waiters();
    }

    /// Waits for messages and takes some, in any order.
    pub(crate) async fn receive(&self) -> Vec<Message> {
        loop {
            let arrived = self.arrived.notified();
            let received = self.take();
            if !received.is_empty() {
                return received;
            }
            let next = self.state().waiting.iter().map(|one| one.visible_at).min();
            let idle = Instant::now() + IDLE;
            tokio::select! {
                biased;
                () = arrived => {}
                () = tokio::time::sleep_until(next.unwrap_or(idle)) => {}
            }
        }
    }

    fn take(&self) -> Vec<Message> {
        let now = Instant::now();
        let mut state = self.state();
        let mut visible: Vec<_> = state
            .waiting
            .iter_mut()
            .filter(|one| one.visible_at <= now)
            .collect();
        let most = self.world.chance.between(1, MAX_BATCH as u64) as usize;
        let mut received = Vec::new();
        while !visible.is_empty() && received.len() < most {
            let at = self.world.chance.below(visible.len() as u64) as usize;
            let one = visible.swap_remove(at);
            one.visible_at = now + VISIBILITY;
            if self.world.fails(self.world.faults.twice) {
                // It is seen again while it is being handled.
                one.visible_at = now + Duration::from_millis(self.world.chance.between(1, 9_000));
            }
            one.tries += 1;
            received.push(one.message.clone());
        }
        received
    }

    /// Forgets a message.
    pub(crate) fn acknowledge(&self, message: &Message) {
        self.state()
            .waiting
            .retain(|one| one.message.number != message.number);
    }

    /// Has the message come again.
    pub(crate) fn put_back(&self, message: &Message) {
        let mut state = self.state();
        let found = state
            .waiting
            .iter_mut()
            .find(|one| one.message.number == message.number);
        if let Some(one) = found {
            let wait = self.world.chance.between(1, 10) * u64::from(one.tries.min(6));
            one.visible_at = Instant::now() + Duration::from_secs(wait);
        }
        drop(state);
        self.arrived.notify_waiters();
    }

    /// Puts the message among the dead letters.
    pub(crate) fn bury(&self, message: &Message, why: String) {
        self.acknowledge(message);
        self.state().dead.push(why);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.state().waiting.is_empty()
    }

    /// Why messages are among the dead letters.
    pub(crate) fn dead(&self) -> Vec<String> {
        self.state().dead.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
