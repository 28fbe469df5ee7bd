//! Subscribers, and which address is whose.
//!
//! | item | key | listed |
//! |---|---|---|
//! | the subscriber | `SUBSCRIBER#{id}` | in `SUBSCRIBERS#{status}` by time of subscription |
//! | who holds the address | `ADDRESS#{fingerprint}` | |
//!
//! What stays of somebody who was erased is in [`erased`](super::erased).

use dynamo::{Condition, Item, Key, Page, Query, ReadError, Transaction};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Store, SubscriberPlace, Write,
    audience::{AudienceSlot, ChangedAudience},
    erased::Tombstone,
};
use crate::domain::{
    AddressFingerprint, Subscriber, SubscriberId, SubscriberStatus, suppression::Suppression,
};

/// The version of a suppressed address: it is never changed, only claimed. A
/// claim has no version.
const SUPPRESSED: u64 = 1;

/// Who holds an address: two at the same moment cannot both claim it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AddressHolder {
    /// A subscriber.
    Subscriber(SubscriberId),
    /// Nobody since one was erased, and it is not to be mailed unasked.
    Suppressed(Suppression),
}

/// A holder as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum AddressItem {
    Claim {
        subscriber_id: SubscriberId,
    },
    Suppressed {
        suppression: Suppression,
        version: u64,
    },
}

impl From<AddressItem> for AddressHolder {
    fn from(item: AddressItem) -> Self {
        match item {
            AddressItem::Claim { subscriber_id } => Self::Subscriber(subscriber_id),
            AddressItem::Suppressed { suppression, .. } => Self::Suppressed(suppression),
        }
    }
}

/// A subscriber with an address that no subscriber has yet. If they have a
/// suppression, it is the one that the address had.
pub(crate) struct NewSubscriber {
    pub(crate) subscriber: Subscriber,
    pub(crate) address: AddressFingerprint,
}

/// The next version of a subscriber.
pub(crate) struct ChangedSubscriber(pub(crate) Subscriber);

/// The next version of a subscriber, who may have joined or left by it.
pub(crate) struct MovedSubscriber<'a> {
    pub(crate) before: &'a Subscriber,
    pub(crate) after: Subscriber,
    /// The part of the audience's count that it is counted in.
    pub(crate) slot: AudienceSlot,
    /// When, by the slot.
    pub(crate) at: Timestamp,
}

/// A subscriber in the version that was loaded, to be forgotten: only a
/// suppression stays, under the address's fingerprint, and for a while that
/// there was somebody.
pub(crate) struct ErasedSubscriber {
    pub(crate) subscriber: Subscriber,
    pub(crate) address: AddressFingerprint,
    /// The part of the audience's count that they leave by, if they are in it.
    pub(crate) slot: AudienceSlot,
    /// When, by the slot.
    pub(crate) at: Timestamp,
}

impl Store {
    /// Who holds the address.
    pub(crate) async fn holder_of(
        &self,
        address: &AddressFingerprint,
    ) -> Result<Option<AddressHolder>, ReadError> {
        let found = self.table.get::<AddressItem>(&address_key(address)).await?;
        Ok(found.map(AddressHolder::from))
    }

    /// Who holds each of the addresses, in their order.
    pub(crate) async fn holders_of(
        &self,
        addresses: &[AddressFingerprint],
    ) -> Result<Vec<Option<AddressHolder>>, ReadError> {
        let keys: Vec<_> = addresses.iter().map(address_key).collect();
        let mut found = self.table.get_many::<AddressItem>(&keys).await?;
        let holders = keys.iter().map(|key| found.remove(key));
        Ok(holders.map(|item| item.map(AddressHolder::from)).collect())
    }

    /// Those of the subscribers `ids` who are there, in no order.
    pub(crate) async fn subscribers_among(
        &self,
        ids: &[SubscriberId],
    ) -> Result<Vec<Subscriber>, ReadError> {
        let keys: Vec<_> = ids.iter().copied().map(key).collect();
        let found = self.table.get_many::<Subscriber>(&keys).await?;
        Ok(found.into_values().collect())
    }

