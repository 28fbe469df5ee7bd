//! Somebody signs out.

use crate::{
    app::AppState,
    domain::session::SessionId,
    store::{Decision, StoreError, sessions::EndSession},
};

/// Ends the session.
pub(crate) async fn log_out(app: &AppState, session: SessionId) -> Result<(), StoreError> {
    let decision = Decision::new().write(EndSession(session));
    Ok(app.store.commit(decision).await?)
}
