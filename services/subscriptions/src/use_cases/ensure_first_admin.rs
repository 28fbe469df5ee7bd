//! The first start.

use secrecy::SecretString;

use super::{add_user::random_password, fault::Fault};
use crate::{
    app::{App, AppState},
    domain::{
        password::{InvalidPassword, NewPassword, SALT_BYTES},
        user::{Roster, User, Username},
    },
    store::{
        Decision,
        users::{SaveRoster, SaveUser},
    },
};

/// The first user's name.
const USERNAME: &str = "admin";

/// There is no first user.
#[derive(Debug, thiserror::Error)]
pub enum FirstAdminError {
    /// The password that was given cannot be taken.
    #[error("{0}")]
    Password(String),
    /// Something is wrong here, or with the store.
    #[error("the first user was not made: {0}")]
    Fault(String),
}

impl From<InvalidPassword> for FirstAdminError {
    fn from(error: InvalidPassword) -> Self {
        Self::Password(error.to_string())
    }
}

impl<E: Into<Fault>> From<E> for FirstAdminError {
    fn from(error: E) -> Self {
        Self::Fault(error.into().to_string())
    }
}

impl App {
    /// Whether there ever was a user: if so,
    /// [`ensure_first_admin`](Self::ensure_first_admin) makes none.
    ///
    /// # Errors
    /// [`FirstAdminError::Fault`] if the store does not answer.
    pub async fn has_users(&self) -> Result<bool, FirstAdminError> {
        Ok(self.state.store.roster().await?.is_some())
    }

    /// Makes the user `admin` if there never was a user. Given no password it
    /// makes a random one and returns it: nobody but the caller has it, who
    /// shows it once. A password that is given counts only then, and only then
    /// is it looked at.
    ///
    /// # Errors
    /// [`FirstAdminError`] if the given password is no 12 to 128 characters
    /// long, or the store does not answer.
    pub async fn ensure_first_admin(
        &self,
        password: Option<SecretString>,
    ) -> Result<Option<SecretString>, FirstAdminError> {
        ensure_first_admin(&self.state, password).await
    }
}

async fn ensure_first_admin(
    app: &AppState,
    given: Option<SecretString>,
) -> Result<Option<SecretString>, FirstAdminError> {
    if app.store.roster().await?.is_some() {
        return Ok(None);
    }
    let is_given = given.is_some();
    let password = match given {
        Some(given) => NewPassword::parse(given)?,
        None => random_password(app),
    };
    let mut salt = [0; SALT_BYTES];
    app.randomness.fill(&mut salt);
    let hash = app.passwords.hash(password.secret().clone(), salt).await?;
    let username =
        Username::parse(USERNAME).map_err(|error| FirstAdminError::Fault(error.to_string()))?;
    let user = User::new(
        app.randomness.uuid(),
        username,
        hash,
        false,
        app.clock.now(),
    );

    let decision = Decision::new()
        .write(SaveUser(user))
        .write(SaveRoster(Roster::FIRST));
    match app.store.commit(decision).await {
        Ok(()) => Ok((!is_given).then(|| password.secret().clone())),
        // Another process was first.
        Err(error) if error.is_condition_failed() => Ok(None),
        Err(error) => Err(error.into()),
    }
}
