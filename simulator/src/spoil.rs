//! Mistakes that are planted between the SDK and the store.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use aws_sdk_dynamodb::config::http::HttpResponse;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    planted::Planted,
    watch::{Write, text},
    world::World,
};

/// Of the rows of outboxes one in so many is lost.
const LOST_ROWS: u64 = 12;

/// What becomes of a write.
pub(crate) enum Spoilt {
    No,
    /// It counts as done, and nothing is.
    Swallowed,
    /// This is written in its place.
    Into(String),
    /// This item is put before it.
    Before(String),
}

/// Plants the mistake of a run into one process's way to the store.
#[derive(Debug)]
pub(crate) struct Spoiler {
    planted: Option<Planted>,
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    /// Claims that are not written yet, by their log.
    claims: BTreeMap<String, String>,
    /// The last id of the last page that was read, by its partition's shard.
    pages: BTreeMap<String, Uuid>,
}

impl Spoiler {
    pub(crate) fn new(planted: Option<Planted>) -> Self {
        Self {
            planted,
            memory: Mutex::default(),
        }
    }

    /// What becomes of `write`.
    pub(crate) fn spoil(&self, write: &Write, world: &World) -> Spoilt {
        match self.planted {
            Some(Planted::ClaimAfterSend) => self.delay_claim(write),
            Some(planted) => spoil(planted, write, world, &self.memory().pages),
            None => Spoilt::No,
        }
    }

    fn delay_claim(&self, write: &Write) -> Spoilt {
        let puts = write.puts();
        let Some(log) = puts
            .iter()
            .map(|item| text(item, "pk"))
            .find(|pk| pk.starts_with("LOG#"))
        else {
            return Spoilt::No;
        };
        if let Some(claim) = self.memory().claims.remove(log) {
            return Spoilt::Before(claim);
        }
        if write.operation == "PutItem" && text(puts[0], "kind") == "claim" {
            self.memory()
                .claims
                .insert(log.to_owned(), write.body.to_string());
            return Spoilt::Swallowed;
        }
        Spoilt::No
    }

    /// What the answer to a read becomes, if anything else.
    pub(crate) fn spoil_answer(
        &self,
        operation: &str,
        request: &[u8],
        answer: &HttpResponse,
    ) -> Option<String> {
        let planted = self.planted?;
        if !matches!(
            planted,
            Planted::CursorMovedAtFetch | Planted::OlderVersionWins
        ) {
            return None;
        }
        let mut answer: Value = serde_json::from_slice(answer.body().bytes()?).ok()?;
        match (planted, operation) {
            (Planted::CursorMovedAtFetch, "Query") => {
                let request = std::str::from_utf8(request).ok()?;
                let last = answer["Items"].as_array()?.last()?;
                let shard = text(last, "pk").strip_prefix("RECIPIENTS#")?;
                request.contains("RECIPIENTS#").then_some(())?;
                let id = text(last, "sk").parse().ok()?;
                self.memory().pages.insert(shard.to_owned(), id);
                None
            }
            (Planted::OlderVersionWins, "BatchGetItem") => {
                let tables = answer["Responses"].as_object_mut()?;
                for item in tables
                    .values_mut()
                    .filter_map(Value::as_array_mut)
                    .flatten()
                {
                    if text(item, "pk").starts_with("RECIPIENTS#") {
                        item["version"]["N"] = json!("0");
                    }
                }
                Some(answer.to_string())
            }
            _ => None,
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn spoil(planted: Planted, write: &Write, world: &World, pages: &BTreeMap<String, Uuid>) -> Spoilt {
    let mut body = write.body.clone();
    if write.operation == "PutItem" {
        change(planted, &mut body, world, pages);
    } else if let Some(actions) = body["TransactItems"].as_array_mut() {
        actions.retain(|action| !is_dropped(planted, action, world));
        if actions.is_empty() {
            return Spoilt::Swallowed;
        }
        for put in actions
            .iter_mut()
            .filter_map(|action| action.get_mut("Put"))
        {
            change(planted, put, world, pages);
        }
    }
    match body == write.body {
        true => Spoilt::No,
        false => Spoilt::Into(body.to_string()),
    }
}

/// Whether an action of a transaction is left out.
fn is_dropped(planted: Planted, action: &Value, world: &World) -> bool {
    let item = &action["Put"]["Item"];
    let check = text(&action["ConditionCheck"]["Key"], "pk");
    let (pk, kind) = (text(item, "pk"), text(item, "kind"));
    match planted {
        Planted::LateDropped => kind == "late",
        Planted::RemovedDropped => kind == "removed",
        Planted::OutboxRowLost => pk.starts_with("OUTBOX#") && world.chance.one_in(LOST_ROWS),
        Planted::ExceptionsNotReported => {
            text(item, "detail_type") == "pennypost.issue.exceptions-recorded.v1"
        }
        Planted::DedupeForgotten => pk.starts_with("SEEN#") || check.starts_with("SEEN#"),
        _ => false,
    }
}

/// Spoils one put.
fn change(planted: Planted, put: &mut Value, world: &World, pages: &BTreeMap<String, Uuid>) {
    let pk = text(&put["Item"], "pk").to_owned();
    let kind = text(&put["Item"], "kind").to_owned();
    let log = pk.strip_prefix("LOG#").and_then(|log| log.split_once('#'));
    let is_recipient = pk.starts_with("RECIPIENTS#");
    match (planted, log, kind.as_str()) {
        (Planted::AppendWithoutCondition, Some(_), _) => unconditional(put),
        (Planted::OlderVersionWins, None, _) if is_recipient => unconditional(put),
        (Planted::PauseIgnored, Some(_), "control") if text(&put["Item"], "action") == "pause" => {
            put["Item"]["action"] = json!({"S": "resume"});
        }
        (Planted::CursorMovedAtFetch, Some((_, shard)), "claim")
            if put["Item"]["cursor"].is_object() =>
        {
            if let Some(last) = pages.get(shard) {
                put["Item"]["cursor"] = json!({"B": BASE64_STANDARD.encode(last)});
            }
        }
        (Planted::TakeoverReleases, Some((issue, shard)), "takeover") => {
            let key = (
                issue.parse().unwrap_or_default(),
                shard.parse().unwrap_or_default(),
            );
            let open = world
                .watch
                .known()
                .logs
                .get(&key)
                .map(|log| log.newest.1.len());
            release(&mut put["Item"], open.unwrap_or_default());
        }
        _ => {}
    }
}

fn unconditional(put: &mut Value) {
    if let Some(put) = put.as_object_mut() {
        for part in [
            "ConditionExpression",
            "ExpressionAttributeNames",
            "ExpressionAttributeValues",
        ] {
            put.remove(part);
        }
    }
}

/// Makes a takeover a settlement that knows that nobody was mailed.
fn release(item: &mut Value, open: usize) {
    let places: Vec<u8> = (0..=u8::MAX).take(open).collect();
    let other = json!({"M": {
        "fate": {"S": "released"},
        "reason": {"S": "left over"},
        "places": {"B": BASE64_STANDARD.encode(places)},
    }});
    item["kind"] = json!({"S": "settle"});
    item["settles"] = json!({"M": {"claim": item["claim"], "others": {"L": [other]}}});
    if let Some(item) = item.as_object_mut() {
        item.remove("claim");
    }
}
