//! Middleware: a SERVER span for every request.

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;

/// The W3C Trace Context header.
const TRACEPARENT: &str = "traceparent";

/// Runs the request in a span that is named by its method and route, and that
/// goes on with the client's trace. Neither path nor query go in: both can
/// hold tokens.
pub(crate) async fn trace(request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("", MatchedPath::as_str);
    let traceparent = request
        .headers()
        .get(TRACEPARENT)
        .and_then(|value| value.to_str().ok());
    let span = telemetry::server_span(request.method().as_str(), route, traceparent);
    let response = next.run(request).instrument(span.clone()).await;
    telemetry::record_status(&span, response.status().as_u16());
    response
}
