//! The rows of a shard's log.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{bytes, settlement::Settlement};
use crate::{
    domain::{counts::Counts, recipient::Leaving},
    workflow::WorkerId,
};

/// The most ids one claim takes: a position in it is one byte.
pub(crate) const MAX_CLAIMED: usize = 250;
/// The most ids any other row takes; 8 KB of them, and their entries in an
/// event stay under its 180 KB.
pub(crate) const MAX_IDS: usize = 500;

/// What somebody decided about one issue in one shard. Its number is its place
/// in the log, counted from 0, and no part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Row {
    /// By the clock of who appended it.
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    pub(crate) at: Timestamp,
    #[serde(flatten)]
    pub(crate) body: Body,
}

/// What a row says, by its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Body {
    Claim(Claim),
    Settle(Settle),
    Takeover(Takeover),
    Evidence(Evidence),
    Control(Control),
    Late(Late),
    Removed(Removed),
    Done(Done),
    CarriedOut(CarriedOut),
}

/// The invocation that appended a row, and the row's own id: by them an append
/// whose answer got lost is known to be one's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Author {
    #[serde(with = "worker")]
    pub(crate) worker: WorkerId,
    #[serde(with = "bytes::id")]
    pub(crate) row_id: Uuid,
}

/// A worker is about to mail these. It also settles its claim before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claim {
    #[serde(flatten)]
    pub(crate) author: Author,
    #[serde(with = "bytes::ids")]
    pub(crate) ids: Vec<Uuid>,
    /// From then on somebody else may take the claim over.
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    pub(crate) lease_until: Timestamp,
    /// The last id that the pages have got to; none if that is unchanged.
    #[serde(
        default,
        with = "bytes::optional_id",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) cursor: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) settles: Option<Settlement>,
}

/// A worker stops here for now: what became of its claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settle {
    #[serde(flatten)]
    pub(crate) author: Author,
    pub(crate) settles: Settlement,
}

/// The lease of an open claim is over: nobody knows what became of its ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Takeover {
    #[serde(flatten)]
    pub(crate) author: Author,
    /// The number of the claim.
    pub(crate) claim: u64,
}

/// Something is known, or decided, about ids that a claim named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Evidence {
    /// The number of the claim it speaks of.
    pub(crate) claim: u64,
    #[serde(with = "bytes::ids")]
    pub(crate) ids: Vec<Uuid>,
    #[serde(flatten)]
    pub(crate) finding: Finding,
}

/// What evidence says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub(crate) enum Finding {
    /// The mail side has the mail.
    Accepted,
    /// It had it, and the mail came back.
    Bounced,
    /// It had it, and the reader marked it as spam.
    Complained,
    /// The fenced-out worker knows that it was refused for good.
    Failed { reason: String },
    /// The fenced-out worker knows that it did not leave.
    Unsent,
    /// An admin takes the risk of a second mail. `decision` is the version of
    /// the admin's request.
    Resend { decision: u64 },
    /// An admin gives it up.
    Drop { decision: u64 },
}

/// An admin's decision about the held has been carried out here, whomever it met:
/// it is about nobody any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CarriedOut {
    /// The version of the admin's request.
    pub(crate) decision: u64,
}

/// Pause, resume or cancel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Control {
    /// The event that asked for it, or the row's own id.
    #[serde(with = "bytes::id")]
    pub(crate) event_id: Uuid,
    /// The order of the admins' requests; none where delivery pauses itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<u64>,
    /// Where delivery pauses or resumes by itself: the newest request that it knew of. Who
    /// resumed since has seen what it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) upon: Option<u64>,
    pub(crate) action: Action,
    /// Why, for the admin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
}

/// What a [`Control`] asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    Pause,
    Resume,
    Cancel,
}

/// These became recipients of the issue after it was stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Late {
    #[serde(with = "bytes::ids")]
    pub(crate) ids: Vec<Uuid>,
}

