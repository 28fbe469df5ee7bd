//! The event bus: rules, and queues behind them.

use ambient::{SharedClock, SharedRandomness};
use async_trait::async_trait;
use contracts::BusEvent;
use outbox::{BusEntry, BusUnavailable, EntryOutcome, EventBus};

use crate::queue::{NewMessage, Queues};

/// EventBridge's code for a detail that is not JSON.
const MALFORMED_DETAIL: &str = "MalformedDetail";

/// A rule: which events go to a queue.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The queue.
    pub queue: &'static str,
    /// The types of the events.
    pub event_types: &'static [&'static str],
}

/// Stores each event in every queue whose rule matches it. An event that
/// nobody listens to is accepted and dropped, as EventBridge does it.
pub struct LocalBus {
    queues: Queues,
    rules: Vec<Rule>,
    clock: SharedClock,
    randomness: SharedRandomness,
}

impl LocalBus {
    /// A bus in front of `queues`.
    pub fn new(
        queues: Queues,
        rules: Vec<Rule>,
        clock: SharedClock,
        randomness: SharedRandomness,
    ) -> Self {
        Self {
            queues,
            rules,
            clock,
            randomness,
        }
    }

    /// The messages that an entry becomes; an error if it is malformed.
    fn messages(&self, entry: &BusEntry) -> Result<Vec<NewMessage>, serde_json::Error> {
        let body = BusEvent::wrap(
            self.randomness.uuid(),
            self.clock.now(),
            &entry.detail_type,
            &entry.source,
            &entry.detail,
        )?;
        let matching = self
            .rules
            .iter()
            .filter(|rule| rule.event_types.contains(&entry.detail_type.as_str()));
        Ok(matching
            .map(|rule| NewMessage {
                queue: rule.queue,
                body: body.clone(),
                trace_header: entry.trace_header.clone(),
            })
            .collect())
    }
}

#[async_trait]
impl EventBus for LocalBus {
    async fn put(&self, entries: &[BusEntry]) -> Result<Vec<EntryOutcome>, BusUnavailable> {
        let mut outcomes = Vec::with_capacity(entries.len());
        let mut messages = Vec::new();
        for entry in entries {
            match self.messages(entry) {
                Ok(more) => {
                    messages.extend(more);
                    outcomes.push(EntryOutcome::Accepted);
                }
                Err(_) => outcomes.push(EntryOutcome::Refused(MALFORMED_DETAIL.to_owned())),
            }
        }
        // One transaction: it is on disk before anything is called accepted.
        match self.queues.send(messages).await {
            Ok(()) => Ok(outcomes),
            Err(error) => Err(BusUnavailable(error.to_string())),
        }
    }
}
