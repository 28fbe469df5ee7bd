//! One more user.

use super::fault::Fault;
use crate::{
    app::AppState,
    domain::{
        password::{NewPassword, ONE_TIME_LENGTH, SALT_BYTES},
        user::{User, Username},
    },
    store::{Decision, StoreError, until_settled, users::SaveUser},
};

/// What came of it.
#[derive(Debug)]
pub(crate) enum UserAddition {
    /// Added. The password is good for choosing another one, and is nowhere
    /// else: whoever sees this shows it once.
    Added {
        /// The new user.
        user: Box<User>,
        /// Their one-time password.
        one_time_password: NewPassword,
    },
    /// There is, or was, a user of that name.
    Taken,
}

/// Adds a user with a one-time password.
pub(crate) async fn add_user(app: &AppState, username: Username) -> Result<UserAddition, Fault> {
    let password = random_password(app);
    let mut salt = [0; SALT_BYTES];
    app.randomness.fill(&mut salt);
    let hash = app.passwords.hash(password.secret().clone(), salt).await?;
    let user = User::new(app.randomness.uuid(), username, hash, true, app.clock.now());

    if !until_settled(|| store(app, &user)).await? {
        return Ok(UserAddition::Taken);
    }
    tracing::info!(user_id = %user.id, "a user was added");
    Ok(UserAddition::Added {
        user: Box::new(user),
        one_time_password: password,
    })
}

/// A password that nobody chose.
pub(super) fn random_password(app: &AppState) -> NewPassword {
    let mut random = [0; ONE_TIME_LENGTH];
    app.randomness.fill(&mut random);
    NewPassword::one_time(random)
}

/// Whether the user could be stored: not if the name is taken.
async fn store(app: &AppState, user: &User) -> Result<bool, StoreError> {
    if app.store.user(&user.username).await?.is_some() {
        return Ok(false);
    }
    // The roster counts them once they have chosen a password.
    let decision = Decision::new().write(SaveUser(user.clone()));
    app.store.commit(decision).await?;
    Ok(true)
}
