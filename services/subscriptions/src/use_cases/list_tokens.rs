//! The tokens of a user.

use uuid::Uuid;

use crate::{app::AppState, domain::api_token::ApiToken, store::StoreError};

/// All tokens of that user, the newest first.
pub(crate) async fn list_tokens(
    app: &AppState,
    user_id: Uuid,
) -> Result<Vec<ApiToken>, StoreError> {
    Ok(app.store.api_tokens(user_id).await?)
}
