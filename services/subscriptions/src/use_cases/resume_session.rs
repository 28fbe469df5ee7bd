//! A browser comes back with its session.

use crate::{
    app::AppState,
    domain::{
        session::{SessionId, SessionToken},
        user::User,
    },
    store::{
        Decision, StoreError,
        sessions::{EndSession, TouchSession},
    },
};

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    /// Who.
    pub(crate) user: User,
    /// By which session.
    pub(crate) session: SessionId,
}

/// Whose session it is; none if it is over or never was.
pub(crate) async fn resume_session(
    app: &AppState,
    token: &SessionToken,
) -> Result<Option<SignedIn>, StoreError> {
    let id = token.id();
    let Some(session) = app.store.session(&id).await? else {
        return Ok(None);
    };
    let now = app.clock.now();
    let user = app.store.user(&session.username).await?;
    let Some(user) = user.filter(|user| !session.is_over(user, now)) else {
        let decision = Decision::new().write(EndSession(id));
        app.store.commit(decision).await?;
        return Ok(None);
    };
    if let Some(touched) = session.touched(now) {
        let decision = Decision::new().write(TouchSession(id.clone(), touched));
        match app.store.commit(decision).await {
            // It has ended in this very moment.
            Err(error) if error.is_condition_failed() => return Ok(None),
            outcome => outcome?,
        }
    }
    Ok(Some(SignedIn { user, session: id }))
}
