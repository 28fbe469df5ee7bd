//! What the program calls: DynamoDB, EventBridge, Secrets Manager, a receiver of
//! spans; and Lambda's runtime API, which hands it invocations.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use engine::Engine;
use serde_json::{Value, json};
use tokio::sync::Notify;

/// The table of the function under test.
pub(crate) const TABLE: &str = "subscriptions";
/// The first admin's password.
pub(crate) const PASSWORD: &str = "made by the deployment";

/// Something that the program did, in its order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Deed {
    /// It put these entries on the bus.
    PutEvents(Value),
    /// It asked for a secret.
    AskedForSecret(String),
    /// It exported spans.
    Exported,
    /// It answered an invocation.
    Answered(Value),
    /// It failed one.
    Failed(Value),
}

/// All of it, on one port of this machine.
#[derive(Clone)]
pub(crate) struct Cloud {
    engine: Engine,
    pub(crate) address: SocketAddr,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    deeds: Mutex<Vec<Deed>>,
    invocations: Mutex<VecDeque<Value>>,
    news: Notify,
}

impl Cloud {
    /// A cloud with an empty table.
    pub(crate) async fn start() -> Self {
        let engine = Engine::in_memory().expect("a store");
        let created = dynamo::create_table(&engine.client(), TABLE).await;
        created.expect("a table");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port");
        let cloud = Self {
            engine,
            address: listener.local_addr().expect("an address"),
            seen: Arc::default(),
        };
        let router = Router::new()
            .route("/", post(service))
            .route("/v1/traces", post(traces))
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/{outcome}", post(ended))
            .with_state(cloud.clone());
        tokio::spawn(async { axum::serve(listener, router).await.expect("it serves") });
        cloud
    }

    /// Hands an invocation with this event to the program.
    pub(crate) fn invoke(&self, event: Value) {
        lock(&self.seen.invocations).push_back(event);
        self.seen.news.notify_waiters();
    }

    /// What the program did so far.
    pub(crate) fn deeds(&self) -> Vec<Deed> {
        lock(&self.seen.deeds).clone()
    }

    /// Every item of the table whose partition key begins with `prefix`, in
    /// DynamoDB's JSON.
    pub(crate) fn items(&self, prefix: &str) -> Vec<Value> {
        let scan = json!({ "TableName": TABLE }).to_string();
        let (status, answer) = self.engine.answer("Scan", &scan);
        assert_eq!(status, 200, "{answer}");
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        let items = answer["Items"].as_array().cloned().unwrap_or_default();
        let is_ours = |item: &Value| item["pk"]["S"].as_str().expect("a key").starts_with(prefix);
        items.into_iter().filter(is_ours).collect()
    }

    fn note(&self, deed: Deed) {
        lock(&self.seen.deeds).push(deed);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// AWS's JSON protocol: the header says which service and operation is meant.
async fn service(State(cloud): State<Cloud>, headers: HeaderMap, body: String) -> Response {
    let target = headers["x-amz-target"].to_str().expect("ASCII").to_owned();
    let (service, operation) = target.split_once('.').expect("a service and an operation");
    match service {
        "DynamoDB_20120810" => {
            let (status, answer) = cloud.engine.answer(operation, &body);
            let status = StatusCode::from_u16(status).expect("a status");
            (status, answer).into_response()
        }
        "AWSEvents" => {
            let request: Value = serde_json::from_str(&body).expect("JSON");
            let entries = request["Entries"].clone();
            let ids = entries.as_array().into_iter().flatten();
            let ids: Vec<_> = ids.map(|_| json!({"EventId": "1"})).collect();
            cloud.note(Deed::PutEvents(entries));
            json!({"FailedEntryCount": 0, "Entries": ids})
                .to_string()
                .into_response()
        }
        "secretsmanager" => {
            let request: Value = serde_json::from_str(&body).expect("JSON");
            let id = request["SecretId"].as_str().expect("an id").to_owned();
            let text = if id.ends_with("admin") {
                PASSWORD
            } else {
                "of the keys"
            };
            cloud.note(Deed::AskedForSecret(id));
            json!({ "SecretString": text }).to_string().into_response()
        }
        other => panic!("nobody said that it calls {other}"),
    }
}

async fn traces(State(cloud): State<Cloud>) {
    cloud.note(Deed::Exported);
}

/// Waits for an invocation, as the runtime API does.
async fn next(State(cloud): State<Cloud>) -> Response {
    loop {
        let news = cloud.seen.news.notified();
        let event = lock(&cloud.seen.invocations).pop_front();
        if let Some(event) = event {
            let headers = [
                ("lambda-runtime-aws-request-id", "1".to_owned()),
                ("lambda-runtime-deadline-ms", "32503680000000".to_owned()),
                (
                    "lambda-runtime-invoked-function-arn",
                    "arn:function".to_owned(),
                ),
            ];
            return (headers, event.to_string()).into_response();
        }
        news.await;
    }
}

async fn ended(
    State(cloud): State<Cloud>,
    Path((_, outcome)): Path<(String, String)>,
    body: String,
) -> StatusCode {
    let body = serde_json::from_str(&body).expect("JSON");
    cloud.note(match outcome.as_str() {
        "response" => Deed::Answered(body),
        _ => Deed::Failed(body),
    });
    StatusCode::ACCEPTED
}
