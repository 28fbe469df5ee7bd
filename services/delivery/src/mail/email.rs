//! A mail, before it is put into any transport's form.

use std::fmt;

use contracts::Personal;
use jiff::Timestamp;

use super::{MailTags, Sender};

/// A mail to one reader. `Debug` shows ids and nothing of its content.
#[derive(Clone, PartialEq, Eq)]
pub struct Email {
    /// The `Message-ID` without its angle brackets. A mail that is sent again
    /// keeps it, so that a mailbox can tell.
    pub message_id: String,
    /// The `Date`.
    pub date: Timestamp,
    /// Who it is from.
    pub from: Sender,
    /// The bare address it goes to, as it was typed.
    pub to: Personal,
    /// One line.
    pub subject: String,
    /// The plain text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// Further headers: name and value, in ASCII.
    pub headers: Vec<(&'static str, String)>,
    /// What feedback finds it by, where the mail side keeps that beside a mail.
    pub tags: MailTags,
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Email")
            .field("message_id", &self.message_id)
            .field("tags", &self.tags)
            .finish_non_exhaustive()
    }
}

/// The mail cannot be written down as one; trying again does not help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEmail {
    /// The address would break a header or an SMTP command.
    #[error("the address cannot be mailed to")]
    Address,
    /// A header's value is not printable ASCII, or too long for a line.
    #[error("the header {0} cannot be written")]
    Header(&'static str),
    /// The parts do not make a message.
    #[error("the mail cannot be composed")]
    Composition,
}
