//! Who is it? A username and a password, against those that are stored.

use std::net::IpAddr;

use secrecy::{ExposeSecret, SecretString};

use super::fault::Fault;
use crate::{
    app::AppState,
    domain::{
        login_throttle::Counted,
        user::{User, Username},
    },
    store::{
        Decision, StoreError,
        logins::{BeginWindow, CountAttempt, ForgetAttempts, TakeBack},
        until_settled,
    },
};

/// What somebody says who they are.
#[derive(Debug)]
pub(crate) struct Credentials {
    /// As it was typed.
    pub(crate) username: String,
    /// As it was typed.
    pub(crate) password: SecretString,
    /// Where it comes from, if the host knows.
    pub(crate) origin: Option<IpAddr>,
}

/// The active user whose credentials these are. No user, a disabled one, a
/// wrong password and one attempt too many are all the same answer after the
/// same work.
pub(crate) async fn authenticate(
    app: &AppState,
    credentials: Credentials,
) -> Result<Option<User>, Fault> {
    let username = Username::parse(&credentials.username).ok();
    let account = username.as_ref().map(Counted::account);
    let origin = credentials
        .origin
        .map(|address| Counted::origin(address, app.secrets.address_key.expose_secret()));

    let counted: Vec<&Counted> = account.iter().chain(&origin).collect();
    let admitted = until_settled(|| count_attempt(app, &counted)).await?;
    let user = match &username {
        Some(username) => app.store.user(username).await?,
        None => None,
    };
    let user = user.filter(|user| user.is_active() && admitted);

    let hash = user.as_ref().map(|user| user.password_hash.clone());
    if !app.passwords.verify(credentials.password, hash).await? {
        tracing::info!(throttled = !admitted, "an attempt to sign in failed");
        return Ok(None);
    }
    take_back(app, account, origin).await?;
    Ok(user)
}

/// Counts an attempt before its password is looked at. False if there were too
/// many; it is not counted then.
async fn count_attempt(app: &AppState, counted: &[&Counted]) -> Result<bool, StoreError> {
    let now = app.clock.now();
    let mut decision = Decision::new();
    for &counted in counted {
        let window = app.store.attempts(counted).await?;
        match window.filter(|window| !window.is_over(now)) {
            Some(window) if window.attempts >= counted.limit() => return Ok(false),
            Some(_) => decision = decision.write(CountAttempt(counted.clone())),
            None => {
                let counted = counted.clone();
                decision = decision.write(BeginWindow { counted, now });
            }
        }
    }
    app.store.commit(decision).await?;
    Ok(true)
}

/// The password was right: the account's failures are forgotten. Those of the
/// origin are not, as other accounts may be meant by them; only this attempt
/// is taken back.
async fn take_back(
    app: &AppState,
    account: Option<Counted>,
    origin: Option<Counted>,
) -> Result<(), StoreError> {
    if let Some(account) = account {
        let decision = Decision::new().write(ForgetAttempts(account));
        app.store.commit(decision).await?;
    }
    if let Some(origin) = origin {
        let decision = Decision::new().write(TakeBack(origin));
        match app.store.commit(decision).await {
            // The window is over and deleted: nothing is left to take back.
            Err(error) if error.is_condition_failed() => {}
            outcome => outcome?,
        }
    }
    Ok(())
}
