//! What arrives at an OTLP receiver.

use std::time::{SystemTime, UNIX_EPOCH};

use opentelemetry_proto::tonic::trace::v1::{span::SpanKind, status::StatusCode};
use telemetry::{
    Settings, Telemetry, consumer_span, current_traceparent, producer_span, record_status,
    server_span, traceparent_of,
};
use tracing::{Instrument, instrument::WithSubscriber};

use crate::{captured_log::CapturedLog, receiver::Receiver};

const EVENT: &str = "pennypost.subscriber.registered.v1";
const EVENT_ID: &str = "0198c6a5-5f0a-4d7e-8e4c-2f6f3d1f9a01";

/// Blocks on what blocks, off the runtime's threads.
async fn shut_down(telemetry: Telemetry) {
    tokio::task::spawn_blocking(move || telemetry.shutdown())
        .await
        .unwrap();
}

async fn answer_a_request() -> String {
    let span = server_span("POST", "/subscriptions", None);
    let stored = async { current_traceparent().unwrap() }
        .instrument(span.clone())
        .await;
    record_status(&span, 200);
    stored
}

async fn relay(stored: &str) -> String {
    let span = producer_span(EVENT, EVENT_ID, Some(stored));
    async { current_traceparent().unwrap() }
        .instrument(span)
        .await
}

async fn handle(sent: &str) {
    let span = consumer_span(EVENT, EVENT_ID, Some(sent));
    async { tracing::info!("handled") }.instrument(span).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_runs_through_both_services_of_a_process() {
    let receiver = Receiver::start().await;
    let log = CapturedLog::default();
    let subscriptions = log.telemetry("subscriptions", &receiver.settings());
    let delivery = log.telemetry("delivery", &receiver.settings());

    let stored = answer_a_request()
        .with_subscriber(subscriptions.dispatch())
        .await;
    let sent = relay(&stored)
        .with_subscriber(subscriptions.dispatch())
        .await;
    handle(&sent).with_subscriber(delivery.dispatch()).await;
    shut_down(subscriptions).await;
    shut_down(delivery).await;

    let request = receiver.take("POST /subscriptions");
    let send = receiver.take(&format!("send {EVENT}"));
    let process = receiver.take(&format!("process {EVENT}"));
    assert_eq!(
        [request.service(), send.service(), process.service()],
        ["subscriptions", "subscriptions", "delivery"]
    );
    assert_eq!(
        [&request, &send, &process].map(|it| it.span.kind()),
        [SpanKind::Server, SpanKind::Producer, SpanKind::Consumer]
    );
    assert_eq!(send.span.trace_id, request.span.trace_id);
    assert_eq!(process.span.trace_id, request.span.trace_id);
    assert!(request.span.parent_span_id.is_empty());
    assert_eq!(send.span.parent_span_id, request.span.span_id);
    assert_eq!(process.span.parent_span_id, send.span.span_id);
    assert_eq!(request.attribute("http.route").unwrap(), "/subscriptions");
    assert_eq!(request.attribute("http.request.method").unwrap(), "POST");
    assert_eq!(
        request.attribute("http.response.status_code").unwrap(),
        "200"
    );
    assert_eq!(process.attribute("messaging.message.id").unwrap(), EVENT_ID);
    assert_eq!(receiver.count(), 0, "nothing else is exported");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_id_begins_with_the_time_as_xray_wants_it() {
    let receiver = Receiver::start().await;
    let telemetry = CapturedLog::default().telemetry("subscriptions", &receiver.settings());
    answer_a_request()
        .with_subscriber(telemetry.dispatch())
        .await;
    shut_down(telemetry).await;

    let id = receiver.take("POST /subscriptions").span.trace_id;
    let seconds = u32::from_be_bytes(id[..4].try_into().unwrap());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    assert!(now.as_secs().abs_diff(seconds.into()) < 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_error_marks_the_span_and_a_client_error_does_not() {
    let receiver = Receiver::start().await;
    let telemetry = CapturedLog::default().telemetry("subscriptions", &receiver.settings());
    tracing::dispatcher::with_default(&telemetry.dispatch(), || {
        record_status(&server_span("GET", "/broken", None), 503);
        record_status(&server_span("BREW", "/teapot", None), 401);
        record_status(&server_span("GET", "", None), 404);
    });
    shut_down(telemetry).await;

    let broken = receiver.take("GET /broken");
    let status = broken.span.status.clone().unwrap_or_default();
    assert_eq!(status.code(), StatusCode::Error);
    assert_eq!(broken.attribute("error.type").unwrap(), "503");
    let refused = receiver.take("HTTP /teapot");
    let status = refused.span.status.clone().unwrap_or_default();
    assert_eq!(status.code(), StatusCode::Unset);
    assert_eq!(refused.attribute("http.request.method").unwrap(), "_OTHER");
    assert_eq!(receiver.take("GET").attribute("http.route"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_trace_data_starts_a_new_trace() {
    let telemetry = CapturedLog::default().telemetry("delivery", &Settings::default());
    tracing::dispatcher::with_default(&telemetry.dispatch(), || {
        let span = consumer_span(EVENT, EVENT_ID, Some("00-garbage"));
        assert!(traceparent_of(&span).is_some());
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_and_resource_attributes_reach_the_receiver() {
    let receiver = Receiver::start().await;
    let mut settings = receiver.settings();
    let secret = ("authorization".to_owned(), "Bearer secret".into());
    settings.export.as_mut().unwrap().headers = vec![secret];
    settings.resource_attributes = vec![
        ("deployment.environment.name".to_owned(), "test".to_owned()),
        ("service.name".to_owned(), "another".to_owned()),
    ];
    assert!(!format!("{settings:?}").contains("secret"));
    let telemetry = CapturedLog::default().telemetry("delivery", &settings);
    handle("").with_subscriber(telemetry.dispatch()).await;
    shut_down(telemetry).await;

    let span = receiver.take(&format!("process {EVENT}"));
    assert_eq!(span.authorization.as_deref(), Some("Bearer secret"));
    assert_eq!(span.resource["deployment.environment.name"], "test");
    assert_eq!(span.service(), "delivery");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flush_exports_and_the_export_goes_on() {
    let receiver = Receiver::start().await;
    let telemetry = CapturedLog::default().telemetry("delivery", &receiver.settings());
    for _ in 0..2 {
        handle("").with_subscriber(telemetry.dispatch()).await;
        tokio::task::block_in_place(|| telemetry.flush());
        receiver.take(&format!("process {EVENT}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_endpoint_spans_have_ids_and_go_nowhere() {
    let telemetry = CapturedLog::default().telemetry("subscriptions", &Settings::default());
    let stored = answer_a_request()
        .with_subscriber(telemetry.dispatch())
        .await;
    assert!(
        stored.starts_with("00-") && stored.ends_with("-01"),
        "{stored}"
    );
    shut_down(telemetry).await;
}
