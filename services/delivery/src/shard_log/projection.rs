//! What a change of a recipient means for the issues in the head of its shard.

use uuid::Uuid;

use super::row::{Body, Late, Removal, Removed, Row};

/// A recipient's change, as one issue sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) id: Uuid,
    pub(crate) crossing: Crossing,
}

/// How a change crosses the line between those whom an issue is for and the
/// others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crossing {
    /// It is for them, which was not known.
    Late,
    /// It is not for them any more.
    Left {
        why: Removal,
        /// Since before the publication: it was never meant for them.
        unmeant: bool,
    },
    /// It was for them, which was not known, and is not any more: they left
    /// before anything else was heard of them.
    Missed(Removal),
}

impl Crossing {
    /// Whether somebody is to be mailed or told by it who has a place in the log,
    /// or none, already: see [`late_needs_start`].
    pub(crate) fn is_news(self) -> bool {
        match self {
            Self::Late | Self::Missed(_) => true,
            Self::Left { unmeant, .. } => unmeant,
        }
    }

    /// Why, if they get no mail, and whether it was never meant for them.
    fn removal(self) -> Option<(Removal, bool)> {
        match self {
            Self::Late => None,
            Self::Left { why, unmeant } => Some((why, unmeant)),
            Self::Missed(why) => Some((why, false)),
        }
    }
}

/// The rows that changes of one shard's recipients add to the log of one issue
/// in the head, planned or not, done or not, in the transaction of the changes
/// (at most [`MAX_IDS`](super::MAX_IDS) of them).
pub(crate) fn rows(changes: &[Change]) -> Vec<Body> {
    rows_with(changes, |ids| Body::Late(Late { ids }))
}

/// The same, of an issue that is over: who confirmed in time is heard of too
/// late. Who is gone is told to the log as ever: somebody who was held may be
/// about to get the issue again.
pub(crate) fn rows_when_over(changes: &[Change]) -> Vec<Body> {
    rows_with(changes, |ids| removed(ids, (Removal::TooLate, false)))
}

fn rows_with(changes: &[Change], late: impl Fn(Vec<Uuid>) -> Body) -> Vec<Body> {
    let whose = |removal: Option<(Removal, bool)>| {
        let like = changes
            .iter()
            .filter(|change| change.crossing.removal() == removal);
        let ids: Vec<Uuid> = like.map(|change| change.id).collect();
        Some(ids).filter(|ids| !ids.is_empty())
    };
    let gone = [Removal::Unsubscribed, Removal::Erased, Removal::Suppressed];
    let gone = gone
        .into_iter()
        .flat_map(|why| [(why, false), (why, true)])
        .filter_map(|removal| Some(removed(whose(Some(removal))?, removal)));
    whose(None).map(late).into_iter().chain(gone).collect()
}

fn removed(ids: Vec<Uuid>, (why, unmeant): (Removal, bool)) -> Body {
    Body::Removed(Removed {
        ids,
        why,
        cursor: None,
        unmeant,
    })
}

/// Whether `late` rows on top of a log that ends with `newest_first` need the
/// start of an execution in the same transaction: they do if nobody has claimed
/// since a shard's end. Where these few rows do not tell, they do, for a start
/// too many ends by itself.
pub(crate) fn late_needs_start(newest_first: &[Row]) -> bool {
    newest_first
        .iter()
        .find_map(|row| match row.body {
            Body::Claim(_) | Body::Settle(_) | Body::Takeover(_) => Some(false),
            Body::Done(_) => Some(true),
            Body::Evidence(_)
            | Body::CarriedOut(_)
            | Body::Control(_)
            | Body::Late(_)
            | Body::Removed(_) => None,
        })
        .unwrap_or(true)
}
