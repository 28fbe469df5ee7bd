//! Users, and how many of them are active.
//!
//! | item | partition key | sort key |
//! |---|---|---|
//! | user | `USERS` | the username's key |
//! | where a user is by id | `USER#<id>` | `-` |
//! | roster | `ROSTER` | `-` |

use dynamo::{Condition, Item, Key, Page, Query, ReadError, Transaction};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Store, Write};
use crate::domain::user::{Roster, User, Username};

const PARTITION: &str = "USERS";
const ROSTER: &str = "ROSTER";
/// Users in a page of the list.
const PAGE: u16 = 50;

/// Tells the username of an id; both stay for good.
#[derive(Serialize, Deserialize)]
struct UserById {
    username: Username,
}

/// Writes a user: version 1 as a new one, any other in place of the version
/// before.
pub(crate) struct SaveUser(pub(crate) User);

/// Writes the roster, by the same rule.
pub(crate) struct SaveRoster(pub(crate) Roster);

impl Write for SaveUser {
    fn stage(self, transaction: &mut Transaction) {
        let Self(user) = self;
        if user.version == 1 {
            let by_id = UserById {
                username: user.username.clone(),
            };
            let item = Item::new(&id_key(user.id), &by_id);
            transaction.put("user id", item, Condition::Absent);
        }
        let item = Item::new(&key(&user.username), &user);
        transaction.put("user", item, expecting(user.version));
    }
}

impl Write for SaveRoster {
    fn stage(self, transaction: &mut Transaction) {
        let item = Item::new(&Key::alone(ROSTER), &self.0);
        transaction.put("roster", item, expecting(self.0.version));
    }
}

impl Store {
    /// The user of that name.
    pub(crate) async fn user(&self, username: &Username) -> Result<Option<User>, ReadError> {
        self.table().get(&key(username)).await
    }

    /// The user with that id.
    pub(crate) async fn user_by_id(&self, id: Uuid) -> Result<Option<User>, ReadError> {
        match self.table().get::<UserById>(&id_key(id)).await? {
            Some(found) => self.user(&found.username).await,
            None => Ok(None),
        }
    }

    /// A page of all users by name, those after `after`.
    pub(crate) async fn users(&self, after: Option<&Username>) -> Result<Page<User>, ReadError> {
        let mut query = Query::partition(PARTITION, PAGE);
        if let Some(after) = after {
            query = query.after(&key(after));
        }
        self.table().query(query).await
    }

    /// The roster; none as long as there never was a user.
    pub(crate) async fn roster(&self) -> Result<Option<Roster>, ReadError> {
        self.table().get(&Key::alone(ROSTER)).await
    }
}

fn key(username: &Username) -> Key {
    Key::new(PARTITION, username.key())
}

fn id_key(id: Uuid) -> Key {
    Key::alone(format!("USER#{id}"))
}

/// What must be there for `version` to be written.
fn expecting(version: u64) -> Condition {
    match version {
        0 | 1 => Condition::Absent,
        later => Condition::Version(later - 1),
    }
}
