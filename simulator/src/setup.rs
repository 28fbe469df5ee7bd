//! Settings, and what is there when a run begins.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use async_trait::async_trait;
use aws_sdk_dynamodb::{Client, types::AttributeValue};
use axum::{body::Body, extract::Request};
use delivery::SendRate;
use engine::Engine;
use serde_json::{Value, json};
use subscriptions::{
    ClientAddress,
    ports::{ImportQueue, QueueUnavailable},
};
use tokio::time::{Duration, Instant};
use tower::ServiceExt;

use crate::{chance::SeededRandomness, time::MachineClock};

pub(crate) const SUBSCRIPTIONS_TABLE: &str = "subscriptions";
pub(crate) const DELIVERY_TABLE: &str = "delivery";
pub(crate) const PUBLIC_URL: &str = "https://news.example";
pub(crate) const STAGE: &str = "simulated";
const PASSWORD: &str = "correct horse battery staple";
const PROGRESS_INTERVAL: Duration = Duration::from_secs(5);

type Item = HashMap<String, AttributeValue>;

/// A table with an admin in it, and the token of one of the admin's programs.
pub(crate) struct Template {
    items: Vec<Item>,
    pub(crate) token: String,
}

/// What every run begins with: hashing the admin's password takes as long as a
/// good part of a run.
pub(crate) fn template() -> &'static Template {
    static TEMPLATE: OnceLock<Template> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let making = std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .build();
            runtime.expect("a runtime").block_on(Template::make())
        });
        making.join().expect("the template is made")
    })
}

impl Template {
    async fn make() -> Self {
        let engine = Engine::in_memory().expect("SQLite begins");
        let client = engine.client();
        dynamo::create_table(&client, SUBSCRIPTIONS_TABLE)
            .await
            .expect("a table");
        let app = subscriptions::App::new(
            subscriptions_config(),
            subscriptions::Ports {
                dynamodb: client.clone(),
                clock: Arc::new(MachineClock::new(Instant::now())),
                randomness: Arc::new(SeededRandomness::new(0)),
                import_queue: Arc::new(Nowhere),
            },
        );
        app.ensure_first_admin(Some(PASSWORD.to_owned().into()))
            .await
            .expect("an admin");
        let body = json!({"username": "admin", "password": PASSWORD, "name": "simulator"});
        let mut request = Request::post("/v1/tokens")
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .expect("a request");
        request
            .extensions_mut()
            .insert(ClientAddress([192, 0, 2, 1].into()));
        let answer = app
            .router()
            .oneshot(request)
            .await
            .unwrap_or_else(|never| match never {});
        let bytes = axum::body::to_bytes(answer.into_body(), 1 << 16)
            .await
            .expect("a body");
        let body: Value = serde_json::from_slice(&bytes).expect("JSON");
        let scan = client.scan().table_name(SUBSCRIPTIONS_TABLE).send().await;
        Self {
            items: scan.expect("a scan").items.unwrap_or_default(),
            token: body["token"].as_str().expect("a token").to_owned(),
        }
    }

    /// Makes both tables, and puts the admin into theirs.
    pub(crate) async fn fill(&self, client: &Client) {
        for table in [SUBSCRIPTIONS_TABLE, DELIVERY_TABLE] {
            dynamo::create_table(client, table).await.expect("a table");
        }
        for item in &self.items {
            let put = client.put_item().table_name(SUBSCRIPTIONS_TABLE);
            put.set_item(Some(item.clone())).send().await.expect("put");
        }
    }
}

/// Nobody imports before a run.
struct Nowhere;

#[async_trait]
impl ImportQueue for Nowhere {
    async fn send(&self, _body: String) -> Result<(), QueueUnavailable> {
        Err(QueueUnavailable("there is none".to_owned()))
    }
}

pub(crate) fn subscriptions_config() -> subscriptions::Config {
    subscriptions::Config {
        table: SUBSCRIPTIONS_TABLE.to_owned(),
        stage: STAGE.to_owned(),
        public_url: PUBLIC_URL.parse().expect("a URL"),
        secrets: subscriptions::Secrets {
            unsubscribe_key: vec![1; 32].into(),
            address_key: vec![2; 32].into(),
        },
    }
}

pub(crate) fn delivery_config(sole_process: bool, send_rate: Option<SendRate>) -> delivery::Config {
    delivery::Config {
        table: DELIVERY_TABLE.to_owned(),
        stage: STAGE.to_owned(),
        from: "Penny Post <news@penny.example>".parse().expect("a sender"),
        sole_process,
        progress_interval: PROGRESS_INTERVAL,
        send_rate,
    }
}
