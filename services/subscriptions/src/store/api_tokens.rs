//! The tokens of programs.
//!
//! | item | key | listed |
//! |---|---|---|
//! | the token | `API_TOKEN#{id}` | in `API_TOKENS#{user id}` by time of issue |
//! | how many a user has | `API_TOKEN_COUNT#{user id}` | |

use dynamo::{Condition, Item, Key, Query, ReadError, Transaction};
use uuid::Uuid;

use super::{Store, Write};
use crate::domain::api_token::{ApiToken, MAX_TOKENS, TokenCount};

/// A token that nobody has seen yet, and how many its user has with it.
pub(crate) struct NewApiToken {
    pub(crate) token: ApiToken,
    pub(crate) count: TokenCount,
}

/// A token that signs nobody in any more, and how many its user has without.
pub(crate) struct RevokedApiToken {
    pub(crate) token: ApiToken,
    pub(crate) count: TokenCount,
}

impl Write for NewApiToken {
    fn stage(self, transaction: &mut Transaction) {
        let Self { token, count } = self;
        let order = format!("{:015}.{}", token.created_at.as_millisecond(), token.id);
        let item = Item::new(&key(token.id), &token).listed(list(token.user_id), order);
        transaction.put("token", item, Condition::Absent);
        put_count(transaction, token.user_id, count);
    }
}

impl Write for RevokedApiToken {
    fn stage(self, transaction: &mut Transaction) {
        let Self { token, count } = self;
        transaction.delete("token", &key(token.id), Condition::Present);
        put_count(transaction, token.user_id, count);
    }
}

impl Store {
    /// The token with that id.
    pub(crate) async fn api_token(&self, id: Uuid) -> Result<Option<ApiToken>, ReadError> {
        self.table.get(&key(id)).await
    }

    /// The tokens of a user, the newest first: all of them, since nobody has
    /// more than [`MAX_TOKENS`].
    pub(crate) async fn api_tokens(&self, user_id: Uuid) -> Result<Vec<ApiToken>, ReadError> {
        let limit = u16::try_from(MAX_TOKENS).unwrap_or(u16::MAX);
        let query = Query::list(list(user_id), limit).descending();
        Ok(self.table.query(query).await?.items)
    }

    /// How many tokens a user has.
    pub(crate) async fn api_token_count(&self, user_id: Uuid) -> Result<TokenCount, ReadError> {
        let found = self.table.get(&count_key(user_id)).await?;
        Ok(found.unwrap_or_default())
    }
}

fn put_count(transaction: &mut Transaction, user_id: Uuid, count: TokenCount) {
    let decided_upon = match count.version {
        0 | 1 => Condition::Absent,
        later => Condition::Version(later - 1),
    };
    let item = Item::new(&count_key(user_id), &count);
    transaction.put("number of tokens", item, decided_upon);
}

fn key(id: Uuid) -> Key {
    Key::alone(format!("API_TOKEN#{id}"))
}

fn list(user_id: Uuid) -> String {
    format!("API_TOKENS#{user_id}")
}

fn count_key(user_id: Uuid) -> Key {
    Key::alone(format!("API_TOKEN_COUNT#{user_id}"))
}
