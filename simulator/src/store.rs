//! The way to the store: the real SDK, the embedded store, and what can go wrong
//! between them.

use std::sync::Arc;

use aws_sdk_dynamodb::{
    Client,
    config::{
        HttpClient, RuntimeComponents, StalledStreamProtectionConfig,
        http::{HttpRequest, HttpResponse},
        retry::RetryConfig,
    },
};
use aws_smithy_runtime_api::client::{
    http::{
        HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
        SharedHttpConnector,
    },
    result::ConnectorError,
};
use aws_smithy_types::body::SdkBody;
use tokio::time::Duration;

use crate::{
    life::Life,
    spoil::{Spoiler, Spoilt},
    watch::Write,
    world::World,
};

/// As often as the SDK tries by default. It does so here, since the SDK's own
/// retries share a budget over all clients of a program.
const MAX_ATTEMPTS: u32 = 3;

/// One request in so many takes long.
const SELDOM: u64 = 25;

/// `client`, as the process of `life` reaches it.
pub(crate) fn reached_by(client: &Client, life: &Arc<Life>, world: &Arc<World>) -> Client {
    let inner = client.config().http_client().expect("the engine's");
    let store = Store {
        inner,
        life: Arc::clone(life),
        world: Arc::clone(world),
        spoiler: Arc::new(Spoiler::new(world.planted)),
    };
    let config = client
        .config()
        .to_builder()
        .http_client(store)
        .retry_config(RetryConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    Client::from_conf(config.build())
}

#[derive(Debug, Clone)]
struct Store {
    inner: SharedHttpClient,
    life: Arc<Life>,
    world: Arc<World>,
    spoiler: Arc<Spoiler>,
}

impl HttpClient for Store {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Connection {
            inner: self.inner.http_connector(settings, components),
            store: self.clone(),
        })
    }
}

#[derive(Debug, Clone)]
struct Connection {
    inner: SharedHttpConnector,
    store: Store,
}

impl HttpConnector for Connection {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let this = self.clone();
        HttpConnectorFuture::new(async move {
            if this.store.world.is_hushed() {
                return this.carry_out(request).await;
            }
            let life = Arc::clone(&this.store.life);
            life.act(this.try_out(request)).await
        })
    }
}

/// What becomes of one request.
enum Fate {
    Answered,
    /// It never reached the store.
    Lost,
    /// It was carried out, and the answer is lost.
    AnswerLost,
    /// It is carried out after its sender has given it up.
    Late,
    Throttled,
    Conflict,
}

