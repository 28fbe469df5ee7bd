//! Who is it? A username and a password, against those that are stored.

use std::net::IpAddr;

use secrecy::{ExposeSecret, SecretString};

use super::{fault::Fault, throttle};
use crate::{
    app::AppState,
    domain::{
        login_throttle::Counted,
        user::{User, Username},
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
    let admitted = throttle::admit(app, &counted).await?;
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
    throttle::take_back(app, account, origin).await?;
    Ok(user)
}
