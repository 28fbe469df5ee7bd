//! A one-time password that got lost before it was used.

use uuid::Uuid;

use super::{add_user::random_password, fault::Fault};
use crate::{
    app::AppState,
    domain::{
        password::{NewPassword, PasswordHash, SALT_BYTES},
        user::User,
    },
    store::{Decision, StoreError, until_settled, users::SaveUser},
};

/// What came of it.
#[derive(Debug)]
pub(crate) enum Invitation {
    /// The old one-time password is no good any more; this one is, once.
    Renewed {
        /// Whose it is.
        user: Box<User>,
        /// The new one-time password; whoever sees this shows it once.
        one_time_password: NewPassword,
    },
    /// The user has chosen a password, or is disabled.
    NotInvited,
    /// There is no such user.
    Unknown,
}

/// Gives a user who has not chosen a password yet another one-time password.
pub(crate) async fn invite_again(app: &AppState, id: Uuid) -> Result<Invitation, Fault> {
    let password = random_password(app);
    let mut salt = [0; SALT_BYTES];
    app.randomness.fill(&mut salt);
    let hash = app.passwords.hash(password.secret().clone(), salt).await?;

    let invited = match until_settled(|| attempt(app, id, &hash)).await? {
        Attempt::Saved(user) => user,
        Attempt::NotInvited => return Ok(Invitation::NotInvited),
        Attempt::Unknown => return Ok(Invitation::Unknown),
    };
    tracing::info!(user_id = %id, "a one-time password was renewed");
    Ok(Invitation::Renewed {
        user: invited,
        one_time_password: password,
    })
}

enum Attempt {
    Saved(Box<User>),
    NotInvited,
    Unknown,
}

async fn attempt(app: &AppState, id: Uuid, hash: &PasswordHash) -> Result<Attempt, StoreError> {
    let Some(user) = app.store.user_by_id(id).await? else {
        return Ok(Attempt::Unknown);
    };
    let Some(invited) = user.invited_again(hash.clone()) else {
        return Ok(Attempt::NotInvited);
    };
    let decision = Decision::new().write(SaveUser(invited.clone()));
    app.store.commit(decision).await?;
    Ok(Attempt::Saved(Box::new(invited)))
}
