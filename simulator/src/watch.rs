//! Who watches what is committed, in its order, beside everybody's back: what
//! happened is known from here, whatever the services say of it.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    log::{Log, Row},
    world::World,
};

/// A write as it was sent to the store.
#[derive(Debug)]
pub(crate) struct Write {
    pub(crate) operation: String,
    pub(crate) body: Value,
}

impl Write {
    /// The write in a request's body; none if it only reads.
    pub(crate) fn parse(operation: &str, body: &[u8]) -> Option<Self> {
        let writes = ["PutItem", "TransactWriteItems", "BatchWriteItem"];
        let is_write = writes.contains(&operation);
        is_write.then(|| Self {
            operation: operation.to_owned(),
            body: serde_json::from_slice(body).expect("the SDK sends JSON"),
        })
    }

    /// The items that are put.
    pub(crate) fn puts(&self) -> Vec<&Value> {
        match self.operation.as_str() {
            "PutItem" => vec![&self.body["Item"]],
            _ => self
                .actions()
                .map(|action| &action["Put"]["Item"])
                .filter(|item| item.is_object())
                .collect(),
        }
    }

    fn actions(&self) -> impl Iterator<Item = &Value> {
        self.body["TransactItems"].as_array().into_iter().flatten()
    }

    /// The keys of what is deleted.
    fn deleted(&self) -> Vec<&Value> {
        let tables = self.body["RequestItems"].as_object().into_iter();
        let batch = tables.flat_map(|tables| tables.values().filter_map(Value::as_array).flatten());
        let batch = batch.map(|request| &request["DeleteRequest"]["Key"]);
        let each = self.actions().map(|action| &action["Delete"]["Key"]);
        batch.chain(each).filter(|key| key.is_object()).collect()
    }
}

/// An event that was committed.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) id: Uuid,
    pub(crate) kind: String,
    pub(crate) data: Value,
}

/// A recipient as delivery knows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Projected {
    pub(crate) version: u64,
    /// Since when they are confirmed; none: they are removed.
    pub(crate) confirmed_at: Option<Timestamp>,
}

/// What is known.
#[derive(Default)]
pub(crate) struct Known {
    pub(crate) events: Vec<Event>,
    /// Keys of outbox rows that are not published yet.
    pub(crate) waiting: BTreeSet<String>,
    pub(crate) recipients: BTreeMap<Uuid, Projected>,
    pub(crate) logs: BTreeMap<(Uuid, u16), Log>,
    /// The first promise that was broken.
    pub(crate) broken: Option<String>,
    tokens: HashSet<String>,
    digest: Sha256,
    /// What happened, if somebody wants to read it.
    story: Option<Vec<String>>,
}

/// See the module.
#[derive(Default)]
pub(crate) struct Watch {
    known: Mutex<Known>,
}

impl Watch {
    pub(crate) fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on what happens is kept as text.
    pub(crate) fn tell_the_story(&self) {
        self.known().story = Some(Vec::new());
    }

    pub(crate) fn story(&self) -> Vec<String> {
        self.known().story.take().unwrap_or_default()
    }

    /// Notes what happened, for the hash of a run.
    pub(crate) fn note(&self, line: impl FnOnce() -> String) {
        self.known().note(&line());
    }

    /// Notes that a promise was broken; the first one counts.
    pub(crate) fn broken(&self, what: String) {
        self.known().broken.get_or_insert(what);
    }

