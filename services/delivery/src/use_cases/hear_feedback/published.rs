//! What subscriptions is told of it.

use contracts::events::{BounceKind, EmailBouncedV1, EmailComplainedV1};
use dynamo::Transaction;
use jiff::Timestamp;
use outbox::SeenEvent;
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::Told;
use crate::{
    app::Core, contract::Published, shard_log::Feedback, use_cases::report, workflow::StepError,
};

/// What became of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// It is about to be sent on.
    Sent,
    /// It was delivered, or put off: the mail side has it.
    Accepted,
    Bounced(Bounce),
    /// Its reader marked it as spam.
    Complained {
        at: Timestamp,
    },
    /// It was not sent, after it had been accepted.
    NotSent {
        reason: &'static str,
    },
}

/// A mail came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bounce {
    pub(crate) kind: BounceKind,
    /// Without an address.
    pub(crate) diagnostic: String,
    pub(crate) at: Timestamp,
}

impl Told {
    /// What it means for the log. A passing fault is nothing of ours: the mail side
    /// had the mail, and has taken it back.
    pub(super) fn feedback(&self) -> Feedback {
        match &self.said {
            Said::Sent => Feedback::Sent,
            Said::Accepted => Feedback::Accepted,
            Said::Bounced(bounce) => match bounce.kind {
                BounceKind::Permanent => Feedback::Bounced,
                BounceKind::Transient => Feedback::Accepted,
            },
            Said::Complained { .. } => Feedback::Complained,
            Said::NotSent { reason } => Feedback::NotSent(reason),
        }
    }

    /// Adds the event that this becomes, if it becomes one, and its memory: so the
    /// transaction fails where that was published before.
    pub(super) fn publish(
        &self,
        core: &Core,
        transaction: &mut Transaction,
        (subscriber_id, issue_id): (Uuid, Option<Uuid>),
    ) -> Result<(), StepError> {
        match &self.said {
            Said::Sent | Said::Accepted | Said::NotSent { .. } => Ok(()),
            Said::Bounced(bounce) => {
                let Bounce {
                    kind,
                    diagnostic,
                    at,
                } = bounce.clone();
                let what = match kind {
                    BounceKind::Permanent => "permanent bounce",
                    BounceKind::Transient => "transient bounce",
                };
                let event = EmailBouncedV1 {
                    subscriber_id,
                    issue_id,
                    kind,
                    diagnostic,
                    at,
                };
                self.write(core, transaction, what, event)
            }
            Said::Complained { at } => {
                let event = EmailComplainedV1 {
                    subscriber_id,
                    issue_id,
                    at: *at,
                };
                self.write(core, transaction, "complaint", event)
            }
        }
    }

    fn write<D: Published>(
        &self,
        core: &Core,
        transaction: &mut Transaction,
        what: &str,
        event: D,
    ) -> Result<(), StepError> {
        let (id, now) = (event_id(&self.message_id, what), core.clock.now());
        SeenEvent::new(id, now).write(transaction);
        report::write_as(core, transaction, id, event, now)
    }
}

/// The id of the event that tells `what` of a mail: the same whenever that is told
/// again, so that neither this service nor a reader takes it for another.
fn event_id(message_id: &str, what: &str) -> Uuid {
    let digest = Sha256::new()
        .chain_update((message_id.len() as u64).to_be_bytes())
        .chain_update(message_id)
        .chain_update(what)
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}
