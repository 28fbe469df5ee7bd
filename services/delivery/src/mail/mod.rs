//! Mail: the port, what a mail is, and how ours are written.

mod address;
mod body_end;
mod body_start;
mod confirmation;
mod email;
mod encoded_word;
mod html;
mod issue;
mod markup;
mod mime;
mod placeholders;
mod port;
mod sender;
mod smtp;

pub(crate) use confirmation::confirmation;
pub use email::{Email, InvalidEmail};
pub(crate) use issue::{IssueMail, issue};
pub use port::{CONCURRENT_MAILS, MailSender, SEND_LIMIT, SendResult};
pub use sender::{BadSender, Sender};
pub use smtp::{BadSmtpUrl, Smtp, SmtpLimits};
