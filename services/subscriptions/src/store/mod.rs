//! The service's state in one DynamoDB table.
//!
//! There is one way to write: [`Store::commit`] takes a [`Decision`] and makes
//! one transaction of it. Each aggregate has a file of its own here with the
//! shape of its items, how they are read, and one [`Write`] for each change.

pub(crate) mod api_tokens;
pub(crate) mod audience;
mod decision;
pub(crate) mod erased;
mod error;
pub(crate) mod exceptions;
pub(crate) mod imports;
pub(crate) mod issues;
pub(crate) mod logins;
mod place;
mod retry;
pub(crate) mod sessions;
pub(crate) mod subscribers;
mod tokens;
pub(crate) mod users;

use dynamo::{CommitError, Table};
use outbox::SeenEvent;

pub(crate) use decision::{Decision, Write};
pub(crate) use error::StoreError;
pub(crate) use place::SubscriberPlace;
pub(crate) use retry::until_settled;
pub(crate) use subscribers::{
    AddressHolder, ChangedSubscriber, ErasedSubscriber, MovedSubscriber, NewSubscriber,
};
pub(crate) use tokens::{ConfirmationLink, Decoy, NewConfirmationLink, UsedConfirmationLink};

/// The service's table, as this service uses it.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    table: Table,
}

impl Store {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    pub(crate) fn table(&self) -> &Table {
        &self.table
    }

    /// Commits all of `decision` or nothing of it.
    ///
    /// # Errors
    /// [`CommitError::ConditionFailed`] if the state is not what the decision
    /// was made upon: see [`until_settled`].
    pub(crate) async fn commit(&self, decision: Decision) -> Result<(), CommitError> {
        self.table.commit(decision.into_transaction()).await
    }

    /// Commits a decision about an inbound event, unless that event has had
    /// its effect before.
    ///
    /// # Errors
    /// See [`Store::commit`].
    pub(crate) async fn commit_once(&self, decision: Decision) -> Result<(), StoreError> {
        match self.commit(decision).await {
            Err(error) if SeenEvent::was_repeated(&error) => {
                tracing::debug!("a repeated event has no effect");
                Ok(())
            }
            committed => Ok(committed?),
        }
    }
}