    /// The subscriber `id`.
    pub(crate) async fn subscriber(
        &self,
        id: SubscriberId,
    ) -> Result<Option<Subscriber>, ReadError> {
        self.table.get(&key(id)).await
    }

    /// A page of `limit` subscribers of that status, who subscribed last
    /// first; those behind the place `after`, whether anybody is there or not.
    pub(crate) async fn subscribers(
        &self,
        status: SubscriberStatus,
        after: Option<&SubscriberPlace>,
        limit: u16,
    ) -> Result<Page<Subscriber>, ReadError> {
        let query = Query::list(list(status), limit).descending();
        self.table.query(behind(query, after)).await
    }

    /// The same, who subscribed first first: whoever comes into the list
    /// meanwhile comes behind.
    pub(crate) async fn oldest_subscribers(
        &self,
        status: SubscriberStatus,
        after: Option<&SubscriberPlace>,
        limit: u16,
    ) -> Result<Page<Subscriber>, ReadError> {
        let query = Query::list(list(status), limit);
        self.table.query(behind(query, after)).await
    }
}

fn behind(query: Query, after: Option<&SubscriberPlace>) -> Query {
    match after {
        Some(after) => query.after_listed(&key(after.id()), &after.to_string()),
        None => query,
    }
}

impl Write for NewSubscriber {
    fn stage(self, transaction: &mut Transaction) {
        let Self {
            subscriber,
            address,
        } = self;
        let claim = AddressItem::Claim {
            subscriber_id: subscriber.id,
        };
        let claim = Item::new(&address_key(&address), &claim);
        let decided_upon = match subscriber.suppression {
            None => Condition::Absent,
            Some(_) => Condition::Version(SUPPRESSED),
        };
        transaction.put("address", claim, decided_upon);
        transaction.put("subscriber", item_of(&subscriber), Condition::Absent);
    }
}

impl Write for ChangedSubscriber {
    fn stage(self, transaction: &mut Transaction) {
        let Self(subscriber) = self;
        let decided_upon = Condition::Version(subscriber.version - 1);
        transaction.put("subscriber", item_of(&subscriber), decided_upon);
    }
}

impl Write for MovedSubscriber<'_> {
    fn stage(self, transaction: &mut Transaction) {
        let Self {
            before,
            mut after,
            slot,
            at,
        } = self;
        after = after.told(at);
        let by = after.joined(Some(before));
        if by != 0 {
            after = after.in_epoch(slot.epoch());
            ChangedAudience { slot, by, at }.stage(transaction);
        }
        ChangedSubscriber(after).stage(transaction);
    }
}

impl Write for ErasedSubscriber {
    fn stage(self, transaction: &mut Transaction) {
        let Self {
            subscriber,
            address,
            slot,
            at,
        } = self;
        if subscriber.status == SubscriberStatus::Confirmed {
            ChangedAudience { slot, by: -1, at }.stage(transaction);
        }
        let decided_upon = Condition::Version(subscriber.version);
        transaction.delete("subscriber", &key(subscriber.id), decided_upon);
        Tombstone::of(&subscriber, at).stage(transaction);
        // As long as the subscriber is there the address is theirs.
        let address = address_key(&address);
        match subscriber.suppression {
            None => transaction.delete("address", &address, Condition::Always),
            Some(suppression) => {
                let suppressed = AddressItem::Suppressed {
                    suppression,
                    version: SUPPRESSED,
                };
                let item = Item::new(&address, &suppressed);
                transaction.put("address", item, Condition::Always);
            }
        }
    }
}

fn item_of(subscriber: &Subscriber) -> Item {
    let place = SubscriberPlace::of(subscriber).to_string();
    Item::new(&key(subscriber.id), subscriber).listed(list(subscriber.status), place)
}

fn list(status: SubscriberStatus) -> String {
    format!("SUBSCRIBERS#{status}")
}

fn key(id: SubscriberId) -> Key {
    Key::alone(format!("SUBSCRIBER#{id}"))
}

fn address_key(address: &AddressFingerprint) -> Key {
    Key::alone(format!("ADDRESS#{}", address.as_str()))
}
