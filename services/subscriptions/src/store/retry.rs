//! Optimistic concurrency: decide again upon what is there now.

use std::{future::Future, time::Duration};

use super::StoreError;

/// How often a use case is begun. Each conflict means that another one came
/// through, and a use case that finds its work done stops to write: more than
/// a few in a row are a fault.
const MAX_ATTEMPTS: u32 = 10;
/// The wait after the first conflict; each further one waits this much longer.
const BACKOFF: Duration = Duration::from_millis(5);

/// Runs `attempt`, which loads, decides and commits, and runs it again from
/// the beginning while somebody else changed the state in between.
///
/// # Errors
/// Whatever `attempt` fails with that is no conflict; the conflict itself
/// after [`MAX_ATTEMPTS`].
pub(crate) async fn until_settled<T, F, A>(mut attempt: A) -> Result<T, StoreError>
where
    A: FnMut() -> F,
    F: Future<Output = Result<T, StoreError>>,
{
    for number in 1..MAX_ATTEMPTS {
        match attempt().await {
            Err(error) if error.is_conflict() => {
                tracing::debug!(number, "the state has moved on, deciding again");
                tokio::time::sleep(BACKOFF * number).await;
            }
            settled => return settled,
        }
    }
    attempt().await
}
