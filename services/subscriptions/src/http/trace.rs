//! Middleware: a SERVER span for every request.

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use tracing::{Instrument, Span};

use super::request_id::RequestId;

/// The W3C Trace Context header.
const TRACEPARENT: &str = "traceparent";
/// X-Ray's header, which AWS's own front doors add.
const XRAY: &str = "x-amzn-trace-id";

/// Runs the request in a span that is named by its method and route, and that
/// goes on with the client's trace. Neither path nor query go in: both can
/// hold tokens.
pub(crate) async fn trace(request: Request, next: Next) -> Response {
    let span = span_of(&request);
    let response = next.run(request).instrument(span.clone()).await;
    telemetry::record_status(&span, response.status().as_u16());
    response
}

fn span_of(request: &Request) -> Span {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("", MatchedPath::as_str);
    let header = |name| request.headers().get(name)?.to_str().ok();
    let traceparent = header(TRACEPARENT)
        .map(str::to_owned)
        .or_else(|| telemetry::traceparent_from_xray(header(XRAY)?));
    let span = telemetry::server_span(request.method().as_str(), route, traceparent.as_deref());
    if let Some(id) = request.extensions().get::<RequestId>() {
        telemetry::record_request_id(&span, id.as_str());
    }
    span
}
