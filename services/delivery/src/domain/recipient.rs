//! Who gets mail: a projection of what subscriptions says about subscribers.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What delivery knows of one subscriber.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recipient {
    pub(crate) subscriber_id: Uuid,
    /// The subscriber's version at the last change that was applied.
    pub(crate) version: u64,
    pub(crate) standing: Standing,
}

/// Whether a subscriber gets issues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// They confirmed.
    Active {
        contact: Contact,
        confirmed_at: Timestamp,
    },
    /// They unsubscribed or were erased. Kept as a tombstone without personal
    /// data, so that a `confirmed` that comes late resurrects nobody.
    Gone(Gone),
}

/// What is kept of somebody who left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gone {
    pub(crate) why: Leaving,
    pub(crate) left_at: Timestamp,
    /// When they had confirmed; none as long as nothing was heard of that: then
    /// no issue knows of them.
    pub(crate) confirmed_at: Option<Timestamp>,
}

/// Why somebody gets no issues any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Leaving {
    Unsubscribed,
    Erased,
    /// The address bounced for good, or its reader complained.
    Suppressed,
}

/// What a mail needs to reach somebody. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Contact {
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) unsubscribe_url: String,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[personal]")
    }
}

impl Recipient {
    /// How to reach them; none if they get no issues.
    pub(crate) fn contact(&self) -> Option<&Contact> {
        match &self.standing {
            Standing::Active { contact, .. } => Some(contact),
            Standing::Gone(_) => None,
        }
    }

    /// Why they get no issues any more; none if they do.
    pub(crate) fn leaving(&self) -> Option<Leaving> {
        match &self.standing {
            Standing::Active { .. } => None,
            Standing::Gone(gone) => Some(gone.why),
        }
    }

    /// When they confirmed; none if they get no issues.
    pub(crate) fn confirmed_at(&self) -> Option<Timestamp> {
        match self.standing {
            Standing::Active { confirmed_at, .. } => Some(confirmed_at),
            Standing::Gone(_) => None,
        }
    }

    /// Since when they have been a recipient, or had been; none if nothing was
    /// heard of that.
    pub(crate) fn since(&self) -> Option<Timestamp> {
        match &self.standing {
            Standing::Active { confirmed_at, .. } => Some(*confirmed_at),
            Standing::Gone(gone) => gone.confirmed_at,
        }
    }

    /// Whom to mail an issue that was published at that moment; none if it is
    /// not for them.
    pub(crate) fn addressee(&self, published_at: Timestamp) -> Option<&Contact> {
        match &self.standing {
            Standing::Active {
                contact,
                confirmed_at,
            } if *confirmed_at <= published_at => Some(contact),
            _ => None,
        }
    }

    /// When they left; none if they get issues.
    pub(crate) fn left_at(&self) -> Option<Timestamp> {
        match self.standing {
            Standing::Active { .. } => None,
            Standing::Gone(gone) => Some(gone.left_at),
        }
    }

    /// Whether they had left by then.
    pub(crate) fn left_by(&self, moment: Timestamp) -> bool {
        matches!(&self.standing, Standing::Gone(gone) if gone.left_at <= moment)
    }

    /// Why they do not get an issue that was for them when it was published at
    /// that moment; none if it was not, or they do.
    pub(crate) fn left_after(&self, published_at: Timestamp) -> Option<Leaving> {
        let Standing::Gone(gone) = &self.standing else {
            return None;
        };
        let had_confirmed = gone.confirmed_at.is_some_and(|at| at <= published_at);
        (had_confirmed && published_at < gone.left_at).then_some(gone.why)
    }

    /// This, which is newer than what is `present`: who left had confirmed when
    /// that says so.
    fn after(self, present: &Self) -> Self {
        let Standing::Gone(gone) = self.standing else {
            return self;
        };
        let gone = match present.standing {
            Standing::Active { confirmed_at, .. } => Gone {
                confirmed_at: Some(confirmed_at),
                ..gone
            },
            // They had left already, and nothing came in between.
            Standing::Gone(before) if self.version == present.version + 1 => Gone {
                why: gone.why,
                ..before
            },
            Standing::Gone(_) => gone,
        };
        Self {
            standing: Standing::Gone(gone),
            ..self
        }
    }

    /// This with what an `older` change adds: that somebody who left had done so
    /// before, or had confirmed, which is not known yet, or only of a later time.
    fn with(&self, older: &Self) -> Option<Self> {
        let Standing::Gone(known) = self.standing else {
            return None;
        };
        let mut gone = known;
        // Nothing came in between, so that they were not back.
        let is_next = self.version <= older.version + 1;
        if let Some(left_at) = older.left_at().filter(|_| is_next) {
            let is_of_this_stint = known.confirmed_at.is_none_or(|at| at < left_at);
            if is_of_this_stint {
                gone.left_at = left_at.min(known.left_at);
            }
        }
        if let Some(at) = older.since() {
            let is_news = known.confirmed_at.is_none_or(|known| at < known);
            if is_news && at < gone.left_at {
                gone.confirmed_at = Some(at);
            }
        }
        (gone != known).then(|| Self {
            standing: Standing::Gone(gone),
            ..self.clone()
        })
    }
}

/// What `change` makes of what is `present`; none if it is no news. An older
/// change never overwrites a newer one, so changes may come in any order and
/// repeatedly.
pub(crate) fn project(present: Option<&Recipient>, change: Recipient) -> Option<Recipient> {
    match present {
        None => Some(change),
        Some(present) if change.version > present.version => Some(change.after(present)),
        Some(present) => present.with(&change),
    }
}

#[cfg(test)]
mod tests;
