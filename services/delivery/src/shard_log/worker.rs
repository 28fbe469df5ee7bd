//! What one invocation knows of itself: the claim that is its own.

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    row::{Body, Row},
    settlement::{Fate, Known},
};
use crate::workflow::WorkerId;

/// Why ids are released whose claim's lease is too short for a call.
const TOO_LATE: &str = "no time was left to hand it over";

/// One invocation. Its id is fresh, so that every row that carries it is its
/// own, whatever became of the answer to the append.
#[derive(Debug, Clone)]
pub(crate) struct Worker {
    id: WorkerId,
    own: Option<Own>,
}

/// A claim of this invocation.
#[derive(Debug, Clone)]
pub(super) struct Own {
    /// The number of its row.
    pub(super) claim: u64,
    pub(super) ids: Vec<Uuid>,
    pub(super) lease_until: Timestamp,
    /// What the mail call said; none before it.
    pub(super) called: Option<Called>,
    /// Somebody took the claim over.
    pub(super) fenced: bool,
}

/// What a mail call said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Called {
    /// Of each id of the claim, in its order.
    pub(super) known: Vec<Known>,
    /// The issue is to pause for this reason: the fault is the account's or the
    /// set-up's.
    pub(super) pause: Option<String>,
    /// The newest of the admins' requests when the call was made: who resumes
    /// meanwhile need not have seen what came of it.
    pub(super) upon: u64,
}

impl Worker {
    /// A new invocation.
    pub(crate) fn new(id: WorkerId) -> Self {
        Self { id, own: None }
    }

    pub(crate) fn id(&self) -> WorkerId {
        self.id
    }

    pub(super) fn own(&self) -> Option<&Own> {
        self.own.as_ref()
    }

    /// Takes notice of a row that was folded: one that it appended, met or read
    /// back. A claim of its own that it meets without knowing of it made no
    /// call yet, since calls come after this: it adopts it.
    pub(crate) fn observe(&mut self, number: u64, row: &Row) {
        let ours = row
            .body
            .author()
            .is_some_and(|author| author.worker == self.id);
        match &row.body {
            Body::Claim(claim) if ours => {
                self.own = Some(Own {
                    claim: number,
                    ids: claim.ids.clone(),
                    lease_until: claim.lease_until,
                    called: None,
                    fenced: false,
                });
            }
            Body::Settle(_) if ours => self.own = None,
            _ => {
                if let Some(own) = &mut self.own
                    && row.settled_claim() == Some(own.claim)
                {
                    own.fenced = true;
                }
            }
        }
    }

    /// Notes what the mail call for the claim number `claim` said.
    pub(crate) fn called(&mut self, claim: u64, called: Called) {
        if let Some(own) = &mut self.own
            && own.claim == claim
        {
            own.called = Some(called);
        }
    }
}

impl Own {
    /// What the call said; all released if there was none.
    pub(super) fn known(&self) -> Vec<Known> {
        match &self.called {
            Some(called) => called.known.clone(),
            None => self
                .ids
                .iter()
                .map(|_| Some((Fate::Released, TOO_LATE.to_owned())))
                .collect(),
        }
    }
}
