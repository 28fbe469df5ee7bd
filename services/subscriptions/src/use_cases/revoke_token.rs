//! A token is to sign nobody in any more.

use uuid::Uuid;

use crate::{
    app::AppState,
    store::{Decision, StoreError, api_tokens::RevokedApiToken, until_settled},
};

/// Revokes a token of that user; tells whether there was one. Whose token it
/// is not finds none.
///
/// # Errors
/// See [`StoreError`].
pub(crate) async fn revoke_token(
    app: &AppState,
    user_id: Uuid,
    token_id: Uuid,
) -> Result<bool, StoreError> {
    until_settled(|| attempt(app, user_id, token_id)).await
}

async fn attempt(app: &AppState, user_id: Uuid, token_id: Uuid) -> Result<bool, StoreError> {
    let token = app.store.api_token(token_id).await?;
    let Some(token) = token.filter(|token| token.user_id == user_id) else {
        return Ok(false);
    };
    let count = app.store.api_token_count(user_id).await?;
    let decision = Decision::new().write(RevokedApiToken {
        token,
        count: count.with_one_fewer(),
    });
    app.store.commit(decision).await?;
    tracing::info!(%user_id, %token_id, "a token was revoked");
    Ok(true)
}
