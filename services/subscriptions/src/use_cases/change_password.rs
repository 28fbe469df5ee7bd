//! Somebody chooses another password.

use secrecy::{ExposeSecret, SecretString};

use super::{fault::Fault, resume_session::SignedIn};
use crate::{
    app::AppState,
    domain::{
        password::{InvalidPassword, NewPassword, SALT_BYTES},
        session::{Session, SessionToken},
    },
    store::{
        Decision,
        sessions::{EndSession, OpenSession},
        users::SaveUser,
    },
};

/// What came of it.
#[derive(Debug)]
pub(crate) enum PasswordChange {
    /// It is changed, and every session of the user has ended but the one that
    /// this token opens.
    Changed(SessionToken),
    /// That was not the current password.
    CurrentIncorrect,
    /// The new one cannot be taken.
    Invalid(InvalidPassword),
    /// The new one is the current one.
    Same,
    /// The user was changed or disabled in the same moment.
    SessionOver,
}

/// Gives the user who is signed in the password `new`.
pub(crate) async fn change_password(
    app: &AppState,
    SignedIn { user, session }: SignedIn,
    current: SecretString,
    new: SecretString,
) -> Result<PasswordChange, Fault> {
    let same = current.expose_secret() == new.expose_secret();
    let hash = user.password_hash.clone();
    if !app.passwords.verify(current, Some(hash)).await? {
        return Ok(PasswordChange::CurrentIncorrect);
    }
    let new = match NewPassword::parse(new) {
        Ok(_) if same => return Ok(PasswordChange::Same),
        Ok(new) => new,
        Err(invalid) => return Ok(PasswordChange::Invalid(invalid)),
    };
    let mut salt = [0; SALT_BYTES];
    app.randomness.fill(&mut salt);
    let hash = app.passwords.hash(new.secret().clone(), salt).await?;

    let changed = user.with_password(hash);
    let token = SessionToken::new(app.randomness.secret());
    let renewed = Session::open(&changed, app.clock.now());
    let decision = Decision::new()
        .write(SaveUser(changed))
        .write(EndSession(session))
        .write(OpenSession(token.id(), renewed));
    match app.store.commit(decision).await {
        Ok(()) => {
            tracing::info!(user_id = %user.id, "the password was changed");
            Ok(PasswordChange::Changed(token))
        }
        // Whatever came in between has raised the credentials' version.
        Err(error) if error.is_condition_failed() => Ok(PasswordChange::SessionOver),
        Err(error) => Err(error.into()),
    }
}
