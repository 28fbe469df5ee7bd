//! A mail side that takes an issue to many readers in one call.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{IssueMail, Reader, SendResult, Withdrawal};

/// An issue to the readers of one claim.
#[derive(Debug, Clone, Copy)]
pub struct IssueCall<'a> {
    /// The issue.
    pub issue: &'a IssueMail,
    /// To whom; each once.
    pub readers: &'a [Reader<'a>],
    /// The shard of all of them.
    pub shard: u16,
    /// The number of the claim in the shard's log: with issue and shard it
    /// tells feedback where to look.
    pub claim: u64,
    /// The time.
    pub now: Timestamp,
    /// Whether to go on, where the call becomes several requests.
    pub withdrawal: &'a Withdrawal,
}

/// Hands an issue over to many readers at a time.
#[async_trait]
pub trait BulkMail: Send + Sync {
    /// How many readers one call takes.
    fn readers_per_call(&self) -> u16;

    /// Hands the issue over, once, under the terms of
    /// [`MailSender::send`](super::MailSender::send): one result for each
    /// reader, in their order. Any other number of results tells that nobody
    /// knows anything. MUST begin no request after the call is withdrawn: who is
    /// left is `Unavailable`.
    async fn send_issue(&self, call: &IssueCall<'_>) -> Vec<SendResult>;
}
