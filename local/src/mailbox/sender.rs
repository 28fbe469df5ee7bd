//! The mailbox as the mail side of delivery.

use std::borrow::Cow;

use async_trait::async_trait;
use delivery::mail::{Email, MailSender, SendResult};

use super::Mailbox;

#[async_trait]
impl MailSender for Mailbox {
    /// A mail is accepted when it is on disk. There is no outcome that nobody
    /// knows: a mail is in the mailbox's transaction or it is not.
    async fn send(&self, email: &Email) -> SendResult {
        let message = match email.to_mime() {
            Ok(message) => message,
            Err(error) => {
                return SendResult::Refused {
                    reason: Cow::Owned(error.to_string()),
                };
            }
        };
        match self.deliver(message.formatted()).await {
            Ok(()) => SendResult::Accepted,
            Err(error) => {
                tracing::error!(%error, "the mailbox does not take mail");
                SendResult::Unavailable {
                    reason: Cow::Borrowed("the mailbox does not take mail"),
                }
            }
        }
    }
}
