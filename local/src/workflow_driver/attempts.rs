//! Steps are tried until they are done.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use delivery::workflow::StepError;
use futures::FutureExt;
use tokio::sync::Semaphore;

use crate::shutdown::Stopping;

/// How many steps are at work at the same time, those of all runs together;
/// further ones wait for their turn. Two whole issues, so that one alone never
/// keeps another waiting.
const STEPS_AT_WORK: usize = 2 * delivery::workflow::SHARDS as usize;

/// The wait after the first failure of a step; it doubles with each further one.
const FIRST_BACKOFF: Duration = Duration::from_millis(500);
/// The longest wait between two attempts of a step that may succeed the next
/// time: a run is never given up.
const MAX_BACKOFF: Duration = Duration::from_secs(60);
/// The longest wait between two attempts of a step that fails for good as this
/// program has it. What is repaired in the store is met then.
const MAX_PERMANENT_BACKOFF: Duration = Duration::from_secs(15 * 60);

/// Tries steps until they are done. Clones share the places at work.
#[derive(Clone)]
pub(super) struct Attempts {
    at_work: Arc<Semaphore>,
    stopping: Stopping,
}

impl Attempts {
    pub(super) fn new(stopping: Stopping) -> Self {
        Self {
            at_work: Arc::new(Semaphore::new(STEPS_AT_WORK)),
            stopping,
        }
    }

    /// Tries `step`, named `name`, until it succeeds, with waits that grow; none
    /// if it is time to stop. A step that has begun is always awaited to its
    /// end. It has a place at work only until then, not while it waits.
    pub(super) async fn until_done<T, F, Fut>(&self, name: &'static str, step: F) -> Option<T>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Result<T, StepError>>,
    {
        let mut backoff = Backoff::default();
        loop {
            let place = tokio::select! {
                place = self.at_work.acquire() => place,
                () = self.stopped() => return None,
            };
            // The semaphore is never closed.
            let place = place.ok()?;
            if self.stopping.is_now() {
                return None;
            }
            let tried = AssertUnwindSafe(step()).catch_unwind().await;
            drop(place);
            let wait = match tried {
                Ok(Ok(done)) => return Some(done),
                Ok(Err(error @ StepError::Transient(_))) => {
                    let wait = backoff.next();
                    tracing::warn!(step = name, %error, ?wait, "a step is tried again");
                    wait
                }
                Ok(Err(error @ StepError::Permanent(_))) => {
                    let wait = backoff.next_permanent();
                    tracing::error!(step = name, %error, ?wait, "a step fails");
                    wait
                }
                // The panic's own text stays out of the log: it can quote a value.
                Err(_panic) => {
                    let wait = backoff.next_permanent();
                    tracing::error!(step = name, ?wait, "a step panicked");
                    wait
                }
            };
            self.sleep(wait).await;
        }
    }

    /// Tries `step`, named `name`, once, without a place at work: what fails is
    /// left to the next time.
    pub(super) async fn once(
        &self,
        name: &'static str,
        step: impl Future<Output = Result<(), StepError>>,
    ) {
        match AssertUnwindSafe(step).catch_unwind().await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(step = name, %error, "a step is left out"),
            Err(_panic) => tracing::error!(step = name, "a step panicked and is left out"),
        }
    }

    /// Waits for `duration`, or less if it is time to stop before.
    pub(super) async fn sleep(&self, duration: Duration) {
        self.stopping.clone().sleep(duration).await;
    }

    async fn stopped(&self) {
        self.stopping.clone().wait().await;
    }
}

/// Waits that grow.
#[derive(Default)]
struct Backoff {
    next: Duration,
}

impl Backoff {
    fn next(&mut self) -> Duration {
        self.between(FIRST_BACKOFF, MAX_BACKOFF)
    }

    fn next_permanent(&mut self) -> Duration {
        self.between(MAX_BACKOFF, MAX_PERMANENT_BACKOFF)
    }

    fn between(&mut self, least: Duration, most: Duration) -> Duration {
        let wait = self.next.clamp(least, most);
        self.next = wait * 2;
        wait
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::shutdown::StopSwitch;

    #[tokio::test(start_paused = true)]
    async fn a_step_is_tried_until_it_is_done_after_a_panic_too() {
        let (_switch, stopping) = StopSwitch::new();
        let failures_left = Mutex::new(5);
        let done = Attempts::new(stopping)
            .until_done("test", || async {
                let left = {
                    let mut left = failures_left.lock().expect("the lock");
                    *left -= 1;
                    *left
                };
                match left {
                    0 => Ok("done"),
                    1 => panic!("a mistake"),
                    2 => Err(StepError::Permanent("never".to_owned())),
                    _ => Err(StepError::Transient("not yet".to_owned())),
                }
            })
            .await;
        assert_eq!(done, Some("done"));
    }

    #[tokio::test]
    async fn what_is_tried_once_ends_nobody_by_failing() {
        let (_switch, stopping) = StopSwitch::new();
        let attempts = Attempts::new(stopping);
        let failing = async { Err(StepError::Transient("not yet".to_owned())) };
        attempts.once("test", failing).await;
        attempts.once("test", async { panic!("a mistake") }).await;
    }

    #[test]
    fn waits_grow_and_are_bounded() {
        let mut backoff = Backoff::default();
        let waits: Vec<_> = (0..10).map(|_| backoff.next()).collect();
        assert_eq!(waits[..2], [FIRST_BACKOFF, 2 * FIRST_BACKOFF]);
        assert_eq!(waits[9], MAX_BACKOFF);
        let mut backoff = Backoff::default();
        let waits: Vec<_> = (0..10).map(|_| backoff.next_permanent()).collect();
        assert_eq!(waits[..2], [MAX_BACKOFF, 2 * MAX_BACKOFF]);
        assert_eq!(waits[9], MAX_PERMANENT_BACKOFF);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_keeps_no_place_at_work() {
        let (_switch, stopping) = StopSwitch::new();
        let attempts = Attempts::new(stopping);
        let failing = steps(&attempts, 10 * STEPS_AT_WORK, false);
        let others = steps(&attempts, STEPS_AT_WORK, true);
        tokio::select! {
            biased;
            () = failing => panic!("they fail for ever"),
            done = tokio::time::timeout(Duration::from_secs(1), others) => done.expect("places"),
        }
    }

    /// Tries to do so many steps that end like that, all at the same time.
    async fn steps(attempts: &Attempts, count: usize, succeed: bool) {
        let step = || async move {
            match succeed {
                true => Ok(()),
                false => Err(StepError::Permanent("never".to_owned())),
            }
        };
        let all = (0..count).map(|_| attempts.until_done("test", step));
        futures::future::join_all(all).await;
    }
}
