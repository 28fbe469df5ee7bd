//! How many are confirmed, counted along with each change.
//!
//! | item | key |
//! |---|---|
//! | a part of the count | `AUDIENCE#<slot>` |
//!
//! Why it is counted like this: `docs/adr/0012-counting-recipients-twice.md`.

use dynamo::{Condition, Item, Key, ReadError, Transaction};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Store, Write};
use crate::domain::issue::Audience;

/// The parts of the count, so that few changes at the same moment meet. Only
/// their sum means anything.
const SLOTS: u8 = 16;

/// A part of the count as it was read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AudienceSlot {
    number: u8,
    stored: StoredSlot,
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct StoredSlot {
    /// How many joined by way of this slot, less those who left by it.
    count: i64,
    /// How many issues were published.
    epoch: u64,
    /// When the last one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    /// When somebody joined or left last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    changed_at: Option<Timestamp>,
    /// 0 as long as it is not stored.
    version: u64,
}

impl AudienceSlot {
    /// The epoch that a change belongs to which is committed with this slot.
    pub(crate) const fn epoch(&self) -> u64 {
        self.stored.epoch
    }

    /// When a change happens that is committed with this slot: `now`, yet
    /// behind the publication before, whatever the clocks say. For delivery
    /// goes by the moments.
    pub(crate) fn moment(&self, now: Timestamp) -> Timestamp {
        let at_least = self
            .stored
            .since
            .map(|since| since + SignedDuration::from_nanos(1));
        at_least.map_or(now, |at_least| at_least.max(now))
    }

    fn stage(self, next: StoredSlot, transaction: &mut Transaction) {
        let before = match self.stored.version {
            0 => Condition::Absent,
            version => Condition::Version(version),
        };
        let next = StoredSlot {
            version: self.stored.version + 1,
            ..next
        };
        transaction.put("audience", Item::new(&key(self.number), &next), before);
    }
}

/// All parts of the count, as they were read.
pub(crate) struct WholeAudience(Vec<AudienceSlot>);

impl WholeAudience {
    /// What they make up.
    pub(crate) fn audience(&self) -> Audience {
        let size: i64 = self.0.iter().map(|slot| slot.stored.count).sum();
        Audience {
            epoch: self.0.iter().map(AudienceSlot::epoch).max().unwrap_or(0),
            size: u64::try_from(size).unwrap_or(0),
        }
    }

    /// When an issue is published to them: `now`, yet behind the publication
    /// before and not before anybody's change, whatever the clocks say.
    pub(crate) fn moment(&self, now: Timestamp) -> Timestamp {
        let moments = self.0.iter().map(|slot| slot.moment(now));
        let changes = self.0.iter().filter_map(|slot| slot.stored.changed_at);
        moments.chain(changes).max().unwrap_or(now)
    }
}

/// Somebody joined or left.
pub(crate) struct ChangedAudience {
    /// Read before it was decided.
    pub(crate) slot: AudienceSlot,
    /// How many more they are; negative if they are fewer.
    pub(crate) by: i64,
    /// When, by [`AudienceSlot::moment`].
    pub(crate) at: Timestamp,
}

/// An issue is published to all there are: nobody joined or left since they
/// were read, and who does from now on is of the next epoch.
pub(crate) struct NextEpoch {
    pub(crate) whole: WholeAudience,
    /// When it is published.
    pub(crate) at: Timestamp,
}

impl Write for ChangedAudience {
    fn stage(self, transaction: &mut Transaction) {
        let Self { slot, by, at } = self;
        let next = StoredSlot {
            count: slot.stored.count + by,
            changed_at: slot.stored.changed_at.max(Some(at)),
            ..slot.stored
        };
        slot.stage(next, transaction);
    }
}

impl Write for NextEpoch {
    fn stage(self, transaction: &mut Transaction) {
        let epoch = self.whole.audience().epoch + 1;
        for slot in self.whole.0 {
            let next = StoredSlot {
                epoch,
                since: Some(self.at),
                ..slot.stored
            };
            slot.stage(next, transaction);
        }
    }
}

impl Store {
    /// The part of the count for changes of `id`, a subscriber or an import.
    pub(crate) async fn audience_slot(&self, id: Uuid) -> Result<AudienceSlot, ReadError> {
        let [.., last] = *id.as_bytes();
        let number = last % SLOTS;
        let stored = self.table().get(&key(number)).await?;
        Ok(AudienceSlot {
            number,
            stored: stored.unwrap_or_default(),
        })
    }

    /// All parts of the count, though not all at one moment.
    pub(crate) async fn whole_audience(&self) -> Result<WholeAudience, ReadError> {
        let keys: Vec<_> = (0..SLOTS).map(key).collect();
        let mut found = self.table().get_many(&keys).await?;
        let slots = (0..SLOTS).map(|number| AudienceSlot {
            number,
            stored: found.remove(&key(number)).unwrap_or_default(),
        });
        Ok(WholeAudience(slots.collect()))
    }
}

fn key(number: u8) -> Key {
    Key::alone(format!("AUDIENCE#{number:02}"))
}
