//! SES's stand-in.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State},
    routing::{get, post},
};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::{Value, json};

/// The most bytes of a call, as SES has it.
const MAX_CALL_BYTES: usize = 1_048_576;

/// Answers bulk calls after some time, and counts them.
#[derive(Debug, Clone, Default)]
struct Ses {
    latency: Duration,
    calls: Arc<AtomicU64>,
    mails: Arc<AtomicU64>,
    quotas: Arc<AtomicU64>,
}

/// What came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Calls of SendBulkEmail.
    pub calls: u64,
    /// Mails in them.
    pub mails: u64,
    /// Calls of GetAccount.
    pub quotas: u64,
}

/// What of a call is looked at.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Call {
    bulk_email_entries: Vec<IgnoredAny>,
}

/// Accepts every mail after `latency`; tells at `GET /taken` what came.
pub(crate) fn router(latency: Duration) -> Router {
    let ses = Ses {
        latency,
        ..Ses::default()
    };
    Router::new()
        .route("/v2/email/outbound-bulk-emails", post(send))
        .route("/v2/email/account", get(account))
        .route("/taken", get(taken))
        .layer(DefaultBodyLimit::max(MAX_CALL_BYTES))
        .with_state(ses)
}

async fn send(State(ses): State<Ses>, Json(call): Json<Call>) -> Json<Value> {
    let mails = call.bulk_email_entries.len();
    ses.calls.fetch_add(1, Ordering::Relaxed);
    ses.mails.fetch_add(mails as u64, Ordering::Relaxed);
    tokio::time::sleep(ses.latency).await;
    let results: Vec<_> = (0..mails)
        .map(|number| json!({"Status": "SUCCESS", "MessageId": format!("{number:060}")}))
        .collect();
    Json(json!({"BulkEmailEntryResults": results}))
}

/// No limit that anybody would meet here.
async fn account(State(ses): State<Ses>) -> Json<Value> {
    ses.quotas.fetch_add(1, Ordering::Relaxed);
    Json(json!({
        "SendingEnabled": true,
        "ProductionAccessEnabled": true,
        "SendQuota": {
            "Max24HourSend": -1.0,
            "MaxSendRate": 1_000_000.0,
            "SentLast24Hours": 0.0
        }
    }))
}

async fn taken(State(ses): State<Ses>) -> Json<Taken> {
    Json(Taken {
        calls: ses.calls.load(Ordering::Relaxed),
        mails: ses.mails.load(Ordering::Relaxed),
        quotas: ses.quotas.load(Ordering::Relaxed),
    })
}
