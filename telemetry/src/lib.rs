//! Logs and traces of one service: set-up, propagation, and the spans that
//! every service draws alike.
//!
//! Several services can share a process: each has a [`Telemetry`] of its own,
//! whose [`Telemetry::dispatch`] the host puts around that service's futures.
//! Spans always have ids, because `traceparent` is stored in events; they are
//! exported only where an `OTEL_*` variable asks for it ([`Settings`]).
//!
//! # What must never be logged or put into a span
//!
//! * e-mail addresses and names of subscribers;
//! * passwords and their hashes, session ids, API tokens, idempotency keys;
//! * confirmation and unsubscribe tokens, and any URL that holds one: log the
//!   route (`/subscriptions/confirm`), never the path and query;
//! * bodies: of requests, responses, mails, events and queue messages;
//! * texts of errors that can quote such a value (a parser's, a mail server's).
//!
//! Ids (of subscribers, issues, events, imports), counts, outcomes, routes and
//! status codes may be. Dependencies that write out what they carry (HTTP,
//! the AWS SDK, SMTP) are held at `warn`, whatever `RUST_LOG` says.

mod export;
mod filter;
mod json_log;
mod propagation;
mod service;
mod settings;
mod spans;
mod variables;

pub use propagation::{
    add_link, current_traceparent, set_parent, traceparent_from_xray, traceparent_of,
    xray_trace_header,
};
pub use service::{SHUTDOWN_LIMIT, Telemetry};
pub use settings::{Export, Settings, TelemetryError};
pub use spans::{
    consumer_span, producer_span, record_error, record_request_id, record_status, server_span,
};
