//! What SES tells of mails.

use std::sync::Arc;

use async_trait::async_trait;
use contracts::BusEvent;
use outbox::{HandleError, MessageHandler};

use crate::app::Core;

/// Handles SES's events.
pub(crate) struct Feedback {
    _core: Arc<Core>,
}

impl Feedback {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { _core: core }
    }
}

#[async_trait]
impl MessageHandler for Feedback {
    async fn handle(&self, body: &str) -> Result<(), HandleError> {
        BusEvent::parse(body)?;
        Err(HandleError::Transient("not heeded yet".to_owned()))
    }
}