    /// The hash of what happened.
    pub(crate) fn hash(&self) -> String {
        let digest = self.known().digest.clone().finalize();
        digest[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// Sees a write that the store has done.
    pub(crate) fn written(&self, world: &World, write: &Write) {
        let mut known = self.known();
        if let Some(token) = write.body["ClientRequestToken"].as_str()
            && !known.tokens.insert(token.to_owned())
        {
            return;
        }
        let at = world.passed();
        for key in write.deleted() {
            known.note(&format!(
                "{at} delete {} {}",
                text(key, "pk"),
                text(key, "sk")
            ));
            known.waiting.remove(text(key, "sk"));
        }
        // In one transaction there is no order.
        let mut puts = write.puts();
        puts.sort_by_key(|item| (text(item, "pk"), text(item, "sk")));
        for item in puts {
            let (pk, sk) = (text(item, "pk"), text(item, "sk"));
            let what = [text(item, "kind"), text(item, "detail_type")].concat();
            known.note(&format!("{at} put {pk} {sk} {what}"));
            known.put(pk, sk, item);
        }
    }
}

impl Known {
    fn note(&mut self, line: &str) {
        self.digest.update(line);
        self.digest.update("\n");
        if let Some(story) = &mut self.story {
            story.push(line.to_owned());
        }
    }

    fn put(&mut self, pk: &str, sk: &str, item: &Value) {
        if pk.starts_with("OUTBOX#") {
            self.waiting.insert(sk.to_owned());
            let detail: Value = serde_json::from_str(text(item, "detail")).unwrap_or_default();
            self.events.push(Event {
                id: text(item, "id").parse().unwrap_or_default(),
                kind: text(item, "detail_type").to_owned(),
                data: detail["data"].clone(),
            });
        } else if pk.starts_with("RECIPIENTS#") {
            // Nanoseconds.
            let confirmed_at = item["a"]["M"]["c"]["N"].as_str();
            let confirmed_at = confirmed_at.and_then(|since| since.parse().ok());
            let projected = Projected {
                version: number(item, "version"),
                confirmed_at: confirmed_at.and_then(|at| Timestamp::from_nanosecond(at).ok()),
            };
            self.recipients
                .insert(sk.parse().unwrap_or_default(), projected);
        } else if let Some(log) = pk.strip_prefix("LOG#") {
            let (issue, shard) = log.split_once('#').unwrap_or_default();
            let key = (
                issue.parse().unwrap_or_default(),
                shard.parse().unwrap_or_default(),
            );
            let row = Row::parse(sk, item);
            self.judge(key.0, &row);
            let log = self.logs.entry(key).or_default();
            if let Err(broken) = log.append(row) {
                self.broken
                    .get_or_insert(format!("issue {} shard {}: {broken}", key.0, key.1));
            }
        }
    }

    /// When the issue was published.
    pub(crate) fn published_at(&self, issue: Uuid) -> Option<Timestamp> {
        let issue = issue.to_string();
        let mut events = self.events.iter();
        let event = events.find(|event| {
            event.kind == "pennypost.issue.published.v2" && event.data["issue_id"] == issue.as_str()
        })?;
        event.data["published_at"].as_str()?.parse().ok()
    }

    /// Nobody is claimed who is no recipient by then.
    fn judge(&mut self, issue: Uuid, row: &Row) {
        let Row::Claim { ids, .. } = row else { return };
        let Some(published_at) = self.published_at(issue) else {
            return;
        };
        for id in ids {
            let confirmed_at = self.recipients.get(id).and_then(|known| known.confirmed_at);
            if confirmed_at.is_none_or(|at| at > published_at) {
                let broken =
                    format!("issue {issue}: a claim of {id}, who is no recipient any more");
                self.broken.get_or_insert(broken);
            }
        }
    }
}

/// The text attribute of an item in DynamoDB's JSON.
pub(crate) fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    item[name]["S"].as_str().unwrap_or_default()
}

/// The number attribute of an item in DynamoDB's JSON.
pub(crate) fn number(item: &Value, name: &str) -> u64 {
    let number = item[name]["N"]
        .as_str()
        .and_then(|number| number.parse().ok());
    number.unwrap_or_default()
}

impl Known {
    /// The newest subscriber with that address, and the link that ends their
    /// subscription.
    pub(crate) fn subscriber(&self, address: &str) -> Option<(Uuid, String)> {
        let each = self.events.iter().rev().flat_map(|event| {
            let many = event.data["subscribers"].as_array();
            many.map_or_else(|| vec![&event.data], |many| many.iter().collect())
        });
        let mut found = each.filter(|data| data["email"] == address);
        let data = found.next()?;
        let id = data["subscriber_id"].as_str()?.parse().ok()?;
        Some((id, data["unsubscribe_url"].as_str()?.to_owned()))
    }
}
