//! What is said of people, in the words in which it was said before.

use contracts::events::{
    SubscriberErasedV1, SubscriberUnsubscribedV1, SubscribersImportedV1, UnsubscribeReason,
};
use jiff::Timestamp;
use outbox::{EventTooLarge, OutboxEvent};

use crate::{
    app::AppState,
    domain::{ChangeKind, Left, Present, Subscriber, SubscriberId},
    store::erased::Tombstone,
    use_cases::confirm::confirmed_data,
};

/// The most who are said to be confirmed by one event: as many as an import
/// puts into one, since readers take an event in one transaction.
const MAX_CONFIRMED: usize = 48;

/// That these were erased.
pub(super) fn events_of_erased(
    app: &AppState,
    erased: &[Tombstone],
    now: Timestamp,
) -> Result<Vec<OutboxEvent>, EventTooLarge> {
    let events = erased.iter().map(|tombstone| {
        let erased = SubscriberErasedV1 {
            subscriber_id: tombstone.id.0,
            version: tombstone.version,
            at: tombstone.at,
        };
        app.event(erased, now)
    });
    events.collect()
}

/// What is to be known of each, and of how many there is something.
pub(super) fn events_of_subscribers(
    app: &AppState,
    subscribers: Vec<Subscriber>,
    now: Timestamp,
) -> Result<(usize, Vec<OutboxEvent>), EventTooLarge> {
    let (mut events, mut confirmed) = (Vec::new(), Vec::new());
    for subscriber in subscribers {
        match subscriber.present(now) {
            Present::Confirmed(since) => confirmed.push((subscriber, since)),
            Present::Left(left) => events.push(app.event(left_data(subscriber.id, left), now)?),
            Present::Waiting => {}
        }
    }
    let published = events.len() + confirmed.len();
    events.extend(events_of_confirmed(app, &confirmed, now)?);
    Ok((published, events))
}

fn left_data(id: SubscriberId, left: Left) -> SubscriberUnsubscribedV1 {
    SubscriberUnsubscribedV1 {
        subscriber_id: id.0,
        version: left.version,
        reason: match left.why {
            ChangeKind::Bounced => UnsubscribeReason::Bounce,
            ChangeKind::Complained => UnsubscribeReason::Complaint,
            _ => UnsubscribeReason::SelfService,
        },
        issue_id: left.issue_id,
        at: left.at,
    }
}

/// That these are confirmed, each since then, in as few events as they fit into.
fn events_of_confirmed(
    app: &AppState,
    confirmed: &[(Subscriber, Timestamp)],
    now: Timestamp,
) -> Result<Vec<OutboxEvent>, EventTooLarge> {
    let mut events = Vec::new();
    let mut groups: Vec<_> = confirmed.chunks(MAX_CONFIRMED).collect();
    while let Some(group) = groups.pop() {
        let subscribers = group.iter();
        let chunk = SubscribersImportedV1 {
            // No import is like it, and no chunk of one.
            import_id: app.randomness.uuid(),
            chunk: 0,
            subscribers: subscribers
                .map(|(subscriber, since)| confirmed_data(app, subscriber, *since))
                .collect(),
        };
        match app.event(chunk, now) {
            Ok(event) => events.push(event),
            // Some have long names.
            Err(_) if group.len() > 1 => {
                let (first, second) = group.split_at(group.len() / 2);
                groups.extend([first, second]);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(events)
}
