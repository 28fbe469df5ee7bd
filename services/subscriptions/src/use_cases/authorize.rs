//! Who is it? A token, against those that are stored.

use secrecy::SecretString;

use crate::{
    app::AppState,
    domain::{api_token::PresentedToken, user::User},
    store::StoreError,
};

/// The active user whose token that is; none if it is unknown or revoked, or
/// its user is disabled. Nothing is written, so a request costs two reads.
///
/// # Errors
/// See [`StoreError`].
pub(crate) async fn authorize(
    app: &AppState,
    presented: &SecretString,
) -> Result<Option<User>, StoreError> {
    let Some(presented) = PresentedToken::parse(presented) else {
        return Ok(None);
    };
    let token = app.store.api_token(presented.id).await?;
    let Some(token) = token.filter(|token| token.is_presented_by(&presented)) else {
        return Ok(None);
    };
    let user = app.store.user(&token.username).await?;
    Ok(user.filter(|user| user.is_active() && user.id == token.user_id))
}
