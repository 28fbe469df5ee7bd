//! A program gets a token to sign in with.

use secrecy::SecretString;
use uuid::Uuid;

use super::{
    authenticate::{Credentials, authenticate},
    fault::Fault,
};
use crate::{
    app::AppState,
    domain::{
        api_token::{ApiToken, TokenName},
        user::User,
    },
    store::{Decision, StoreError, api_tokens::NewApiToken, until_settled},
};

/// A token, to be shown once: the store has no more than its hash.
#[derive(Debug)]
pub(crate) struct NewToken {
    /// Names the token for good; no secret.
    pub(crate) id: Uuid,
    /// What the program presents.
    pub(crate) token: SecretString,
}

/// What came of it.
#[derive(Debug)]
pub(crate) enum TokenIssue {
    /// Here it is.
    Issued(NewToken),
    /// The user has to choose a password first.
    OneTimePassword,
    /// The user has [`MAX_TOKENS`](crate::domain::api_token::MAX_TOKENS).
    TooMany,
}

/// Issues a token to whom these credentials are of; none if they are not good.
/// Wrong ones are counted as those at the log-in are.
///
/// # Errors
/// See [`Fault`].
pub(crate) async fn issue_token(
    app: &AppState,
    credentials: Credentials,
    name: TokenName,
) -> Result<Option<TokenIssue>, Fault> {
    match authenticate(app, credentials).await? {
        Some(user) => Ok(Some(issue_token_for(app, &user, name).await?)),
        None => Ok(None),
    }
}

/// Issues a token to `user`, who is signed in. It is good until it is revoked
/// or the user is disabled; a change of the password does not end it, as
/// programs do not know the password.
///
/// # Errors
/// See [`StoreError`].
pub(crate) async fn issue_token_for(
    app: &AppState,
    user: &User,
    name: TokenName,
) -> Result<TokenIssue, StoreError> {
    if user.must_change_password {
        return Ok(TokenIssue::OneTimePassword);
    }
    let (id, secret) = (app.randomness.uuid(), app.randomness.secret());
    let (token, text) = ApiToken::issue(id, user, name, secret, app.clock.now());
    if !until_settled(|| store(app, &token)).await? {
        return Ok(TokenIssue::TooMany);
    }
    tracing::info!(user_id = %user.id, token_id = %id, "a token was issued");
    Ok(TokenIssue::Issued(NewToken { id, token: text }))
}

/// Whether the token could be stored: not if its user has too many.
async fn store(app: &AppState, token: &ApiToken) -> Result<bool, StoreError> {
    let count = app.store.api_token_count(token.user_id).await?;
    let Some(count) = count.with_one_more() else {
        return Ok(false);
    };
    let decision = Decision::new().write(NewApiToken {
        token: token.clone(),
        count,
    });
    app.store.commit(decision).await?;
    Ok(true)
}
