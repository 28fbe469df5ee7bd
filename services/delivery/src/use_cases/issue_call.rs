//! The mails of one claim are handed over.

use std::{borrow::Cow, collections::HashMap};

use futures::future::join_all;
use uuid::Uuid;

use super::hand_over::{hand_over, mail_span, problem};
use crate::{
    app::Core,
    domain::recipient::Recipient,
    mail::{self, IssueMail, SendResult},
    shard_log::MailResult,
};

/// Hands the issue over to each of `ids`, all at the same time; one result for
/// each, in their order. `readers` are those who were read.
pub(super) async fn call(
    core: &Core,
    issue: &IssueMail,
    ids: &[Uuid],
    readers: &HashMap<Uuid, Recipient>,
) -> Vec<MailResult> {
    let mails = ids.iter().map(async |id| {
        let contact = readers.get(id).and_then(Recipient::contact);
        let Some(contact) = contact else {
            return MailResult::Unsent("the recipient was not found".to_owned());
        };
        let now = core.clock.now();
        let email = mail::issue(&core.config.from, issue, contact, *id, now);
        let span = mail_span("issue", Some(issue.issue_id), *id);
        let result = hand_over(&*core.mail, &email, &span).await;
        if let Some((kind, reason)) = problem(&result) {
            span.in_scope(|| {
                tracing::warn!(
                    issue_id = %issue.issue_id, subscriber_id = %id, reason, kind,
                    "issue mail not accepted"
                );
            });
        }
        result.into()
    });
    join_all(mails).await
}

impl From<SendResult> for MailResult {
    fn from(result: SendResult) -> Self {
        let text = Cow::into_owned;
        match result {
            SendResult::Accepted => Self::Accepted,
            SendResult::Unavailable { reason } => Self::Unavailable(text(reason)),
            SendResult::Unsent { reason } => Self::Unsent(text(reason)),
            SendResult::Refused { reason } => Self::Refused(text(reason)),
            SendResult::Unclear { reason } => Self::Unclear(text(reason)),
        }
    }
}
