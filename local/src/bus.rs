//! The event bus: rules, and queues behind them.

use std::sync::Arc;

use ambient::{SharedClock, SharedRandomness};
use async_trait::async_trait;
use contracts::BusEvent;
use outbox::{BusEntry, BusUnavailable, EntryOutcome, EventBus};

use crate::{
    peer::Peer,
    queue::{DatabaseError, NewMessage, Queues},
};

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

/// An event as a queue gets it.
pub(crate) struct QueuedEvent {
    pub(crate) detail_type: String,
    /// The EventBridge event.
    pub(crate) body: String,
    /// SQS's attribute `AWSTraceHeader`.
    pub(crate) trace_header: Option<String>,
}

/// The queues of this process, and the rules that fill them.
#[derive(Clone)]
pub(crate) struct RuledQueues {
    queues: Queues,
    rules: Arc<[Rule]>,
}

impl RuledQueues {
    /// Stores each event in every queue whose rule matches it. An event that
    /// nobody listens to is dropped, as EventBridge does it. All are stored or
    /// none: it is one transaction.
    pub(crate) async fn store(&self, events: &[&QueuedEvent]) -> Result<(), DatabaseError> {
        let mut messages = Vec::new();
        for event in events {
            for rule in self.rules.iter() {
                if rule.event_types.contains(&event.detail_type.as_str()) {
                    messages.push(NewMessage {
                        queue: rule.queue,
                        body: event.body.clone(),
                        trace_header: event.trace_header.clone(),
                    });
                }
            }
        }
        self.queues.send(messages).await
    }
}

/// The bus: what is put on it goes to the queues of this process, and to the
/// peer, which has rules of its own.
pub struct LocalBus {
    queues: RuledQueues,
    peer: Option<Peer>,
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
        let rules = rules.into();
        Self {
            queues: RuledQueues { queues, rules },
            peer: None,
            clock,
            randomness,
        }
    }

    /// The same, with another process behind it.
    #[must_use]
    pub fn with_peer(self, peer: Peer) -> Self {
        Self {
            peer: Some(peer),
            ..self
        }
    }

    /// What the bus fills in this process.
    pub(crate) fn queues(&self) -> RuledQueues {
        self.queues.clone()
    }

    /// What an entry becomes; an error if it is malformed.
    fn queued(&self, entry: &BusEntry) -> Result<QueuedEvent, serde_json::Error> {
        Ok(QueuedEvent {
            detail_type: entry.detail_type.clone(),
            body: BusEvent::wrap(
                self.randomness.uuid(),
                self.clock.now(),
                &entry.detail_type,
                &entry.source,
                &entry.detail,
            )?,
            trace_header: entry.trace_header.clone(),
        })
    }

    /// What the peer says to `events`; without one, nobody objects.
    async fn forward(&self, events: &[&QueuedEvent]) -> Result<Vec<EntryOutcome>, BusUnavailable> {
        match &self.peer {
            None => Ok(events.iter().map(|_| EntryOutcome::Accepted).collect()),
            Some(peer) => peer
                .forward(events)
                .await
                .map_err(|error| BusUnavailable(error.to_string())),
        }
    }
}

#[async_trait]
impl EventBus for LocalBus {
    async fn put(&self, entries: &[BusEntry]) -> Result<Vec<EntryOutcome>, BusUnavailable> {
        let events: Vec<_> = entries.iter().map(|entry| self.queued(entry)).collect();
        let sound: Vec<_> = events.iter().flatten().collect();
        // The peer first: while it is away, tries leave nothing behind here.
        let verdicts = self.forward(&sound).await?;
        let accepted: Vec<_> = sound
            .iter()
            .zip(&verdicts)
            .filter(|(_, verdict)| **verdict == EntryOutcome::Accepted)
            .map(|(event, _)| *event)
            .collect();
        // On disk before anything is called accepted.
        self.queues
            .store(&accepted)
            .await
            .map_err(|error| BusUnavailable(error.to_string()))?;
        let mut verdicts = verdicts.into_iter();
        Ok(events
            .iter()
            .map(|event| event.as_ref().ok().and_then(|_| verdicts.next()))
            .map(|verdict| {
                verdict.unwrap_or_else(|| EntryOutcome::Refused(MALFORMED_DETAIL.to_owned()))
            })
            .collect())
    }
}
