//! What confirmation links refer to.
//!
//! | item | key | listed |
//! |---|---|---|
//! | what a link is for | `CONFIRMATION#{hash of the token}` | |
//! | a decoy | `DECOY#{random}` | in `DECOYS`, if what it stands for is listed |

use dynamo::{Condition, Item, Key, ReadError, Transaction};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Store, Write};
use crate::domain::{ConfirmationToken, SubscriberId};

/// A decoy is of no use to anybody: DynamoDB may delete it soon.
const DECOY_LIFETIME: SignedDuration = SignedDuration::from_hours(1);
/// A list that nobody reads.
const DECOYS: &str = "DECOYS";

/// What a confirmation link is for; the key holds the token's hash.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ConfirmationLink {
    pub(crate) subscriber_id: SubscriberId,
    /// From when on it confirms no more. Kept apart from the time to live,
    /// which DynamoDB follows at its leisure.
    pub(crate) valid_until: Timestamp,
    /// When somebody followed it who is a subscriber since, or was already. It
    /// confirms nobody after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) used_at: Option<Timestamp>,
    /// Grows with every change.
    pub(crate) version: u64,
}

impl ConfirmationLink {
    /// A link that nobody has followed.
    pub(crate) fn new(subscriber_id: SubscriberId, valid_until: Timestamp) -> Self {
        Self {
            subscriber_id,
            valid_until,
            used_at: None,
            version: 1,
        }
    }

    /// The link after it was followed; none if it was before.
    pub(crate) fn used(&self, now: Timestamp) -> Option<Self> {
        self.used_at.is_none().then(|| Self {
            used_at: Some(now),
            version: self.version + 1,
            ..self.clone()
        })
    }
}

/// A link that is about to be mailed.
pub(crate) struct NewConfirmationLink {
    pub(crate) token: ConfirmationToken,
    pub(crate) link: ConfirmationLink,
}

/// A link that was followed, in place of the unused one.
pub(crate) struct UsedConfirmationLink {
    pub(crate) token: ConfirmationToken,
    pub(crate) link: ConfirmationLink,
}

/// A row that means nothing: it makes a transaction as large as another one,
/// so that its time does not tell what was decided. It cannot conflict.
pub(crate) struct Decoy {
    pub(crate) id: Uuid,
    pub(crate) now: Timestamp,
    /// The bytes of what it stands for, more or less.
    pub(crate) bytes: usize,
    /// Whether what it stands for is written to the listing index, too.
    pub(crate) listed: bool,
}

impl Store {
    /// What the link with this token is for, expired or not.
    pub(crate) async fn confirmation_link(
        &self,
        token: &ConfirmationToken,
    ) -> Result<Option<ConfirmationLink>, ReadError> {
        self.table.get(&key(token)).await
    }
}

impl Write for NewConfirmationLink {
    fn stage(self, transaction: &mut Transaction) {
        let item = Item::new(&key(&self.token), &self.link).expiring(self.link.valid_until);
        transaction.put("confirmation link", item, Condition::Absent);
    }
}

impl Write for UsedConfirmationLink {
    fn stage(self, transaction: &mut Transaction) {
        let unused = Condition::Version(self.link.version - 1);
        let item = Item::new(&key(&self.token), &self.link).expiring(self.link.valid_until);
        transaction.put("confirmation link", item, unused);
    }
}

impl Write for Decoy {
    fn stage(self, transaction: &mut Transaction) {
        /// A decoy says nothing.
        #[derive(Serialize)]
        struct Nothing {
            padding: String,
        }
        let key = Key::alone(format!("DECOY#{}", self.id));
        let padding = "-".repeat(self.bytes);
        let mut item = Item::new(&key, &Nothing { padding }).expiring(self.now + DECOY_LIFETIME);
        if self.listed {
            item = item.listed(DECOYS, self.id.to_string());
        }
        transaction.put("decoy", item, Condition::Always);
    }
}

fn key(token: &ConfirmationToken) -> Key {
    Key::alone(format!("CONFIRMATION#{}", token.hash()))
}
