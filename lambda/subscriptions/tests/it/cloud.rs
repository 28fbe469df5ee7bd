//! What the program calls: DynamoDB, EventBridge, Secrets Manager, and a receiver
//! of spans.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use engine::Engine;
use serde_json::{Value, json};

/// The table of the function under test.
pub(crate) const TABLE: &str = "subscriptions";
/// The first admin's password.
pub(crate) const PASSWORD: &str = "made by the deployment";

/// The name of somebody whose events the bus refuses.
pub(crate) const REFUSED: &str = "Malformed";

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
    deeds: Arc<Mutex<Vec<Deed>>>,
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
            deeds: Arc::default(),
        };
        let router = Router::new()
            .route("/", post(service))
            .route("/v1/traces", post(traces))
            .with_state(cloud.clone());
        tokio::spawn(async { axum::serve(listener, router).await.expect("it serves") });
        cloud
    }

    /// What the program did so far.
    pub(crate) fn deeds(&self) -> Vec<Deed> {
        self.lock().clone()
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

    /// Notes that the program did something.
    pub(crate) fn note(&self, deed: Deed) {
        self.lock().push(deed);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Deed>> {
        self.deeds.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
            let each = entries.as_array().into_iter().flatten();
            let results: Vec<_> = each.map(result_for).collect();
            cloud.note(Deed::PutEvents(entries));
            // The program looks at each entry, and not at the count.
            json!({"FailedEntryCount": 0, "Entries": results})
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

/// The bus refuses whatever says [`REFUSED`].
fn result_for(entry: &Value) -> Value {
    let detail = entry["Detail"].as_str().expect("a detail");
    match detail.contains(REFUSED) {
        true => json!({"ErrorCode": "MalformedDetail"}),
        false => json!({"EventId": "1"}),
    }
}

async fn traces(State(cloud): State<Cloud>) {
    cloud.note(Deed::Exported);
}
