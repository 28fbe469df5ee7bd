//! The process that runs the other service, and how events get there.
//!
//! Old and new versions of this program talk to each other in these words, so
//! they only ever grow: `docs/one-machine.md` has them.

use std::time::Duration;

use outbox::EntryOutcome;
use reqwest::{Client, Response, StatusCode, redirect::Policy};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use url::Url;

use crate::{bus::QueuedEvent, hosting::Service};

/// Where a console takes events.
pub(crate) const EVENTS_PATH: &str = "/api/bus/v1/events";
/// The largest body of a batch: a full call to the bus with its envelopes fits
/// in, and nothing of another kind of size.
pub(crate) const MAX_BATCH_BYTES: usize = 512 * 1024;

/// The answer of a process to its own service: nobody there wants the events.
pub(crate) const SAME_SERVICE: StatusCode = StatusCode::CONFLICT;

/// The largest answer to a batch that is read.
const MAX_ANSWER_BYTES: usize = 16 * 1024;
/// The longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// The longest wait for the answer to a batch.
const CALL_TIMEOUT: Duration = Duration::from_secs(5);
/// The code of an entry that the peer refused and gave no code for.
const NO_CODE: &str = "RefusedByPeer";

/// Events on their way to the peer.
#[derive(Serialize, Deserialize)]
pub(crate) struct Batch {
    /// The service that forwards; older versions do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<String>,
    pub(crate) entries: Vec<BatchEntry>,
}

/// An event on its way to the peer.
#[derive(Serialize, Deserialize)]
pub(crate) struct BatchEntry {
    /// The EventBridge event.
    pub(crate) event: Box<RawValue>,
    /// SQS's attribute `AWSTraceHeader`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) trace_header: Option<String>,
}

/// The answer to a batch: one verdict for each entry, in their order.
#[derive(Serialize, Deserialize)]
pub(crate) struct BatchAnswer {
    pub(crate) entries: Vec<Verdict>,
}

/// What became of one entry.
#[derive(Serialize, Deserialize)]
pub(crate) struct Verdict {
    /// It is stored in every queue that a rule of the peer's names.
    pub(crate) accepted: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
}

/// The process that runs the other service.
#[derive(Debug, Clone)]
pub struct Peer {
    client: Client,
    /// Who forwards.
    from: Service,
    events: Url,
}

/// The peer cannot be called at all.
#[derive(Debug, thiserror::Error)]
pub enum BadPeer {
    /// Its URL has no room for a path.
    #[error("it is no base of other URLs")]
    Url(#[from] url::ParseError),
    /// There is no HTTP client.
    #[error("there is no HTTP client: {0}")]
    Client(#[from] reqwest::Error),
}

/// The peer did not take a batch, or nobody knows whether it did. Trying again
/// later helps. The text holds nothing of the events.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PeerError {
    #[error("the peer cannot be reached")]
    Unreachable,
    #[error("the peer does not answer in time")]
    TimedOut,
    #[error("the connection to the peer broke")]
    Broken,
    #[error("the peer runs {0} too; --peer must name the process of the other service")]
    SameService(Service),
    #[error("the peer answers with status {0}")]
    Status(StatusCode),
    #[error("the peer's answer is not one to these events; does --peer name a console?")]
    Answer,
    #[error("the events cannot be written: {0}")]
    Events(#[from] serde_json::Error),
}

impl From<reqwest::Error> for PeerError {
    fn from(error: reqwest::Error) -> Self {
        if error.is_connect() {
            Self::Unreachable
        } else if error.is_timeout() {
            Self::TimedOut
        } else {
            Self::Broken
        }
    }
}

impl Peer {
    /// The process whose console is at `console`, for the events of `from`;
    /// nothing is asked of it yet.
    ///
    /// # Errors
    /// See [`BadPeer`].
    pub fn new(console: &Url, from: Service) -> Result<Self, BadPeer> {
        let client = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(CALL_TIMEOUT)
            // It is nearby, and it answers itself.
            .no_proxy()
            .redirect(Policy::none())
            .build()?;
        Ok(Self {
            client,
            from,
            events: console.join(EVENTS_PATH)?,
        })
    }

    /// Hands `events` over, which are those of one call to the bus. Those that
    /// are accepted survive a crash of either process. After an error the peer
    /// may have them all the same.
    pub(crate) async fn forward(
        &self,
        events: &[&QueuedEvent],
    ) -> Result<Vec<EntryOutcome>, PeerError> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let answer = self
            .client
            .post(self.events.clone())
            .json(&self.batch(events)?)
            .send()
            .await?;
        if answer.status() == SAME_SERVICE {
            return Err(PeerError::SameService(self.from));
        }
        if answer.status() != StatusCode::OK {
            return Err(PeerError::Status(answer.status()));
        }
        let bytes = bounded(answer).await?;
        let answer: BatchAnswer = serde_json::from_slice(&bytes).map_err(|_| PeerError::Answer)?;
        if answer.entries.len() != events.len() {
            return Err(PeerError::Answer);
        }
        Ok(answer.entries.into_iter().map(outcome).collect())
    }

    fn batch(&self, events: &[&QueuedEvent]) -> Result<Batch, serde_json::Error> {
        let entries = events.iter().map(|event| {
            Ok(BatchEntry {
                event: RawValue::from_string(event.body.clone())?,
                trace_header: event.trace_header.clone(),
            })
        });
        Ok(Batch {
            from: Some(self.from.to_string()),
            entries: entries.collect::<Result<_, serde_json::Error>>()?,
        })
    }
}

/// The body of an answer, unless it is too large to be one.
async fn bounded(mut answer: Response) -> Result<Vec<u8>, PeerError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if bytes.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(PeerError::Answer);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn outcome(verdict: Verdict) -> EntryOutcome {
    if verdict.accepted {
        EntryOutcome::Accepted
    } else {
        EntryOutcome::Refused(verdict.error.unwrap_or_else(|| NO_CODE.to_owned()))
    }
}
