//! The mail side as an SMTP server (RFC 5321), through lettre's connection.
//!
//! Not through lettre's transport: that tells an error and not whether the
//! content had gone out by then, which is the difference between a mail that
//! may be sent again and one that may not.

mod conversation;
mod pool;
mod server;

use std::time::Duration;

use async_trait::async_trait;
use lettre::{Message, address::Envelope};
use secrecy::SecretString;
use tokio::time::{Instant, timeout, timeout_at};

use self::{
    conversation::Fault,
    pool::{Lent, Pool},
    server::Server,
};
use super::{ANSWER_LIMIT, CONCURRENT_MAILS, Email, MailSender, SendResult, Withdrawal};

pub use server::BadSmtpUrl;

/// Sends mails to one SMTP server.
pub struct Smtp {
    pool: Pool,
    limits: SmtpLimits,
}

/// How many connections, and how long to wait.
#[derive(Debug, Clone, Copy)]
pub struct SmtpLimits {
    /// The most connections at a time.
    pub connections: usize,
    /// For everything before a mail's content: a free connection, the greeting,
    /// TLS, the log-in, the envelope.
    pub prepare: Duration,
    /// For the content and the answer to it.
    pub content: Duration,
}

impl Default for SmtpLimits {
    /// Together less than [`SEND_LIMIT`](super::SEND_LIMIT).
    fn default() -> Self {
        Self {
            connections: CONCURRENT_MAILS,
            prepare: Duration::from_secs(30),
            content: ANSWER_LIMIT,
        }
    }
}

impl Smtp {
    /// Sends to the server that `url` names, in the form that lettre's URLs
    /// have: `smtp://user:password@host:port/ehlo-name?tls=required`. It does
    /// not connect yet.
    ///
    /// # Errors
    /// [`BadSmtpUrl`] if it is no such URL.
    pub fn new(url: &SecretString) -> Result<Self, BadSmtpUrl> {
        Self::with_limits(url, SmtpLimits::default())
    }

    /// As [`Smtp::new`], within other limits.
    ///
    /// # Errors
    /// [`BadSmtpUrl`] if `url` is no such URL.
    pub fn with_limits(url: &SecretString, limits: SmtpLimits) -> Result<Self, BadSmtpUrl> {
        Ok(Self {
            pool: Pool::new(Server::parse(url)?, limits),
            limits,
        })
    }

    async fn send_message(&self, message: &Message, withdrawal: &Withdrawal) -> Result<(), Fault> {
        let mut connection = tokio::select! {
            biased;
            () = withdrawal.wait() => return Err(Fault::withdrawn()),
            prepared = self.prepare(message.envelope()) => prepared?,
        };
        timeout(
            self.limits.content,
            connection.content(&message.formatted()),
        )
        .await
        .map_err(|_| Fault::unclear("the mail server did not answer to a mail in time"))?
    }

    /// Everything before the content. Whoever drops it has sent nothing: the
    /// connection is closed then.
    async fn prepare(&self, envelope: &Envelope) -> Result<Lent<'_>, Fault> {
        const LATE: &str = "the mail server did not answer in time";
        let deadline = Instant::now() + self.limits.prepare;
        let mut connection = timeout_at(deadline, async {
            let mut connection = self.pool.connection().await?;
            connection.sender(envelope).await?;
            Ok::<_, Fault>(connection)
        })
        .await
        .map_err(|_| Fault::unavailable(LATE))??;
        timeout_at(deadline, connection.recipient(envelope))
            .await
            .map_err(|_| Fault::unsent(LATE))??;
        Ok(connection)
    }
}

#[async_trait]
impl MailSender for Smtp {
    async fn send(&self, email: &Email) -> SendResult {
        self.send_unless(email, &Withdrawal::never()).await
    }

    async fn send_unless(&self, email: &Email, withdrawal: &Withdrawal) -> SendResult {
        let message = match email.to_mime() {
            Ok(message) => message,
            Err(error) => {
                return SendResult::Refused {
                    reason: error.to_string().into(),
                };
            }
        };
        match self.send_message(&message, withdrawal).await {
            Ok(()) => SendResult::Accepted,
            Err(fault) => fault.result(),
        }
    }
}
