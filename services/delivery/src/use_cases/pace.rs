//! The pace of issue mails in one process.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// By how much mails are further apart than the rate says: what leaves a little
/// early meets what left a little late, and no second is to see more than the
/// rate.
const HEADROOM: f64 = 1.05;
/// In so long a time never more leave than the rate says for a second: the
/// headroom is for what the mail side has sooner or later than another mail.
const WINDOW: Duration = Duration::from_millis(1_050);
/// How much of a late start is made up for.
const LATENESS: Duration = Duration::from_millis(10);

/// The part of the rate that is left at the least after a mail side throttled.
const LEAST_SHARE: f64 = 1.0 / 16.0;
/// The part of the rate that comes back with each second.
const RECOVERY: f64 = 0.02;
/// Several refusals within this time are one: they were on their way together.
const ONE_THROTTLING: Duration = Duration::from_secs(1);

/// When the next mails of issues may leave, whichever their shard and issue.
#[derive(Debug)]
pub(crate) struct Pace {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The next mails leave then at the earliest.
    due: Instant,
    /// What left within the last [`WINDOW`]: when, and how many mails.
    departed: VecDeque<(Instant, usize)>,
    /// The part of the rate that the mail side was taken to stand, at `since`.
    share: f64,
    since: Instant,
}

impl Default for Pace {
    fn default() -> Self {
        let now = Instant::now();
        let state = Mutex::new(State {
            due: now,
            departed: VecDeque::new(),
            share: 1.0,
            since: now,
        });
        Self { state }
    }
}

impl Pace {
    /// Takes the next place for so many mails at a rate per second; or tells how
    /// long to wait before asking again.
    pub(super) fn take(&self, mails: usize, per_second: f64) -> Result<(), Duration> {
        let mut state = self.lock();
        let now = Instant::now();
        if state.due > now {
            return Err(state.due - now);
        }
        let begin = state.due.max(now.checked_sub(LATENESS).unwrap_or(now));
        state.due = begin + time_for(mails, per_second * state.share_at(now));
        Ok(())
    }

    /// Waits until so many mails, whose place was taken, may leave at a rate per
    /// second: the places are even, but what lies between them and the mail side
    /// is not. A call that is larger than a second's worth goes alone.
    pub(super) async fn depart(&self, mails: usize, per_second: f64) {
        while let Err(wait) = self.try_depart(mails, per_second) {
            tokio::time::sleep(wait).await;
        }
    }

    fn try_depart(&self, mails: usize, per_second: f64) -> Result<(), Duration> {
        let mut state = self.lock();
        let now = Instant::now();
        while let Some((at, _)) = state.departed.front()
            && now.duration_since(*at) >= WINDOW
        {
            state.departed.pop_front();
        }
        let before: usize = state.departed.iter().map(|(_, mails)| mails).sum();
        if let Some((at, _)) = state.departed.front()
            && (before + mails) as f64 > per_second
        {
            return Err(WINDOW.saturating_sub(now.duration_since(*at)));
        }
        state.departed.push_back((now, mails));
        Ok(())
    }

    /// The part of the rate that the mail side is taken to stand: less for a
    /// while after it throttled.
    pub(super) fn share(&self) -> f64 {
        self.lock().share_at(Instant::now())
    }

    /// The mail side throttled.
    pub(super) fn throttled(&self) {
        let mut state = self.lock();
        let now = Instant::now();
        if state.share < 1.0 && now.duration_since(state.since) < ONE_THROTTLING {
            return;
        }
        state.share = (state.share_at(now) / 2.0).max(LEAST_SHARE);
        state.since = now;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn share_at(&self, now: Instant) -> f64 {
        let passed = now.duration_since(self.since).as_secs_f64();
        (self.share + passed * RECOVERY).min(1.0)
    }
}

/// How long so many mails take at a rate per second.
pub(super) fn time_for(mails: usize, per_second: f64) -> Duration {
    Duration::try_from_secs_f64(mails as f64 * HEADROOM / per_second).unwrap_or(Duration::MAX / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The moments of `calls` calls of `mails` each, as soon as they may be.
    async fn moments(pace: &Pace, calls: usize, mails: usize, per_second: f64) -> Vec<f64> {
        let began = Instant::now();
        let mut moments = Vec::new();
        while moments.len() < calls {
            match pace.take(mails, per_second) {
                Ok(()) => moments.push(began.elapsed().as_secs_f64()),
                Err(wait) => tokio::time::sleep(wait).await,
            }
        }
        moments
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_sees_more_than_the_rate_and_little_less_on_the_whole() {
        for (mails, per_second) in [(1, 10.0), (4, 100.0), (50, 1_000.0)] {
            let pace = Pace::default();
            let moments = moments(&pace, 100, mails, per_second).await;
            for from in &moments {
                let within = moments
                    .iter()
                    .filter(|it| (*from..=from + 1.0).contains(*it));
                assert!((within.count() * mails) as f64 <= per_second);
            }
            let average = (100 * mails) as f64 / moments[99];
            assert!(average > 0.9 * per_second, "{average}");
        }
    }

    /// The same, where so many shards take their places together, and what comes
    /// between a place and the mail call takes more or less long.
    async fn uneven_moments(calls: usize, mails: usize, per_second: f64) -> Vec<f64> {
        let (pace, began) = (&Pace::default(), Instant::now());
        let shard = async |shard: usize| {
            let mut moments = Vec::new();
            for call in 0..calls / 4 {
                while let Err(wait) = pace.take(mails, per_second) {
                    tokio::time::sleep(wait).await;
                }
                let between = [1, 60, 3, 25, 9][(7 * call + shard) % 5];
                tokio::time::sleep(Duration::from_millis(between)).await;
                pace.depart(mails, per_second).await;
                moments.push(began.elapsed().as_secs_f64());
            }
            moments
        };
        let shards = futures::future::join_all((0..4).map(shard)).await;
        let mut moments: Vec<_> = shards.into_iter().flatten().collect();
        moments.sort_by(f64::total_cmp);
        moments
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_sees_more_than_the_rate_however_uneven_the_way_to_the_call_is() {
        for per_second in [50.0, 100.0, 200.0] {
            for mails in [1, 4] {
                let moments = uneven_moments(1_000, mails, per_second).await;
                for from in &moments {
                    let within = moments
                        .iter()
                        .filter(|it| (*from..=from + 1.0).contains(*it));
                    let within = within.count() * mails;
                    assert!(within as f64 <= per_second, "{within} at {per_second}");
                }
                let average = (moments.len() * mails) as f64 / moments[moments.len() - 1];
                assert!(average > 0.85 * per_second, "{average} at {per_second}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_throttled_pace_is_halved_and_comes_back_step_by_step() {
        let pace = Pace::default();
        pace.throttled();
        pace.throttled();
        assert_eq!(pace.share(), 0.5, "both were one");
        let slow = moments(&pace, 3, 1, 10.0).await;
        assert!(slow[2] > 0.4, "{slow:?}");
        tokio::time::sleep(Duration::from_secs(2)).await;
        pace.throttled();
        assert!(pace.share() < 0.3);
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(pace.share(), 1.0);
    }
}
