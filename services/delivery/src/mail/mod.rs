//! Mail: the port, what a mail is, and how ours are written.

mod address;
mod body_end;
mod body_start;
mod bulk;
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
mod ses;
mod smtp;
mod tags;
mod withdrawal;

pub use bulk::{BulkMail, IssueCall};
pub(crate) use confirmation::confirmation;
pub use email::{Email, InvalidEmail};
pub(crate) use issue::IssueContent;
pub use issue::{IssueMail, Reader};
pub use port::{
    ANSWER_LIMIT, CONCURRENT_MAILS, MailSender, QuotaUnknown, SEND_LIMIT, SendQuota, SendResult,
    Today,
};
pub use sender::{BadSender, Sender};
pub use ses::Ses;
pub use smtp::{BadSmtpUrl, Smtp, SmtpLimits};
pub use tags::MailTags;
pub(crate) use tags::Tagged;
pub(crate) use withdrawal::Withdraw;
pub use withdrawal::Withdrawal;
