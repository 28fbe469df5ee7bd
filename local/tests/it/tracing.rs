//! What a receiver of traces gets from the built program.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, extract::State, routing::post};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::any_value::Value,
    trace::v1::{Span, span::SpanKind},
};
use prost::Message;
use tokio::net::TcpListener;

use crate::{
    program::{PASSWORD, Program, command},
    reader::{Reader, eventually},
};

/// An OTLP receiver: each span with the name of its service.
#[derive(Clone, Default)]
struct Receiver {
    spans: Arc<Mutex<Vec<(String, Span)>>>,
}

impl Receiver {
    /// Listens; answers at which address.
    async fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let app = Router::new()
            .route("/v1/traces", post(receive))
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        format!("http://{address}")
    }

    /// The spans of the one trace that a span called `name` belongs to.
    fn trace_of(&self, name: &str) -> Option<Vec<(String, Span)>> {
        let spans = self.spans.lock().expect("the lock");
        let (_, one) = spans.iter().find(|(_, span)| span.name == name)?;
        let trace = spans
            .iter()
            .filter(|(_, span)| span.trace_id == one.trace_id);
        Some(trace.cloned().collect())
    }
}

async fn receive(State(receiver): State<Receiver>, body: Bytes) {
    let request = ExportTraceServiceRequest::decode(body).expect("an export");
    for of_resource in request.resource_spans {
        let resource = of_resource.resource.expect("a resource");
        let service = resource.attributes.into_iter().find_map(|attribute| {
            let value = attribute.value?.value?;
            match value {
                Value::StringValue(name) if attribute.key == "service.name" => Some(name),
                _ => None,
            }
        });
        let service = service.expect("a service name");
        let mut kept = receiver.spans.lock().expect("the lock");
        for of_scope in of_resource.scope_spans {
            kept.extend(
                of_scope
                    .spans
                    .into_iter()
                    .map(|span| (service.clone(), span)),
            );
        }
    }
}

#[tokio::test]
async fn one_subscription_is_one_trace_over_both_services_up_to_the_mail() {
    let receiver = Receiver::default();
    let endpoint = receiver.start().await;
    let directory = tempfile::tempdir().expect("a directory");
    let program = Program::start_as(
        command(directory.path())
            .env("PENNYPOST_ADMIN_PASSWORD", PASSWORD)
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)
            .env("OTEL_BSP_SCHEDULE_DELAY", "100"),
    );
    let reader = Reader::new();
    reader.subscribe(&program, "ann@example.com").await;
    reader.mail(&program, "ann@example.com", "Welcome!").await;

    let trace = eventually(|| async {
        let trace = receiver.trace_of("POST /subscriptions")?;
        let complete = trace.iter().any(|(_, span)| span.name == "send mail")
            && trace
                .iter()
                .any(|(_, span)| span.kind() == SpanKind::Consumer);
        complete.then_some(trace)
    })
    .await;

    let found: BTreeSet<_> = trace
        .iter()
        .map(|(service, span)| (service.as_str(), span.kind().as_str_name()))
        .collect();
    for expected in [
        ("subscriptions", "SPAN_KIND_SERVER"),
        ("subscriptions", "SPAN_KIND_PRODUCER"),
        ("delivery", "SPAN_KIND_CONSUMER"),
        ("delivery", "SPAN_KIND_CLIENT"),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
    every_span_but_the_request_has_its_parent_in(&trace);
}

fn every_span_but_the_request_has_its_parent_in(trace: &[(String, Span)]) {
    let ids: HashMap<_, _> = trace
        .iter()
        .map(|(_, span)| (span.span_id.clone(), span.name.clone()))
        .collect();
    for (_, span) in trace {
        if span.kind() == SpanKind::Server {
            assert!(span.parent_span_id.is_empty(), "{}", span.name);
        } else {
            assert!(ids.contains_key(&span.parent_span_id), "{}", span.name);
        }
    }
}

#[tokio::test]
async fn a_receiver_that_hangs_delays_nothing_and_loses_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("its address"));
    let directory = tempfile::tempdir().expect("a directory");
    let program = Program::start_as(
        command(directory.path())
            .env("PENNYPOST_ADMIN_PASSWORD", PASSWORD)
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)
            .env("OTEL_BSP_SCHEDULE_DELAY", "10"),
    );
    let reader = Reader::new();
    for number in 0..20 {
        let address = format!("ann-{number}@example.com");
        reader.subscribe(&program, &address).await;
        reader.mail(&program, &address, "Welcome!").await;
    }
    let (status, _) = program.terminate();
    assert_eq!(status.code(), Some(0));
    drop(listener);
}
