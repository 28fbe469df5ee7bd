//! An OTLP receiver that keeps what it gets.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    trace::v1::Span,
};
use prost::Message;
use telemetry::{Export, Settings};
use tokio::net::TcpListener;

/// A span as it arrived, with what its resource says.
pub struct Received {
    pub resource: HashMap<String, String>,
    pub span: Span,
    pub authorization: Option<String>,
}

impl Received {
    pub fn attribute(&self, key: &str) -> Option<String> {
        texts(&self.span.attributes).remove(key)
    }

    pub fn service(&self) -> &str {
        &self.resource["service.name"]
    }
}

#[derive(Clone)]
pub struct Receiver {
    received: Arc<Mutex<Vec<Received>>>,
    endpoint: String,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            received: Arc::default(),
            endpoint: format!("http://{}/v1/traces", listener.local_addr().unwrap()),
        };
        let app = Router::new()
            .route("/v1/traces", post(take))
            .with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        receiver
    }

    pub fn settings(&self) -> Settings {
        exporting_to(&self.endpoint)
    }

    /// The span of that name, of which there must be exactly one.
    pub fn take(&self, name: &str) -> Received {
        let mut received = self.received.lock().unwrap();
        let names: Vec<_> = received.iter().map(|one| one.span.name.clone()).collect();
        let places: Vec<_> = (0..names.len()).filter(|at| names[*at] == name).collect();
        assert_eq!(places.len(), 1, "{name} in {names:?}");
        received.remove(places[0])
    }

    pub fn count(&self) -> usize {
        self.received.lock().unwrap().len()
    }
}

/// Settings that export to `endpoint`.
pub fn exporting_to(endpoint: &str) -> Settings {
    Settings {
        export: Some(Export::to(endpoint.parse().unwrap())),
        ..Settings::default()
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) {
    let authorization = headers
        .get("authorization")
        .map(|value| value.to_str().unwrap().to_owned());
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    let mut received = receiver.received.lock().unwrap();
    for of_resource in request.resource_spans {
        let resource = texts(&of_resource.resource.unwrap().attributes);
        for span in of_resource.scope_spans.into_iter().flat_map(|it| it.spans) {
            received.push(Received {
                resource: resource.clone(),
                span,
                authorization: authorization.clone(),
            });
        }
    }
}

fn texts(attributes: &[KeyValue]) -> HashMap<String, String> {
    let text = |value: &Value| match value {
        Value::StringValue(text) => text.clone(),
        Value::IntValue(number) => number.to_string(),
        other => format!("{other:?}"),
    };
    attributes
        .iter()
        .filter_map(|it| {
            let value = it.value.as_ref()?.value.as_ref()?;
            Some((it.key.clone(), text(value)))
        })
        .collect()
}
