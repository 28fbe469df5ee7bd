//! Somebody chooses another password.

use secrecy::{ExposeSecret, SecretString};

use super::{fault::Fault, resume_session::SignedIn, throttle};
use crate::{
    app::AppState,
    domain::{
        login_throttle::Counted,
        password::{InvalidPassword, NewPassword, PasswordHash, SALT_BYTES},
        session::{Session, SessionId, SessionToken},
        user::{Roster, User},
    },
    store::{
        Decision, StoreError,
        sessions::{EndSession, OpenSession},
        until_settled,
        users::{SaveRoster, SaveUser},
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

/// Gives the user who is signed in the password `new`. Wrong current ones are
/// counted as those at the log-in are: a session that was left open is not to
/// be guessed the password from.
pub(crate) async fn change_password(
    app: &AppState,
    SignedIn { user, session }: SignedIn,
    current: SecretString,
    new: SecretString,
) -> Result<PasswordChange, Fault> {
    let same = current.expose_secret() == new.expose_secret();
    let account = Counted::account(&user.username);
    let admitted = throttle::admit(app, &[&account]).await?;
    let hash = admitted.then(|| user.password_hash.clone());
    if !app.passwords.verify(current, hash).await? {
        tracing::info!(user_id = %user.id, throttled = !admitted, "a current password was wrong");
        return Ok(PasswordChange::CurrentIncorrect);
    }
    throttle::take_back(app, Some(account), None).await?;
    let new = match NewPassword::parse(new) {
        Ok(_) if same => return Ok(PasswordChange::Same),
        Ok(new) => new,
        Err(invalid) => return Ok(PasswordChange::Invalid(invalid)),
    };
    let mut salt = [0; SALT_BYTES];
    app.randomness.fill(&mut salt);
    let hash = app.passwords.hash(new.secret().clone(), salt).await?;

    let token = SessionToken::new(app.randomness.secret());
    let stored = until_settled(|| store(app, &user, &hash, &session, &token)).await?;
    if !stored {
        return Ok(PasswordChange::SessionOver);
    }
    tracing::info!(user_id = %user.id, "the password was changed");
    Ok(PasswordChange::Changed(token))
}

/// Whether the change could be stored: not if the user was changed or disabled
/// since `user` was loaded.
async fn store(
    app: &AppState,
    user: &User,
    hash: &PasswordHash,
    session: &SessionId,
    token: &SessionToken,
) -> Result<bool, StoreError> {
    let present = app.store.user(&user.username).await?;
    if present.as_ref() != Some(user) {
        return Ok(false);
    }
    let changed = user.with_password(hash.clone());
    let renewed = Session::open(&changed, app.clock.now());
    let mut decision = Decision::new()
        .write(EndSession(session.clone()))
        .write(OpenSession(token.id(), renewed));
    if changed.is_relied_on() && !user.is_relied_on() {
        let roster = app.store.roster().await?;
        let roster = roster.map_or(Roster::FIRST, Roster::with_one_more);
        decision = decision.write(SaveRoster(roster));
    }
    app.store.commit(decision.write(SaveUser(changed))).await?;
    Ok(true)
}
