//! Counters of failed attempts to sign in, each alone in its partition.

use dynamo::{Condition, Item, Key, ReadError, Transaction};
use jiff::Timestamp;

use super::{Store, Write};
use crate::domain::login_throttle::{Attempts, Counted};

/// The attribute that counts: [`Attempts::attempts`].
const COUNTER: &str = "attempts";

/// Begins a window with an attempt.
pub(crate) struct BeginWindow {
    /// Whose attempts.
    pub(crate) counted: Counted,
    /// Now.
    pub(crate) now: Timestamp,
}

/// Counts one more attempt in a window, if it is not full.
pub(crate) struct CountAttempt(pub(crate) Counted);

/// Takes one attempt back.
pub(crate) struct TakeBack(pub(crate) Counted);

/// Forgets all attempts.
pub(crate) struct ForgetAttempts(pub(crate) Counted);

impl Write for BeginWindow {
    fn stage(self, transaction: &mut Transaction) {
        let attempts = Attempts::first(self.now);
        let item = Item::new(&key(&self.counted), &attempts).expiring(attempts.ends_at());
        transaction.put("attempts", item, Condition::AbsentOrExpired(self.now));
    }
}

impl Write for CountAttempt {
    fn stage(self, transaction: &mut Transaction) {
        let room = Condition::Below(COUNTER, self.0.limit());
        transaction.add("attempts", &key(&self.0), COUNTER, 1, room);
    }
}

impl Write for TakeBack {
    fn stage(self, transaction: &mut Transaction) {
        let counted = Condition::Above(COUNTER, 0);
        transaction.add("attempts", &key(&self.0), COUNTER, -1, counted);
    }
}

impl Write for ForgetAttempts {
    fn stage(self, transaction: &mut Transaction) {
        transaction.delete("attempts", &key(&self.0), Condition::Always);
    }
}

impl Store {
    /// The last window's attempts, over or not.
    pub(crate) async fn attempts(&self, counted: &Counted) -> Result<Option<Attempts>, ReadError> {
        self.table().get(&key(counted)).await
    }
}

fn key(counted: &Counted) -> Key {
    Key::alone(match counted {
        Counted::Account(hash) => format!("LOGINS#ACCOUNT#{hash}"),
        Counted::Origin(hash) => format!("LOGINS#ORIGIN#{hash}"),
    })
}
