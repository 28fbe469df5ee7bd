//! The spans that every service draws alike, named by OpenTelemetry's semantic
//! conventions (1.37): <https://opentelemetry.io/docs/specs/semconv/>.

use std::fmt::Display;

use tracing::{Span, field::Empty, info_span};

use crate::propagation::set_parent;

/// The `messaging.system` of the bus; semconv has no name for it yet.
const MESSAGING_SYSTEM: &str = "aws_eventbridge";

/// The methods of RFC 9110 and RFC 5789; any other is counted as `_OTHER`, so
/// that a client cannot make up span names.
const HTTP_METHODS: [&str; 9] = [
    "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE",
];

/// The first status code that is the server's own fault.
const FIRST_SERVER_ERROR: u16 = 500;

/// A request being answered: kind SERVER, named `POST /subscriptions`. `route`
/// is the pattern that matched, never the path; empty if none did.
/// `traceparent` is the request's header of that name.
pub fn server_span(method: &str, route: &str, traceparent: Option<&str>) -> Span {
    let known = HTTP_METHODS.contains(&method);
    let verb = if known { method } else { "HTTP" };
    let name = if route.is_empty() {
        verb.to_owned()
    } else {
        format!("{verb} {route}")
    };
    let span = info_span!(
        "request",
        otel.name = name,
        otel.kind = "server",
        otel.status_code = Empty,
        error.type = Empty,
        http.request.method = if known { method } else { "_OTHER" },
        http.route = Empty,
        http.response.status_code = Empty,
        http.request.id = Empty,
    );
    if !route.is_empty() {
        span.record("http.route", route);
    }
    set_parent(&span, traceparent);
    span
}

/// Records by which id people find the request of a [`server_span`]; the client
/// may have chosen it, so it MUST be short and of harmless characters.
pub fn record_request_id(span: &Span, id: &str) {
    span.record("http.request.id", id);
}

/// Records how a [`server_span`] was answered; 500 and above is an error.
pub fn record_status(span: &Span, status: u16) {
    span.record("http.response.status_code", status);
    if status >= FIRST_SERVER_ERROR {
        record_error(span, &status.to_string());
    }
}

/// Marks a span of this module as failed. `kind` is a word of few values (a
/// status code, an error's variant) and holds nothing personal.
pub fn record_error(span: &Span, kind: &str) {
    span.record("otel.status_code", "ERROR");
    span.record("error.type", kind);
}

/// An event being sent to the bus: kind PRODUCER, named `send {event_type}`.
/// `traceparent` is the one stored with the event when it happened.
pub fn producer_span(event_type: &str, event_id: impl Display, traceparent: Option<&str>) -> Span {
    messaging_span("send", "producer", event_type, &event_id, traceparent)
}

/// An event being handled: kind CONSUMER, named `process {event_type}`.
/// `traceparent` is the event's.
pub fn consumer_span(event_type: &str, event_id: impl Display, traceparent: Option<&str>) -> Span {
    messaging_span("process", "consumer", event_type, &event_id, traceparent)
}

fn messaging_span(
    operation: &'static str,
    kind: &'static str,
    event_type: &str,
    event_id: &dyn Display,
    traceparent: Option<&str>,
) -> Span {
    let span = info_span!(
        "message",
        otel.name = format!("{operation} {event_type}"),
        otel.kind = kind,
        otel.status_code = Empty,
        error.type = Empty,
        messaging.system = MESSAGING_SYSTEM,
        messaging.operation.type = operation,
        messaging.operation.name = operation,
        messaging.destination.name = event_type,
        messaging.message.id = %event_id,
        cloudevents.event_id = %event_id,
        cloudevents.event_type = event_type,
    );
    set_parent(&span, traceparent);
    span
}
