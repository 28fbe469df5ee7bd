//! Transactions that were committed, by their client request tokens.
//!
//! dynoxide has a memory of its own for that: it keeps what each transaction
//! wrote for ten minutes, and goes through all of them with each further one.
//! Here nothing gets lost between client and store, so that a repetition comes
//! at once or never.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

/// How many are remembered.
const CAPACITY: usize = 256;

/// The tokens of the last transactions.
#[derive(Clone, Default)]
pub(crate) struct Tokens {
    committed: Arc<Mutex<VecDeque<String>>>,
}

impl Tokens {
    /// Whether the transaction with this token was committed.
    pub(crate) fn is_committed(&self, token: &str) -> bool {
        self.lock().iter().any(|committed| committed == token)
    }

    /// Remembers that it was.
    pub(crate) fn remember(&self, token: String) {
        let mut committed = self.lock();
        if committed.len() == CAPACITY {
            committed.pop_front();
        }
        committed.push_back(token);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<String>> {
        self.committed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_transactions_are_known_and_no_more_than_that() {
        let tokens = Tokens::default();
        for number in 0..=CAPACITY {
            assert!(!tokens.is_committed(&number.to_string()));
            tokens.remember(number.to_string());
        }
        assert!(!tokens.is_committed("0"));
        assert!(tokens.is_committed("1"));
        assert!(tokens.is_committed(&CAPACITY.to_string()));
    }
}
