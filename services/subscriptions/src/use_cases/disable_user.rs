//! A user may no longer sign in.

use uuid::Uuid;

use crate::{
    app::AppState,
    domain::user::CannotDisable,
    store::{
        Decision, StoreError, until_settled,
        users::{SaveRoster, SaveUser},
    },
};

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UserDisabling {
    /// Disabled, as of now or since before.
    Disabled,
    /// Refused: nobody would be left who is known to be able to sign in.
    LastActive,
    /// There is no such user.
    Unknown,
}

/// Disables a user and ends their sessions. Of two users who disable each
/// other at the same moment, one stays.
pub(crate) async fn disable_user(app: &AppState, id: Uuid) -> Result<UserDisabling, StoreError> {
    until_settled(|| attempt(app, id)).await
}

async fn attempt(app: &AppState, id: Uuid) -> Result<UserDisabling, StoreError> {
    let Some(user) = app.store.user_by_id(id).await? else {
        return Ok(UserDisabling::Unknown);
    };
    let Some(roster) = app.store.roster().await? else {
        return Ok(UserDisabling::Unknown);
    };
    let (disabled, left) = match user.disabled(roster, app.clock.now()) {
        Ok(decided) => decided,
        Err(CannotDisable::AlreadyDisabled) => return Ok(UserDisabling::Disabled),
        Err(CannotDisable::LastActive) => return Ok(UserDisabling::LastActive),
    };
    let mut decision = Decision::new().write(SaveUser(disabled));
    if let Some(left) = left {
        decision = decision.write(SaveRoster(left));
    }
    app.store.commit(decision).await?;
    tracing::info!(user_id = %id, "a user was disabled");
    Ok(UserDisabling::Disabled)
}