/// These are no recipients any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Removed {
    #[serde(with = "bytes::ids")]
    pub(crate) ids: Vec<Uuid>,
    pub(crate) why: Removal,
    /// Of a worker that walks a cancelled issue to its end: as in a claim.
    #[serde(
        default,
        with = "bytes::optional_id",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) cursor: Option<Uuid>,
    /// They had left before the publication, which was heard of first. Of whoever
    /// was mailed in between is told that they were: nobody else counts them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) unmeant: bool,
}

/// Why somebody is no recipient any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Removal {
    Unsubscribed,
    Erased,
    /// The address bounced for good, or its reader complained.
    Suppressed,
    /// The issue was cancelled before they were claimed.
    Cancelled,
    /// Their confirmation came when the issue was long over.
    TooLate,
    /// What is stored of them is not what was written.
    Unreadable,
}

impl From<Leaving> for Removal {
    fn from(why: Leaving) -> Self {
        match why {
            Leaving::Unsubscribed => Self::Unsubscribed,
            Leaving::Erased => Self::Erased,
            Leaving::Suppressed => Self::Suppressed,
        }
    }
}

/// Nobody is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Done {
    #[serde(flatten)]
    pub(crate) author: Author,
    pub(crate) counts: Counts,
}

impl Removal {
    /// The reason as admins read it.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Unsubscribed => "unsubscribed",
            Self::Erased => "erased",
            Self::Suppressed => "the address bounced or complained before",
            Self::Cancelled => "the issue was cancelled",
            Self::TooLate => "the confirmation arrived more than seven days after the issue",
            Self::Unreadable => "unreadable",
        }
    }
}

impl Finding {
    /// The version of the admin's request, where it is an admin's.
    pub(crate) fn decision(&self) -> Option<u64> {
        match self {
            Self::Resend { decision } | Self::Drop { decision } => Some(*decision),
            Self::Accepted
            | Self::Bounced
            | Self::Complained
            | Self::Failed { .. }
            | Self::Unsent => None,
        }
    }
}

impl Body {
    /// Who appended it, where that is a worker.
    pub(crate) fn author(&self) -> Option<Author> {
        match self {
            Self::Claim(claim) => Some(claim.author),
            Self::Settle(settle) => Some(settle.author),
            Self::Takeover(takeover) => Some(takeover.author),
            Self::Done(done) => Some(done.author),
            Self::Evidence(_)
            | Self::CarriedOut(_)
            | Self::Control(_)
            | Self::Late(_)
            | Self::Removed(_) => None,
        }
    }

    /// Whether its exceptions are told by the next row of a worker, since who
    /// appends it does not fold the log. A worker's own rows without author
    /// are told at once.
    pub(crate) fn is_told_later(&self) -> bool {
        match self {
            Self::Late(_) => true,
            Self::Removed(removed) => removed.why != Removal::Cancelled,
            _ => false,
        }
    }

    /// The row that says this, appended at that moment (cut to milliseconds,
    /// as it is stored).
    pub(crate) fn at(self, now: Timestamp) -> Row {
        Row {
            at: Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now),
            body: self,
        }
    }
}

impl Row {
    /// What it settles: its number of the claim, and the results.
    pub(crate) fn settlement(&self) -> Option<&Settlement> {
        match &self.body {
            Body::Claim(claim) => claim.settles.as_ref(),
            Body::Settle(settle) => Some(&settle.settles),
            _ => None,
        }
    }

    /// The number of the claim that is open before it and not after it.
    pub(crate) fn settled_claim(&self) -> Option<u64> {
        match &self.body {
            Body::Takeover(takeover) => Some(takeover.claim),
            _ => self.settlement().map(|settlement| settlement.claim),
        }
    }
}

mod worker {
    use serde::{Deserializer, Serializer};

    use super::{WorkerId, bytes};

    pub(super) fn serialize<S: Serializer>(worker: &WorkerId, to: S) -> Result<S::Ok, S::Error> {
        bytes::id::serialize(&worker.0, to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<WorkerId, D::Error> {
        bytes::id::deserialize(from).map(WorkerId)
    }
}
