//! DynamoDB's stand-in: the engine behind HTTP.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use engine::Engine;

use crate::meter::{Meter, Usage};

/// Names the operation in DynamoDB's protocol: `DynamoDB_20120810.GetItem`.
const TARGET_HEADER: &str = "x-amz-target";

#[derive(Clone)]
struct Store {
    engine: Engine,
    /// None: requests are not counted, which takes time.
    meter: Arc<Mutex<Option<Meter>>>,
}

/// Answers for `engine`; counts from `POST /meter` on, and tells at
/// `GET /meter`.
pub(crate) fn router(engine: Engine) -> Router {
    let store = Store {
        engine,
        meter: Arc::default(),
    };
    Router::new()
        .route("/", post(answer))
        .route("/meter", get(usage).post(start))
        .with_state(store)
}

async fn start(State(store): State<Store>) {
    *store.meter.lock().unwrap_or_else(PoisonError::into_inner) = Some(Meter::default());
}

async fn usage(State(store): State<Store>) -> Json<Usage> {
    let meter = store.meter.lock().unwrap_or_else(PoisonError::into_inner);
    Json(
        meter
            .as_ref()
            .map_or_else(Usage::default, |meter| meter.usage().clone()),
    )
}

async fn answer(
    State(store): State<Store>,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, [(&'static str, &'static str); 1], String) {
    let target = headers.get(TARGET_HEADER).and_then(|it| it.to_str().ok());
    let operation = target.and_then(|target| target.split('.').nth(1));
    let operation = operation.unwrap_or_default();
    let (status, answer) = store.engine.answer(operation, &body);
    let mut meter = store.meter.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(meter) = &mut *meter {
        // What cannot be read would be counted as nothing.
        let parsed = |text: &str| serde_json::from_str(text).expect("DynamoDB speaks JSON");
        meter.count(operation, &parsed(&body), &parsed(&answer));
    }
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (
        status,
        [("content-type", "application/x-amz-json-1.0")],
        answer,
    )
}
