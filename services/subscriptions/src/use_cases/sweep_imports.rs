//! Imports that nobody works off are taken up again.

use jiff::SignedDuration;

use super::work_off_import::TIME_BUDGET;
use crate::{app::AppState, inbound::imports::ImportMessage, store::StoreError};

/// Whoever works off an import writes it with every chunk. For so long nothing
/// happens to one only if its message is lost, or waits long in its queue; a
/// second message does no harm.
const IDLE: SignedDuration = SignedDuration::from_secs(3 * TIME_BUDGET.as_secs());

/// Queues a message for each running import to which nothing has happened for
/// [`IDLE`]; tells how many.
///
/// # Errors
/// See [`StoreError`]. A message that is not sent is left to the next sweep.
pub(crate) async fn sweep_imports(app: &AppState) -> Result<usize, StoreError> {
    let mut queued = 0;
    for id in app.store.running_imports().await? {
        let Some(import) = app.store.import(id).await? else {
            continue;
        };
        if app.clock.now().duration_since(import.updated_at) < IDLE {
            continue;
        }
        match app
            .import_queue
            .send(ImportMessage::of(&import).body())
            .await
        {
            Ok(()) => {
                queued += 1;
                tracing::warn!(import_id = %id, "an import that nobody worked off goes on");
            }
            Err(error) => {
                tracing::warn!(import_id = %id, %error, "an import waits for the next sweep");
            }
        }
    }
    Ok(queued)
}
