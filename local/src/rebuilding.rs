//! Delivery is told of every subscriber again.

use std::time::Duration;

use outbox::HandleError;
use subscriptions::App;

/// How long a turn may take; there are as many as it takes.
const TURN: Duration = Duration::from_secs(10);

/// Puts every subscriber's present state into the outbox. Dying in between does
/// no harm: it can be begun again.
///
/// # Errors
/// [`HandleError`] if the store does not answer, or something in it is corrupt.
pub(crate) async fn rebuild(app: &App) -> Result<(), HandleError> {
    let mut turn = app.rebuild(None, TURN).await?;
    let mut published = turn.published;
    while turn.cursor.is_some() {
        turn = app.rebuild(turn.cursor, TURN).await?;
        published += turn.published;
    }
    tracing::info!(published, "every subscriber is published again");
    Ok(())
}
