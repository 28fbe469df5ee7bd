//! The mail side, as a port.

use std::{borrow::Cow, time::Duration};

use async_trait::async_trait;

use super::{BulkMail, Email, Withdrawal};

/// The longest that handing over one mail may take. What is not answered by
/// then counts as [`SendResult::Unclear`].
pub const SEND_LIMIT: Duration = Duration::from_secs(100);

/// The longest that a mail side is waited for once it can have the mail: a host
/// that stops in order gives so much, and some seconds to write down what came of
/// it, since the mail is held otherwise.
pub const ANSWER_LIMIT: Duration = Duration::from_secs(25);

/// How many mails of issues one process hands over at a time, whatever the
/// number of issues; where a mail side takes them in bulk, how many calls.
/// Nobody is claimed before it is their turn, so there are never more that a
/// crash leaves unknown.
pub const CONCURRENT_MAILS: usize = 16;

/// What became of one mail. A reason is short, fit for admins and for logs:
/// never an address, never the peer's own text, which may quote one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendResult {
    /// The mail side has it. That is not yet the reader's mailbox.
    Accepted,
    /// It certainly did not leave, and no mail to anybody does for now: no
    /// connection, no TLS, no log-in, throttled as a whole. It says nothing of
    /// this recipient.
    Unavailable {
        /// Why.
        reason: Cow<'static, str>,
    },
    /// As `Unavailable`, and since more came in a second than the mail side
    /// takes: slower is better.
    Throttled {
        /// Why.
        reason: Cow<'static, str>,
    },
    /// It certainly did not leave, and no mail will before a person has done
    /// something: the fault is the account's or the set-up's.
    AccountFault {
        /// Why.
        reason: Cow<'static, str>,
    },
    /// It certainly did not leave, and trying again is worth it: this
    /// recipient was put off, SMTP 4xx.
    Unsent {
        /// Why.
        reason: Cow<'static, str>,
    },
    /// It certainly did not leave, and the mail side does not say whether the
    /// recipient is at fault or the issue: whoever else gets their mail tells.
    Unexplained {
        /// Why, if it is the issue.
        reason: Cow<'static, str>,
    },
    /// It certainly did not leave and never will: SMTP 5xx.
    Refused {
        /// Why.
        reason: Cow<'static, str>,
    },
    /// Nobody knows whether it left: a time-out, or the connection was lost
    /// after the content had gone out.
    Unclear {
        /// Why.
        reason: Cow<'static, str>,
    },
}

impl SendResult {
    /// Nothing left, since the issue is not to go on.
    pub fn withdrawn() -> Self {
        Self::Unavailable {
            reason: "it was withdrawn before it left".into(),
        }
    }
}

/// Hands mails over to whoever delivers them.
#[async_trait]
pub trait MailSender: Send + Sync + 'static {
    /// Hands `email` over, once: it MUST NOT be sent again by the
    /// implementation itself.
    ///
    /// MUST answer `Unavailable`, `Unsent` or `Refused` only if it is certain
    /// that the mail did not leave; `Unavailable`, which is tried again for
    /// ever and holds up everybody else, only if this recipient cannot be the
    /// cause; and `Accepted` only if the mail survives a crash of this
    /// process. MUST answer within [`SEND_LIMIT`].
    async fn send(&self, email: &Email) -> SendResult;

    /// The same, unless that is withdrawn before the mail can have left: then
    /// `Unavailable`. A mail side that takes its time before that MUST look.
    async fn send_unless(&self, email: &Email, withdrawal: &Withdrawal) -> SendResult {
        match withdrawal.is_so() {
            true => SendResult::withdrawn(),
            false => self.send(email).await,
        }
    }

    /// The way for an issue to many readers in one call; none: each reader's
    /// mail is handed over by itself.
    fn bulk(&self) -> Option<&dyn BulkMail> {
        None
    }

    /// What the mail side takes; none: it names no limit.
    ///
    /// # Errors
    /// [`QuotaUnknown`] if it does not tell now.
    async fn quota(&self) -> Result<Option<SendQuota>, QuotaUnknown> {
        Ok(None)
    }
}

/// What a mail side takes, of all mails together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SendQuota {
    /// Mails per second; more than 0.
    pub per_second: f64,
    /// Within a day; none: no limit.
    pub today: Option<Today>,
}

/// What a mail side takes within a day, counted back from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Today {
    /// Mails, in all.
    pub most: u64,
    /// How many of these are left.
    pub left: u64,
}

/// The mail side does not tell its quota. The text holds no addresses.
#[derive(Debug, thiserror::Error)]
pub enum QuotaUnknown {
    /// It may tell later.
    #[error("the mail side does not tell its quota: {0}")]
    ForNow(String),
    /// It takes no mail, or does not let us know, before a person has done
    /// something. The text is fit for admins.
    #[error("{0}")]
    AccountFault(Cow<'static, str>),
}
