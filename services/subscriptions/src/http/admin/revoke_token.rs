//! `POST /admin/tokens/{id}/revoke`

use axum::{Extension, extract::State, response::Response};

use super::id::Id;
use crate::{
    http::{Problem, Shared, flash::Flash},
    use_cases::{resume_session::SignedIn, revoke_token::revoke_token},
};

/// Revokes one of one's own tokens.
pub(super) async fn revoke(
    State(app): State<Shared>,
    Extension(signed_in): Extension<SignedIn>,
    Id(id): Id,
) -> Result<Response, Problem> {
    if revoke_token(&app, signed_in.user.id, id).await? {
        Ok(Flash::TokenRevoked.redirect(&app, "/admin/tokens"))
    } else {
        Err(Problem::not_found())
    }
}
