//! What is decided about the rows of a chunk.

use std::collections::{HashMap, HashSet};

use contracts::events::SubscribersImportedV1;
use dynamo::MAX_ACTIONS;
use jiff::Timestamp;
use secrecy::ExposeSecret;

use crate::{
    app::AppState,
    domain::{
        AddressFingerprint, Subscriber, SubscriberId,
        import::{Chunk, Import, Outcome, Row},
    },
    store::{
        AddressHolder, ChangedSubscriber, Decision, NewSubscriber, StoreError,
        audience::ChangedAudience, imports::SaveImport,
    },
    use_cases::confirm::confirmed_data,
};

/// Beside the subscribers a transaction has the event, the import, and at its
/// end the mark that it is running, and the audience's count.
const OTHER_ACTIONS: usize = 4;
/// A new subscriber and the claim on their address.
const ACTIONS_OF_A_ROW: usize = 2;
/// The most good rows of a chunk: all of them fit into one transaction.
pub(super) const MAX_ROWS: usize = (MAX_ACTIONS - OTHER_ACTIONS) / ACTIONS_OF_A_ROW;

/// Decides about `chunk`; answers also the import as it is then.
///
/// # Errors
/// [`StoreError::TooLarge`] if the chunk does not fit into one event.
pub(super) async fn decide(
    app: &AppState,
    import: &Import,
    chunk: Chunk,
) -> Result<(Decision, Import), StoreError> {
    let slot = app.store.audience_slot(import.id).await?;
    let now = slot.moment(app.clock.now());
    let known = Known::load(app, &chunk.rows).await?;
    let mut decision = Decision::new();
    let mut imported = Vec::new();
    let mut already_known = 0;
    for (row, address, standing) in known.standings(chunk.rows) {
        let subscriber = match standing {
            Standing::Unknown => {
                let id = SubscriberId(app.randomness.uuid());
                let subscriber = Subscriber::imported(id, row.email, row.name, now);
                let subscriber = subscriber.in_epoch(slot.epoch());
                decision = decision.write(NewSubscriber {
                    subscriber: subscriber.clone(),
                    address,
                });
                subscriber
            }
            Standing::Known(known) => match known.import(now) {
                Some(subscriber) => {
                    let subscriber = subscriber.in_epoch(slot.epoch());
                    decision = decision.write(ChangedSubscriber(subscriber.clone()));
                    subscriber
                }
                None => {
                    already_known += 1;
                    continue;
                }
            },
            Standing::LeftAlone => {
                already_known += 1;
                continue;
            }
        };
        imported.push(subscriber);
    }
    let outcome = Outcome {
        imported: imported.len() as u64,
        already_known,
        rejections: chunk.rejections,
        next: chunk.next,
    };
    if !imported.is_empty() {
        let event = event(app, import, &imported, now);
        let joined = ChangedAudience {
            slot,
            by: imported.len() as i64,
            at: now,
        };
        decision = decision.write(joined).event(app.event(event, now)?);
    }
    let advanced = import.advance(outcome, now);
    Ok((decision.write(SaveImport(advanced.clone())), advanced))
}

fn event(
    app: &AppState,
    import: &Import,
    imported: &[Subscriber],
    now: Timestamp,
) -> SubscribersImportedV1 {
    let subscribers = imported.iter();
    SubscribersImportedV1 {
        import_id: import.id,
        chunk: import.events,
        subscribers: subscribers
            .map(|subscriber| confirmed_data(app, subscriber, now))
            .collect(),
    }
}

/// What an address stands for.
enum Standing {
    /// Nobody.
    Unknown,
    /// A subscriber.
    Known(Box<Subscriber>),
    /// An earlier row, or somebody who is not to be mailed.
    LeftAlone,
}

/// What is known of the addresses of a chunk.
struct Known {
    addresses: Vec<AddressFingerprint>,
    holders: Vec<Option<AddressHolder>>,
    subscribers: HashMap<SubscriberId, Subscriber>,
}

impl Known {
    /// Reads it, at most twice from the store.
    async fn load(app: &AppState, rows: &[Row]) -> Result<Self, StoreError> {
        let key = app.secrets.address_key.expose_secret();
        let addresses: Vec<_> = rows
            .iter()
            .map(|row| AddressFingerprint::of(&row.email, key))
            .collect();
        let holders = app.store.holders_of(&addresses).await?;
        let ids: Vec<_> = holders
            .iter()
            .filter_map(|holder| match holder {
                Some(AddressHolder::Subscriber(id)) => Some(*id),
                _ => None,
            })
            .collect();
        let subscribers = app.store.subscribers_among(&ids).await?;
        let by_id = |subscriber: Subscriber| (subscriber.id, subscriber);
        Ok(Self {
            addresses,
            holders,
            subscribers: subscribers.into_iter().map(by_id).collect(),
        })
    }

    /// Each row with its address and what that stands for.
    fn standings(
        mut self,
        rows: Vec<Row>,
    ) -> impl Iterator<Item = (Row, AddressFingerprint, Standing)> {
        let mut met = HashSet::new();
        let addresses = self.addresses.into_iter().zip(self.holders);
        rows.into_iter()
            .zip(addresses)
            .map(move |(row, (address, holder))| {
                let standing = if !met.insert(address.as_str().to_owned()) {
                    Standing::LeftAlone
                } else {
                    match holder {
                        None => Standing::Unknown,
                        Some(AddressHolder::Subscriber(id)) => self
                            .subscribers
                            .remove(&id)
                            .map_or(Standing::LeftAlone, |known| {
                                Standing::Known(Box::new(known))
                            }),
                        Some(AddressHolder::Suppressed(_)) => Standing::LeftAlone,
                    }
                };
                (row, address, standing)
            })
    }
}
