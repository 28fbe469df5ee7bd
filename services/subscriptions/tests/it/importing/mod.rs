//! Lists are worked off, whoever is known already, and whatever happens.

mod crashes;
mod rules;

use std::collections::BTreeSet;

use contracts::events::SubscribersImportedV1;
use serde_json::Value;

use crate::helpers::TestApp;

/// A list of so many readers.
fn list_of(readers: usize) -> String {
    let rows = (0..readers).map(|number| format!("reader{number}@example.com,Reader\n"));
    format!("email,name\n{}", rows.collect::<String>())
}

/// Everybody of whom an event says that they were imported; each is told of
/// once, and the chunks are counted without a gap.
async fn told_of(app: &TestApp) -> Vec<String> {
    let mut events = app.events::<SubscribersImportedV1>().await;
    events.sort_by_key(|event| event.data.chunk);
    let chunks: Vec<_> = events.iter().map(|event| event.data.chunk).collect();
    let expected: Vec<_> = (0..events.len()).map(|number| number as u32).collect();
    assert_eq!(chunks, expected);
    let subscribers = events.into_iter().flat_map(|event| event.data.subscribers);
    let emails: Vec<_> = subscribers
        .map(|subscriber| subscriber.email.expose().to_owned())
        .collect();
    let unique: BTreeSet<_> = emails.iter().collect();
    assert_eq!(unique.len(), emails.len(), "nobody is told of twice");
    emails
}

fn counts(import: &Value) -> [u64; 4] {
    ["rows", "imported", "already_known", "rejected"]
        .map(|name| import[name].as_u64().expect("a number"))
}
