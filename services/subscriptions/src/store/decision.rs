//! What is to be written, all together or not at all.

use dynamo::Transaction;
use outbox::{OutboxEvent, SeenEvent};

/// A change to one aggregate: knows which items it puts, deletes or checks,
/// and on which condition.
pub(crate) trait Write {
    /// Adds the change to the transaction.
    fn stage(self, transaction: &mut Transaction);
}

/// New state and the events about it. There is no other way to write, so that
/// no event can be forgotten and none can tell of what was not stored.
#[derive(Debug, Default)]
#[must_use = "a decision changes nothing until the store commits it"]
pub(crate) struct Decision {
    transaction: Transaction,
}

impl Decision {
    /// Changes nothing yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a change of state.
    pub(crate) fn write(mut self, write: impl Write) -> Self {
        write.stage(&mut self.transaction);
        self
    }

    /// Adds an event about it.
    pub(crate) fn event(mut self, event: OutboxEvent) -> Self {
        event.write(&mut self.transaction);
        self
    }

    /// Remembers the inbound event that led to this decision, so that a
    /// repetition of it fails to commit.
    pub(crate) fn seen(mut self, seen: SeenEvent) -> Self {
        seen.write(&mut self.transaction);
        self
    }

    pub(super) fn into_transaction(self) -> Transaction {
        self.transaction
    }
}
