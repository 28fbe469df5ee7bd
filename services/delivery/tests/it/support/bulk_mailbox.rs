//! A mail side that takes an issue to many readers in one call.

use std::sync::Mutex;

use async_trait::async_trait;
use delivery::mail::{BulkMail, Email, IssueCall, MailSender, QuotaUnknown, SendQuota, SendResult};
use tokio::time::Instant;
use uuid::Uuid;

/// Accepts everything, and remembers who got an issue, when, in which calls.
pub(crate) struct BulkMailbox {
    quota: SendQuota,
    calls: Mutex<Vec<(Instant, Vec<Uuid>)>>,
}

impl BulkMailbox {
    pub(crate) fn new(quota: SendQuota) -> Self {
        let calls = Mutex::default();
        Self { quota, calls }
    }

    pub(crate) fn calls(&self) -> usize {
        self.calls.lock().expect("not poisoned").len()
    }

    pub(crate) fn readers(&self) -> Vec<Uuid> {
        let calls = self.calls.lock().expect("not poisoned");
        calls.iter().flat_map(|(_, ids)| ids.clone()).collect()
    }

    /// When each mail left.
    pub(crate) fn moments(&self) -> Vec<Instant> {
        let calls = self.calls.lock().expect("not poisoned");
        let each = calls.iter().flat_map(|(at, ids)| ids.iter().map(|_| *at));
        each.collect()
    }
}

#[async_trait]
impl BulkMail for BulkMailbox {
    fn readers_per_call(&self) -> u16 {
        50
    }

    async fn send_issue(&self, call: &IssueCall<'_>) -> Vec<SendResult> {
        let ids = call.readers.iter().map(|reader| reader.subscriber_id);
        let mut calls = self.calls.lock().expect("not poisoned");
        calls.push((Instant::now(), ids.collect()));
        vec![SendResult::Accepted; call.readers.len()]
    }
}

#[async_trait]
impl MailSender for BulkMailbox {
    async fn send(&self, _email: &Email) -> SendResult {
        SendResult::Accepted
    }

    fn bulk(&self) -> Option<&dyn BulkMail> {
        Some(self)
    }

    async fn quota(&self) -> Result<Option<SendQuota>, QuotaUnknown> {
        Ok(Some(self.quota))
    }
}
