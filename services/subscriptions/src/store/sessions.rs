//! Sessions, each alone in the partition `SESSION#<hash of the token>`.

use dynamo::{Condition, Item, Key, ReadError, Transaction};

use super::{Store, Write};
use crate::domain::session::{Session, SessionId};

/// Writes a session that was opened.
pub(crate) struct OpenSession(pub(crate) SessionId, pub(crate) Session);

/// Writes down that a session was used; one that has ended meanwhile does not
/// come back.
pub(crate) struct TouchSession(pub(crate) SessionId, pub(crate) Session);

/// Ends a session, if it is there.
pub(crate) struct EndSession(pub(crate) SessionId);

impl Write for OpenSession {
    fn stage(self, transaction: &mut Transaction) {
        transaction.put("session", item(&self.0, &self.1), Condition::Absent);
    }
}

impl Write for TouchSession {
    fn stage(self, transaction: &mut Transaction) {
        transaction.put("session", item(&self.0, &self.1), Condition::Present);
    }
}

impl Write for EndSession {
    fn stage(self, transaction: &mut Transaction) {
        transaction.delete("ended session", &key(&self.0), Condition::Always);
    }
}

impl Store {
    /// The session with that id, over or not.
    pub(crate) async fn session(&self, id: &SessionId) -> Result<Option<Session>, ReadError> {
        self.table().get(&key(id)).await
    }
}

fn item(id: &SessionId, session: &Session) -> Item {
    Item::new(&key(id), session).expiring(session.expires_at())
}

fn key(id: &SessionId) -> Key {
    Key::alone(format!("SESSION#{}", id.as_str()))
}
