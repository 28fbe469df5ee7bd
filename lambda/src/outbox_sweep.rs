//! What the relay missed, for the sweepers of both services.

use std::{sync::Arc, time::Duration};

use dynamo::Table;
use jiff::{SignedDuration, Timestamp};
use outbox::{EventBus, Relay, Sweeper};

use crate::Failure;

/// How old a row is before the sweep takes it from the stream: longer than the
/// relay tries at a time, so that a batch under way is published once.
const MIN_AGE: SignedDuration = SignedDuration::from_mins(2);

/// Publishes the rows that are left in the outbox of `table`, for `time` at the
/// most: what is left then is the next sweep's.
///
/// # Errors
/// If the table cannot be read.
pub async fn sweep_outbox(
    table: Table,
    bus: Arc<dyn EventBus>,
    now: Timestamp,
    time: Duration,
) -> Result<(), Failure> {
    let relay = Relay::new(table.clone(), bus);
    let sweeper = Sweeper::new(table, relay, MIN_AGE);
    match tokio::time::timeout(time, sweeper.sweep(now)).await {
        Ok(swept) => {
            // Said here: what else the sweeper does may fail, too, and an invocation
            // tells one failure.
            let swept = swept.inspect_err(|error| {
                tracing::error!(%error, "the outbox cannot be swept");
            })?;
            if swept.is_bus_away {
                tracing::error!("the bus takes nothing: events wait in the outbox");
            }
            Ok(())
        }
        Err(_) => {
            tracing::error!("the outbox is larger than one sweep");
            Ok(())
        }
    }
}
