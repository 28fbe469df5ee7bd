//! What must hold when everything has come to its end.

mod issue;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    api::Api,
    mail::{About, Became, Mail},
    people::Issues,
    watch::{Event, Projected},
};

/// A promise was broken.
type Verdict = Result<(), String>;

/// A subscriber as the events tell it.
#[derive(Debug, Default)]
struct Subscriber {
    /// When they confirmed, each time.
    confirmed: Vec<Timestamp>,
    was_removed: bool,
    /// The newest state that delivery is to have.
    newest: Option<Projected>,
}

/// Judges the end of a run.
pub(crate) async fn judge(api: &Api, issues: &Issues) -> Verdict {
    let world = &api.cluster.world;
    for queue in api.cluster.all_queues() {
        if let Some(why) = queue.dead().first() {
            return Err(format!("a dead letter in {}: {why}", queue.name));
        }
    }
    let events = world.watch.known().events.clone();
    let mails = api.cluster.mail.mails().clone();
    let subscribers = subscribers(&events);
    projection(&subscribers, &world.watch.known().recipients)?;
    confirmations(api, &events, &mails)?;
    let issues = issues
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .clone();
    for issue in issues {
        let judged = issue::Issue {
            api,
            issue,
            subscribers: &subscribers,
            mails: &mails,
            events: &events,
        };
        judged
            .judge()
            .await
            .map_err(|broken| format!("issue {issue}: {broken}"))?;
    }
    Ok(())
}

fn subscribers(events: &[Event]) -> BTreeMap<Uuid, Subscriber> {
    let mut all: BTreeMap<Uuid, Subscriber> = BTreeMap::new();
    for event in events {
        match event.kind.as_str() {
            "pennypost.subscriber.confirmed.v1" => confirmed(&mut all, &event.data),
            "pennypost.subscribers.imported.v1" => {
                let many = event.data["subscribers"].as_array().into_iter().flatten();
                many.for_each(|one| confirmed(&mut all, one));
            }
            "pennypost.subscriber.unsubscribed.v1" | "pennypost.subscriber.erased.v1" => {
                let one = all.entry(id(&event.data, "subscriber_id")).or_default();
                one.was_removed = true;
                one.learn(event.data["version"].as_u64().unwrap_or_default(), None);
            }
            _ => {}
        }
    }
    all
}

fn confirmed(all: &mut BTreeMap<Uuid, Subscriber>, data: &Value) {
    let one = all.entry(id(data, "subscriber_id")).or_default();
    let at = data["confirmed_at"].as_str().and_then(|at| at.parse().ok());
    one.confirmed.extend(at);
    one.learn(data["version"].as_u64().unwrap_or_default(), at);
}

impl Subscriber {
    fn learn(&mut self, version: u64, confirmed_at: Option<Timestamp>) {
        if self.newest.is_none_or(|newest| newest.version < version) {
            self.newest = Some(Projected {
                version,
                confirmed_at,
            });
        }
    }
}

/// Delivery knows everybody as they are.
fn projection(
    subscribers: &BTreeMap<Uuid, Subscriber>,
    recipients: &BTreeMap<Uuid, Projected>,
) -> Verdict {
    for (id, subscriber) in subscribers {
        if recipients.get(id).copied() != subscriber.newest {
            return Err(format!("delivery takes {id} for {:?}", recipients.get(id)));
        }
    }
    Ok(())
}

/// Whoever registered was mailed the link, once if nothing happened.
fn confirmations(api: &Api, events: &[Event], mails: &[Mail]) -> Verdict {
    let world = &api.cluster.world;
    let nothing_happened = world.excuses() == 0 && world.faults.store == 0;
    for event in events
        .iter()
        .filter(|one| one.kind == "pennypost.subscriber.registered.v1")
    {
        let is_about = |mail: &&Mail| matches!(&mail.about, About::Confirmation { event: id, .. } if *id == event.id);
        let own: Vec<_> = mails.iter().filter(is_about).collect();
        let left = own.iter().filter(|mail| mail.left()).count();
        let subscriber = id(&event.data, "subscriber_id");
        let moved_on = events.iter().any(|other| {
            other.data["subscriber_id"] == event.data["subscriber_id"]
                && other.data["version"].as_u64() > event.data["version"].as_u64()
        });
        let was_tried = own.iter().any(|mail| {
            matches!(
                mail.became,
                Became::Refused | Became::LostUnclear | Became::LeftUnclear
            )
        });
        if left == 0 && !moved_on && !was_tried {
            return Err(format!("{subscriber} was never mailed a link"));
        }
        if left > 1 && nothing_happened {
            return Err(format!(
                "{subscriber} was mailed the same link {left} times"
            ));
        }
    }
    Ok(())
}

fn id(data: &Value, name: &str) -> Uuid {
    data[name]
        .as_str()
        .and_then(|id| id.parse().ok())
        .unwrap_or_default()
}
