//! The messages of the queue of imports.

use std::sync::Arc;

use async_trait::async_trait;
use outbox::{HandleError, MessageHandler};
use serde::{Deserialize, Serialize};
use tracing::Instrument;
use uuid::Uuid;

use crate::{
    app::AppState,
    domain::import::Import,
    use_cases::work_off_import::{Progress, work_off_import},
};

/// What spans call the work on an import.
const OPERATION: &str = "pennypost.import";

/// Asks for an import to be worked off, from wherever it stands.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ImportMessage {
    import_id: Uuid,
    /// W3C Trace Context of the request that began the import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    traceparent: Option<String>,
}

impl ImportMessage {
    /// The message about `import`.
    pub(crate) fn of(import: &Import) -> Self {
        Self {
            import_id: import.id,
            traceparent: import.traceparent.clone(),
        }
    }

    /// As it goes into the queue.
    pub(crate) fn body(&self) -> String {
        serde_json::to_string(self).expect("an id and a text are plain data")
    }
}

/// Handles one message of the queue of imports.
pub(crate) struct Imports {
    state: Arc<AppState>,
}

impl Imports {
    pub(crate) fn new(state: Arc<AppState>) -> Self {
        Self { state }
    }

    /// Works for a while, and has the rest done by another message.
    async fn work(&self, message: &ImportMessage) -> Result<(), HandleError> {
        match work_off_import(&self.state, message.import_id).await? {
            Progress::Ended => Ok(()),
            Progress::More => {
                let sent = self.state.import_queue.send(message.body()).await;
                sent.map_err(|error| HandleError::Transient(error.to_string()))
            }
        }
    }
}

#[async_trait]
impl MessageHandler for Imports {
    async fn handle(&self, body: &str) -> Result<(), HandleError> {
        let message: ImportMessage = serde_json::from_str(body)
            .map_err(|_| HandleError::Permanent("it is no message about an import".to_owned()))?;
        let parent = message.traceparent.as_deref();
        let span = telemetry::consumer_span(OPERATION, message.import_id, parent);
        let handled = self.work(&message).instrument(span.clone()).await;
        if let Err(error) = &handled {
            let kind = if error.is_permanent() {
                "permanent"
            } else {
                "transient"
            };
            telemetry::record_error(&span, kind);
        }
        handled
    }
}
