//! Issues, and the keys by which repeated publications are recognised.
//!
//! | item | partition key | sort key | listed |
//! |---|---|---|---|
//! | issue | `ISSUE#<id>` | `ISSUE` | in `ISSUES` by time of publication |
//! | its content | `ISSUE#<id>` | `CONTENT` | |
//! | idempotency key | `IDEMPOTENCY#<user id>#<key>` | `-` | |

use dynamo::{Condition, Item, Key, Page, Query, ReadError, Transaction};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Store, Write};
use crate::domain::{
    draft::Draft,
    idempotency_key::{self, IdempotencyKey},
    issue::Issue,
};

const LIST: &str = "ISSUES";

/// What an issue says; apart from the issue, which changes while it is sent.
#[derive(Serialize)]
struct Content {
    #[serde(skip_serializing_if = "Option::is_none")]
    preheader: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender_name: Option<String>,
    text_content: String,
    html_content: String,
}

/// What became of a request to publish.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Publication {
    /// The issue that it made.
    pub(crate) issue_id: Uuid,
    /// The digest of what was published.
    pub(crate) digest: String,
    /// When.
    pub(crate) at: Timestamp,
}

/// Writes a new issue, and remembers the request that it came by.
pub(crate) struct PublishIssue {
    /// The issue.
    pub(crate) issue: Issue,
    /// What it says.
    pub(crate) draft: Draft,
    /// Who publishes it.
    pub(crate) author: Uuid,
    /// Their key for this request; not used in the last 48 hours.
    pub(crate) key: IdempotencyKey,
}

/// Writes an issue in place of the version before.
pub(crate) struct SaveIssue(pub(crate) Issue);

impl Write for PublishIssue {
    fn stage(self, transaction: &mut Transaction) {
        let Self {
            issue,
            draft,
            author,
            key,
        } = self;
        let publication = Publication {
            issue_id: issue.id,
            digest: draft.digest(),
            at: issue.published_at,
        };
        transaction.put(
            "idempotency key",
            Item::new(&publication_key(author, &key), &publication)
                .expiring(publication.at + idempotency_key::REMEMBERED),
            Condition::AbsentOrExpired(publication.at),
        );
        let content = Content {
            preheader: draft.preheader.map(|it| it.as_str().to_owned()),
            sender_name: draft.sender_name.map(|it| it.as_str().to_owned()),
            text_content: draft.text_content,
            html_content: draft.html_content,
        };
        let item = Item::new(&Key::new(partition(issue.id), "CONTENT"), &content);
        transaction.put("content", item, Condition::Absent);
        transaction.put("issue", item_of(&issue), Condition::Absent);
    }
}

impl Write for SaveIssue {
    fn stage(self, transaction: &mut Transaction) {
        let before = Condition::Version(self.0.version - 1);
        transaction.put("issue", item_of(&self.0), before);
    }
}

impl Store {
    /// The issue with that id.
    pub(crate) async fn issue(&self, id: Uuid) -> Result<Option<Issue>, ReadError> {
        self.table().get(&key(id)).await
    }

    /// A page of `limit` issues, the newest first; those published before
    /// `after`.
    pub(crate) async fn issues(
        &self,
        after: Option<&IssuePlace>,
        limit: u16,
    ) -> Result<Page<Issue>, ReadError> {
        let mut query = Query::list(LIST, limit).descending();
        if let Some(after) = after {
            query = query.after_listed(&key(after.id), &after.to_string());
        }
        self.table().query(query).await
    }

    /// What `author` published with `key` in the last 48 hours.
    pub(crate) async fn publication(
        &self,
        author: Uuid,
        key: &IdempotencyKey,
        now: Timestamp,
    ) -> Result<Option<Publication>, ReadError> {
        let found: Option<Publication> = self.table().get(&publication_key(author, key)).await?;
        Ok(found.filter(|found| {
            // In seconds, as the condition of the next publication has it.
            (found.at + idempotency_key::REMEMBERED).as_second() > now.as_second()
        }))
    }
}

/// An issue's place among all issues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IssuePlace {
    published_at: Timestamp,
    id: Uuid,
}

impl IssuePlace {
    /// The place of `issue`.
    pub(crate) fn of(issue: &Issue) -> Self {
        Self {
            published_at: issue.published_at,
            id: issue.id,
        }
    }

    /// Reads a place as it stands in a link; none if it is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (published_at, id) = text.split_once('.')?;
        Some(Self {
            published_at: Timestamp::from_millisecond(published_at.parse().ok()?).ok()?,
            id: id.parse().ok()?,
        })
    }
}

impl std::fmt::Display for IssuePlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:015}.{}", self.published_at.as_millisecond(), self.id)
    }
}

fn item_of(issue: &Issue) -> Item {
    Item::new(&key(issue.id), issue).listed(LIST, IssuePlace::of(issue).to_string())
}

fn key(id: Uuid) -> Key {
    Key::new(partition(id), "ISSUE")
}

pub(super) fn partition(id: Uuid) -> String {
    format!("ISSUE#{id}")
}

fn publication_key(author: Uuid, key: &IdempotencyKey) -> Key {
    Key::alone(format!("IDEMPOTENCY#{author}#{}", key.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back_and_nonsense_is_none() {
        let place = IssuePlace {
            published_at: Timestamp::from_millisecond(1_234).expect("in range"),
            id: Uuid::nil(),
        };
        assert_eq!(IssuePlace::parse(&place.to_string()), Some(place));
        for text in ["", ".", "1", "x.y", "1.2"] {
            assert_eq!(IssuePlace::parse(text), None, "{text}");
        }
    }
}
