//! `GET /health_check`

use axum::http::StatusCode;

/// The process serves; says nothing about the store.
pub(crate) async fn health_check() -> StatusCode {
    StatusCode::OK
}
