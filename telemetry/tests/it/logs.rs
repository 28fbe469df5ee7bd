//! The log's lines.

use serde_json::Value;
use telemetry::{Settings, Telemetry, TelemetryError, consumer_span, server_span, traceparent_of};
use tracing::dispatcher::with_default;

use crate::captured_log::CapturedLog;

#[test]
fn a_line_names_the_service_and_the_span_it_belongs_to() {
    let log = CapturedLog::default();
    let telemetry = log.telemetry("subscriptions", &Settings::default());
    let traceparent = with_default(&telemetry.dispatch(), || {
        let span = server_span("GET", "/", None);
        span.in_scope(|| tracing::info!(issue_id = 7, done = true, "an issue\nwent out"));
        traceparent_of(&span).unwrap()
    });

    let lines = log.lines();
    assert_eq!(lines.len(), 1);
    let line = &lines[0];
    let ids: Vec<_> = traceparent.split('-').collect();
    assert_eq!(line["trace_id"], ids[1]);
    assert_eq!(line["span_id"], ids[2]);
    assert_eq!(line["service"], "subscriptions");
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["target"], module_path!());
    assert_eq!(line["message"], "an issue\nwent out");
    assert_eq!(
        line["fields"],
        serde_json::json!({"issue_id": 7, "done": true})
    );
    let timestamp: jiff::Timestamp = line["timestamp"].as_str().unwrap().parse().unwrap();
    assert!(timestamp <= jiff::Timestamp::now());
}

#[test]
fn a_line_outside_any_span_has_no_ids() {
    let log = CapturedLog::default();
    let telemetry = log.telemetry("delivery", &Settings::default());
    with_default(&telemetry.dispatch(), || tracing::warn!("alone"));
    let line = log.lines().remove(0);
    assert_eq!(line["message"], "alone");
    assert_eq!(line.get("trace_id"), None);
    assert_eq!(line.get("span_id"), None);
}

#[test]
fn less_log_does_not_tear_a_trace_apart() {
    let log = CapturedLog::default();
    let settings = Settings {
        log_filter: "error".to_owned(),
        ..Settings::default()
    };
    let telemetry = log.telemetry("delivery", &settings);
    with_default(&telemetry.dispatch(), || {
        let span = consumer_span("event", "id", None);
        assert!(traceparent_of(&span).is_some());
        span.in_scope(|| {
            tracing::info!("left out");
            tracing::error!("kept");
        });
    });
    let lines = log.lines();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["message"], "kept");
    assert!(lines[0]["span_id"].is_string());
}

#[test]
fn a_crate_that_writes_out_what_it_carries_is_not_logged_even_if_asked_for() {
    let log = CapturedLog::default();
    let settings = Settings {
        log_filter: "trace,hyper=trace".to_owned(),
        ..Settings::default()
    };
    let telemetry = log.telemetry("delivery", &settings);
    with_default(&telemetry.dispatch(), || {
        tracing::debug!(target: "hyper::proto", body = "somebody@example.com");
        tracing::warn!(target: "hyper::proto", "connection lost");
        tracing::debug!("ours");
    });
    let messages: Vec<Value> = log.lines().iter().map(|it| it["message"].clone()).collect();
    assert_eq!(messages, ["connection lost", "ours"]);
}

#[test]
fn a_log_filter_that_cannot_be_read_is_an_error_that_names_its_variable() {
    let settings = Settings {
        log_filter: "subscriptions=loud".to_owned(),
        ..Settings::default()
    };
    let error = Telemetry::with(&settings, "delivery", std::io::sink).unwrap_err();
    assert!(matches!(
        &error,
        TelemetryError::Variable {
            name: "RUST_LOG",
            ..
        }
    ));
    assert!(error.to_string().starts_with("RUST_LOG: "), "{error}");
}
