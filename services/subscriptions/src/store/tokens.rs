//! What confirmation links refer to.
//!
//! | item | key |
//! |---|---|
//! | what a link is for | `CONFIRMATION#{hash of the token}` |
//! | a decoy | `DECOY#{random}` |

use dynamo::{Condition, Item, Key, ReadError, Transaction};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Store, Write};
use crate::domain::{ConfirmationToken, SubscriberId};

/// A decoy is of no use to anybody: DynamoDB may delete it soon.
const DECOY_LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// What a confirmation link is for; the key holds the token's hash.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ConfirmationLink {
    pub(crate) subscriber_id: SubscriberId,
    /// The subscriber's generation that the link confirms.
    pub(crate) generation: u64,
    /// From when on it confirms no more. Kept apart from the time to live,
    /// which DynamoDB follows at its leisure.
    pub(crate) valid_until: Timestamp,
}

/// A link that is about to be mailed.
pub(crate) struct NewConfirmationLink {
    pub(crate) token: ConfirmationToken,
    pub(crate) link: ConfirmationLink,
}

/// A row that means nothing: it makes a transaction as large as another one,
/// so that its time does not tell what was decided. It cannot conflict.
pub(crate) struct Decoy {
    pub(crate) id: Uuid,
    pub(crate) now: Timestamp,
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

impl Write for Decoy {
    fn stage(self, transaction: &mut Transaction) {
        /// A decoy says nothing.
        #[derive(Serialize)]
        struct Nothing {}
        let key = Key::alone(format!("DECOY#{}", self.id));
        let item = Item::new(&key, &Nothing {}).expiring(self.now + DECOY_LIFETIME);
        transaction.put("decoy", item, Condition::Always);
    }
}

fn key(token: &ConfirmationToken) -> Key {
    Key::alone(format!("CONFIRMATION#{}", token.hash()))
}
