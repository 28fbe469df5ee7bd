//! The life of a process: between any two effects it may end, or stand still.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use tokio::{
    sync::Notify,
    time::{Duration, Instant},
};

use crate::{time::MachineClock, world::World};

/// The life of one process, as whatever it reaches sees it.
#[derive(Debug)]
pub(crate) struct Life {
    /// Grows with every process of a run.
    pub(crate) number: u64,
    pub(crate) clock: Arc<MachineClock>,
    is_over: AtomicBool,
    ended: Notify,
    asked_to_stop: Notify,
    stands_still_until: Mutex<Option<Instant>>,
    world: Arc<World>,
}

impl Life {
    pub(crate) fn new(number: u64, world: &Arc<World>) -> Arc<Self> {
        Arc::new(Self {
            number,
            clock: Arc::new(MachineClock::new(world.began)),
            is_over: AtomicBool::new(false),
            ended: Notify::new(),
            asked_to_stop: Notify::new(),
            stands_still_until: Mutex::new(None),
            world: Arc::clone(world),
        })
    }

    pub(crate) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    /// Ends it: from now on it reaches nothing.
    pub(crate) fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
        self.ended.notify_waiters();
    }

    /// Waits for its end.
    pub(crate) async fn ended(&self) {
        loop {
            let ended = self.ended.notified();
            if self.is_over() {
                return;
            }
            ended.await;
        }
    }

    /// Passes a mail call, during which somebody may ask the process to stop.
    pub(crate) fn passes_mail(&self) {
        if self.world.fails(self.world.faults.stop) {
            self.asked_to_stop.notify_one();
        }
    }

    /// Waits until somebody asks the process to stop in order.
    pub(crate) async fn asked_to_stop(&self) {
        self.asked_to_stop.notified().await;
        let moment = self.world.chance.below(400);
        tokio::time::sleep(Duration::from_millis(moment)).await;
    }

    /// Has `effect` happen, if the process lives to see it; it may end before,
    /// or after without having noticed.
    pub(crate) async fn act<T>(&self, effect: impl Future<Output = T>) -> T {
        self.reach().await;
        let done = effect.await;
        self.reach().await;
        done
    }

    /// Passes one point at which the process may end or stand still.
    async fn reach(&self) {
        if self.is_over() || self.world.crashes(self) {
            self.end();
            return std::future::pending().await;
        }
        if let Some(stillness) = self.world.stalls(self) {
            *self.lock() = Some(Instant::now() + stillness);
        }
        let until = *self.lock();
        if let Some(until) = until {
            tokio::time::sleep_until(until).await;
            if self.is_over() {
                std::future::pending::<()>().await;
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.stands_still_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the clock right or wrong now and then.
    pub(crate) async fn tick(&self) {
        loop {
            let wait = self.world.chance.between(20, 200);
            tokio::time::sleep(Duration::from_secs(wait)).await;
            match self.world.clock_jump() {
                Some(to) => self.clock.jump(to),
                None => return,
            }
        }
    }
}
