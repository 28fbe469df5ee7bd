//! `ATTEMPT#<event id>`: who hands a confirmation mail over right now.
//!
//! Of several copies of one event, one is at it. The item outlives its mail by
//! its lease, after which whoever meets it takes over, and it deletes itself.

use dynamo::{CommitError, Condition, Item, Key, Transaction};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::mail::SEND_LIMIT;

/// For how long an attempt is its worker's: longer than a mail call takes.
const LEASE: SignedDuration = SignedDuration::from_secs(120);
const _: () = assert!(SEND_LIMIT.as_secs().cast_signed() < LEASE.as_secs());

const LABEL: &str = "mail attempt";

/// The bits of a random number that every reader of JSON keeps exactly.
const EXACT: u64 = (1 << 53) - 1;

/// An attempt: its number tells it apart from others'.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct MailAttempt {
    version: u64,
}

impl MailAttempt {
    /// An attempt with a `random` id.
    pub(crate) fn new(random: Uuid) -> Self {
        Self {
            version: random.as_u64_pair().1 & EXACT,
        }
    }

    /// Writes the attempt down, unless another's lease runs.
    pub(crate) fn begin(self, transaction: &mut Transaction, event_id: Uuid, now: Timestamp) {
        let item = Item::new(&key(event_id), &self).expiring(now + LEASE);
        transaction.put(LABEL, item, Condition::AbsentOrExpired(now));
    }

    /// Lets the next one begin at once, unless the lease is another's by now.
    pub(crate) fn release(self, transaction: &mut Transaction, event_id: Uuid) {
        transaction.delete(LABEL, &key(event_id), Condition::Version(self.version));
    }

    /// Whether a transaction failed because of another's attempt.
    pub(crate) fn is_anothers(error: &CommitError) -> bool {
        error.failed(LABEL)
    }
}

fn key(event_id: Uuid) -> Key {
    Key::alone(format!("ATTEMPT#{event_id}"))
}
