//! Lambda's runtime API, at which one function asks for its invocations.
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::Value;
use tokio::sync::{
    Mutex,
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

use crate::cloud::{Cloud, Deed};

/// Longer than any test: 3000-01-01.
const DEADLINE: &str = "32503680000000";

/// The runtime API of one function.
pub(crate) struct RuntimeApi {
    pub(crate) address: SocketAddr,
    invocations: UnboundedSender<Value>,
}

#[derive(Clone)]
struct Waiting {
    cloud: Cloud,
    invocations: Arc<Mutex<UnboundedReceiver<Value>>>,
}

impl RuntimeApi {
    /// Serves; what the function answers is noted in `cloud`.
    pub(crate) async fn start(cloud: &Cloud) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (invocations, waiting) = unbounded_channel();
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/{outcome}", post(ended))
            .with_state(Waiting {
                cloud: cloud.clone(),
                invocations: Arc::new(Mutex::new(waiting)),
            });
        tokio::spawn(async { axum::serve(listener, router).await.expect("it serves") });
        Self {
            address,
            invocations,
        }
    }

    /// Hands an invocation with this event to the function.
    pub(crate) fn invoke(&self, event: Value) {
        self.invocations.send(event).expect("it serves");
    }
}

async fn next(State(waiting): State<Waiting>) -> Response {
    let event = waiting.invocations.lock().await.recv().await;
    let event = event.expect("as long as the test");
    let headers = [
        ("lambda-runtime-aws-request-id", "1"),
        ("lambda-runtime-deadline-ms", DEADLINE),
        ("lambda-runtime-invoked-function-arn", "arn:function"),
    ];
    (headers, event.to_string()).into_response()
}

async fn ended(
    State(waiting): State<Waiting>,
    Path((_, outcome)): Path<(String, String)>,
    body: String,
) -> StatusCode {
    let body = serde_json::from_str(&body).expect("JSON");
    waiting.cloud.note(match outcome.as_str() {
        "response" => Deed::Answered(body),
        _ => Deed::Failed(body),
    });
    StatusCode::ACCEPTED
}
