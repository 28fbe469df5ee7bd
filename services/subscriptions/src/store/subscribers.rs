//! Subscribers, and which address is whose.
//!
//! | item | key |
//! |---|---|
//! | the subscriber | `SUBSCRIBER#{id}` |
//! | the claim on the address | `ADDRESS#{fingerprint}` |

use dynamo::{Condition, Item, Key, ReadError, Transaction};
use serde::{Deserialize, Serialize};

use super::{Store, Write};
use crate::domain::{AddressFingerprint, Subscriber, SubscriberId};

/// Says that an address belongs to a subscriber: two at the same moment cannot
/// both put it.
#[derive(Serialize, Deserialize)]
struct AddressClaim {
    subscriber_id: SubscriberId,
}

/// A subscriber with an address that nobody has yet.
pub(crate) struct NewSubscriber {
    pub(crate) subscriber: Subscriber,
    pub(crate) address: AddressFingerprint,
}

/// The next version of a subscriber.
pub(crate) struct ChangedSubscriber(pub(crate) Subscriber);

impl Store {
    /// Whose the address is.
    pub(crate) async fn owner_of(
        &self,
        address: &AddressFingerprint,
    ) -> Result<Option<SubscriberId>, ReadError> {
        let claim = self
            .table
            .get::<AddressClaim>(&address_key(address))
            .await?;
        Ok(claim.map(|claim| claim.subscriber_id))
    }

    /// The subscriber `id`.
    pub(crate) async fn subscriber(
        &self,
        id: SubscriberId,
    ) -> Result<Option<Subscriber>, ReadError> {
        self.table.get(&key(id)).await
    }
}

impl Write for NewSubscriber {
    fn stage(self, transaction: &mut Transaction) {
        let claim = AddressClaim {
            subscriber_id: self.subscriber.id,
        };
        let claim = Item::new(&address_key(&self.address), &claim);
        let subscriber = Item::new(&key(self.subscriber.id), &self.subscriber);
        transaction.put("address", claim, Condition::Absent);
        transaction.put("subscriber", subscriber, Condition::Absent);
    }
}

impl Write for ChangedSubscriber {
    fn stage(self, transaction: &mut Transaction) {
        let Self(subscriber) = self;
        let decided_upon = Condition::Version(subscriber.version - 1);
        let item = Item::new(&key(subscriber.id), &subscriber);
        transaction.put("subscriber", item, decided_upon);
    }
}

fn key(id: SubscriberId) -> Key {
    Key::alone(format!("SUBSCRIBER#{id}"))
}

fn address_key(address: &AddressFingerprint) -> Key {
    Key::alone(format!("ADDRESS#{}", address.as_str()))
}
