//! Waiting for something to become true, with a bound.

use std::{env, future::Future, sync::LazyLock, time::Duration};

use tokio::time::{Instant, sleep};

/// How long to wait before the next look, at least and at most. In between it is a
/// tenth of the time so far: a system that takes long is not kept busy by looks,
/// and what is found is found hardly later.
const SHORTEST: Duration = Duration::from_millis(25);
const LONGEST: Duration = Duration::from_secs(1);
const SHARE: u32 = 10;
/// Seconds to go on looking, for scenarios that take longer.
const PATIENCE_VARIABLE: &str = "PENNYPOST_TEST_PATIENCE";
/// The same, if that is not set.
const PATIENCE_SECONDS: u64 = 15;

/// How long to go on looking.
static PATIENCE: LazyLock<Duration> = LazyLock::new(|| {
    let seconds = env::var(PATIENCE_VARIABLE).map_or(PATIENCE_SECONDS, |seconds| {
        let seconds = seconds.parse();
        seconds.unwrap_or_else(|_| panic!("{PATIENCE_VARIABLE} is no number of seconds"))
    });
    Duration::from_secs(seconds)
});

/// Looks until `look` finds something.
///
/// # Panics
/// If there is nothing after 15 seconds, or `PENNYPOST_TEST_PATIENCE`; `what` says what was missing.
pub(crate) async fn until<T, F>(what: &str, mut look: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let start = Instant::now();
    let end = start + *PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(
            Instant::now() < end,
            "waited {:?} in vain for {what}",
            *PATIENCE
        );
        sleep((start.elapsed() / SHARE).clamp(SHORTEST, LONGEST)).await;
    }
}
