//! The contract that is written down (`schemas/`, `examples/`) and the one
//! that is compiled are the same.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod asyncapi;
mod bus_event;
mod decoding;
mod examples;
mod fuzzing;
mod planted;
mod schemas;
mod table;

use contract_tooling::Folder;
use contracts::{BusEvent, EventKind};
use serde_json::Value;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The committed example of `kind`.
fn example(kind: &EventKind) -> Value {
    read(&Folder::example(kind.event_type))
}

/// All committed examples of `kind`.
fn examples(kind: &EventKind) -> Vec<Value> {
    let names = Folder::at(ROOT).examples(kind.event_type).unwrap();
    names.iter().map(|name| read(name)).collect()
}

fn read(name: &str) -> Value {
    let path = format!("{ROOT}/{name}");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// `event` as it arrives from the bus.
fn arrived(kind: &EventKind, event: &Value) -> BusEvent {
    let body = BusEvent::wrap(
        uuid::Uuid::nil(),
        jiff::Timestamp::UNIX_EPOCH,
        kind.event_type,
        kind.source.as_str(),
        &event.to_string(),
    );
    BusEvent::parse(&body.unwrap()).unwrap()
}

/// The names of the JSON files in a folder, without their ending, in order.
fn files(folder: &str) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(format!("{ROOT}/{folder}"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .map(|name| name.strip_suffix(".json").unwrap_or(&name).to_owned())
        .collect();
    names.sort();
    names
}

/// The types of all events, in order.
fn types() -> Vec<&'static str> {
    let mut types: Vec<_> = contracts::catalogue()
        .iter()
        .map(|kind| kind.event_type)
        .collect();
    types.sort();
    types
}

/// Every text in `value`, however deep.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}