impl Connection {
    async fn try_out(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let mut wait = Duration::from_millis(50);
        for attempt in 1.. {
            tokio::time::sleep(latency(&self.store.world)).await;
            let fate = self.fate(&request);
            let is_last = attempt == MAX_ATTEMPTS || matches!(fate, Fate::Late);
            let copy = request.try_clone().expect("a body in memory");
            match self.meet(fate, copy).await {
                Ok(answer) if !is_throttling(&answer) => return Ok(answer),
                failed if is_last => return failed,
                _ => {}
            }
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
        unreachable!("the last attempt returns")
    }

    async fn meet(&self, fate: Fate, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let world = &self.store.world;
        match fate {
            Fate::Answered => self.carry_out(request).await,
            Fate::Lost => Err(timed_out()),
            Fate::AnswerLost => {
                self.carry_out(request).await?;
                Err(timed_out())
            }
            Fate::Late => {
                world.excuse("a write arrives late");
                let (this, delay) = (self.clone(), world.chance.between(1, 90));
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_secs(delay)).await;
                    // Whoever sent it does not hear of it.
                    drop(this.carry_out(request).await);
                });
                Err(timed_out())
            }
            Fate::Throttled => Ok(refusal("ThrottlingException", "")),
            Fate::Conflict => Ok(conflict(&request)),
        }
    }

    fn fate(&self, request: &HttpRequest) -> Fate {
        let world = &self.store.world;
        let operation = operation(request);
        if world.store_is_away() {
            return Fate::Lost;
        }
        let is_conditional = matches!(operation, "PutItem" | "TransactWriteItems");
        if is_conditional && world.fails(world.faults.late_write) {
            return Fate::Late;
        }
        if !world.fails(world.faults.store) {
            return Fate::Answered;
        }
        match world.chance.below(4) {
            0 => Fate::Lost,
            1 => Fate::AnswerLost,
            2 if is_conditional => Fate::Conflict,
            _ => Fate::Throttled,
        }
    }

    /// Has the store do it, and the watch see it.
    async fn carry_out(&self, mut request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let operation = operation(&request).to_owned();
        let body = request
            .body()
            .bytes()
            .map(<[u8]>::to_vec)
            .unwrap_or_default();
        let (world, spoiler) = (&self.store.world, &self.store.spoiler);
        let Some(write) = Write::parse(&operation, &body) else {
            let answer = self.inner.call(request).await?;
            return Ok(match spoiler.spoil_answer(&operation, &body, &answer) {
                Some(spoilt) => response(200, spoilt),
                None => answer,
            });
        };
        match spoiler.spoil(&write, world) {
            Spoilt::No => {}
            Spoilt::Swallowed => {
                world.watch.written(world, &write);
                return Ok(response(200, "{}".to_owned()));
            }
            Spoilt::Into(body) => *request.body_mut() = SdkBody::from(body),
            Spoilt::Before(earlier) => {
                let mut first = request.try_clone().expect("a body in memory");
                first
                    .headers_mut()
                    .insert("x-amz-target", "DynamoDB_20120810.PutItem");
                *first.body_mut() = SdkBody::from(earlier);
                self.inner.call(first).await?;
            }
        }
        let answer = self.inner.call(request).await?;
        if answer.status().is_success() {
            world.watch.written(world, &write);
        }
        Ok(answer)
    }
}

/// How long a request is on its way: mostly some milliseconds, seconds now and
/// then, so that others come in between.
fn latency(world: &World) -> Duration {
    let millis = match !world.is_calm() && world.chance.one_in(SELDOM) {
        true => world.chance.between(200, 4_000),
        false => world.chance.between(1, 12),
    };
    Duration::from_millis(millis)
}

fn operation(request: &HttpRequest) -> &str {
    let target = request.headers().get("x-amz-target");
    target
        .and_then(|target| target.split('.').nth(1))
        .unwrap_or_default()
}

fn timed_out() -> ConnectorError {
    ConnectorError::timeout("the store did not answer".into())
}

fn is_throttling(answer: &HttpResponse) -> bool {
    let body = answer.body().bytes().unwrap_or_default();
    answer.status().as_u16() == 400
        && String::from_utf8_lossy(body).contains("#ThrottlingException")
}

/// Another transaction was at work on the first item.
fn conflict(request: &HttpRequest) -> HttpResponse {
    if operation(request) == "PutItem" {
        return refusal("TransactionConflictException", "");
    }
    let body = request.body().bytes().unwrap_or_default();
    let items = serde_json::from_slice::<serde_json::Value>(body).ok();
    let count = items
        .and_then(|body| body["TransactItems"].as_array().map(Vec::len))
        .unwrap_or(1);
    let mut reasons = vec![r#"{"Code":"TransactionConflict","Message":"in the way"}"#];
    reasons.resize(count, r#"{"Code":"None"}"#);
    let reasons = format!(r#","CancellationReasons":[{}]"#, reasons.join(","));
    refusal("TransactionCanceledException", &reasons)
}

fn refusal(code: &str, more: &str) -> HttpResponse {
    let body = format!(
        r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":"simulated"{more}}}"#
    );
    response(400, body)
}

fn response(status: u16, body: String) -> HttpResponse {
    let response = http::Response::builder()
        .status(status)
        .header("content-type", "application/x-amz-json-1.0")
        .body(SdkBody::from(body))
        .expect("valid");
    HttpResponse::try_from(response).expect("valid")
}
