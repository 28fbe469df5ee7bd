//! Somebody signs in with a browser.

use super::{
    authenticate::{Credentials, authenticate},
    fault::Fault,
};
use crate::{
    app::AppState,
    domain::session::{Session, SessionToken},
    store::{
        Decision,
        sessions::{EndSession, OpenSession},
    },
};

/// Opens a session and returns its token; none if the credentials are not
/// good. The token is always a fresh one, and a session that the browser had
/// before ends: so nobody can put a session of theirs into another's browser.
pub(crate) async fn log_in(
    app: &AppState,
    credentials: Credentials,
    before: Option<&SessionToken>,
) -> Result<Option<SessionToken>, Fault> {
    let Some(user) = authenticate(app, credentials).await? else {
        return Ok(None);
    };
    let token = SessionToken::new(app.randomness.secret());
    let session = Session::open(&user, app.clock.now());
    let mut decision = Decision::new().write(OpenSession(token.id(), session));
    if let Some(before) = before {
        decision = decision.write(EndSession(before.id()));
    }
    app.store.commit(decision).await?;
    tracing::info!(user_id = %user.id, "signed in");
    Ok(Some(token))
}
