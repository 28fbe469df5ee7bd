//! Middleware: no request takes for ever.

use std::time::Duration;

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::Problem;

/// The most time for a request, its body included. Under API Gateway's 30
/// seconds, so that the client gets our answer.
const LIMIT: Duration = Duration::from_secs(20);

/// Answers 503 after [`LIMIT`]. What was being committed may be committed.
pub(crate) async fn time_limit(request: Request, next: Next) -> Response {
    match tokio::time::timeout(LIMIT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::error!("a request took too long");
            Problem::unavailable().into_response()
        }
    }
}
