//! Answers whose time tells nothing.

use std::{future::Future, time::Duration};

use tokio::time::Instant;

/// Answers leave at whole multiples of this after their work began: several
/// times what the work takes, the events that it sets off included, and too
/// short for anybody to mind.
const BEAT: Duration = Duration::from_millis(100);

/// Does `work` and hands over what came of it at the next beat, good or bad.
/// Those who wait are in nobody's way.
pub(super) async fn on_the_beat<T>(work: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let outcome = work.await;
    tokio::time::sleep_until(begun + next_beat(begun.elapsed())).await;
    outcome
}

/// The first beat after work that took `worked`.
fn next_beat(worked: Duration) -> Duration {
    let beats = worked.as_nanos().div_ceil(BEAT.as_nanos()).max(1);
    BEAT.saturating_mul(u32::try_from(beats).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_waits_for_the_next_beat() {
        for (worked, beat) in [(0, 100), (1, 100), (99, 100), (100, 100), (101, 200)] {
            let worked = Duration::from_millis(worked);
            assert_eq!(next_beat(worked), Duration::from_millis(beat), "{worked:?}");
        }
    }
}
