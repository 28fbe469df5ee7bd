//! Waiting for something to become true, with a bound.

use std::{future::Future, time::Duration};

use tokio::time::{Instant, sleep};

/// How often to look.
const INTERVAL: Duration = Duration::from_millis(25);
/// How long to go on looking.
const PATIENCE: Duration = Duration::from_secs(15);

/// Looks until `look` finds something.
///
/// # Panics
/// If there is nothing after 15 seconds; `what` says what was missing.
pub(crate) async fn until<T, F>(what: &str, mut look: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(
            Instant::now() < end,
            "waited {PATIENCE:?} in vain for {what}"
        );
        sleep(INTERVAL).await;
    }
}
