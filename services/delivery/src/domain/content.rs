//! What an issue says, and what a further announcement of it changes.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What an issue says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) title: String,
    pub(crate) html: String,
    pub(crate) text: String,
    /// What only some announcements tell; none where none of these came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) extras: Option<Extras>,
}

/// What v2 of the event has, and v1 has not.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Extras {
    /// What mail programs show beside the subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) preheader: Option<String>,
    /// The display name that takes the place of the usual sender's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sender_name: Option<String>,
}

/// What a further announcement of an issue tells beside what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Further {
    /// Nothing, or less.
    Nothing,
    /// The same and something more.
    More,
    /// Something else under the same id.
    Contradiction,
}

impl Content {
    /// Compares what is stored with what is announced further.
    ///
    /// Title and parts are compared themselves: that is the same as to compare
    /// their hashes, which a v1 does not have.
    pub(crate) fn compare(&self, announced: &Self) -> Further {
        if self.parts() != announced.parts() {
            return Further::Contradiction;
        }
        match (&self.extras, &announced.extras) {
            (_, None) => Further::Nothing,
            (None, Some(_)) => Further::More,
            (Some(stored), Some(announced)) if stored == announced => Further::Nothing,
            (Some(_), Some(_)) => Further::Contradiction,
        }
    }

    fn parts(&self) -> [&str; 3] {
        [&self.title, &self.html, &self.text]
    }
}

/// Without the name of a person.
impl fmt::Debug for Extras {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Extras").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v1() -> Content {
        Content {
            title: "T".to_owned(),
            html: "H".to_owned(),
            text: "X".to_owned(),
            extras: None,
        }
    }

    fn v2(preheader: &str) -> Content {
        let extras = Extras {
            preheader: Some(preheader.to_owned()),
            sender_name: None,
        };
        Content {
            extras: Some(extras),
            ..v1()
        }
    }

    #[test]
    fn only_v2_after_v1_tells_more() {
        assert_eq!(v1().compare(&v1()), Further::Nothing);
        assert_eq!(v1().compare(&v2("P")), Further::More);
        assert_eq!(v2("P").compare(&v1()), Further::Nothing);
        assert_eq!(v2("P").compare(&v2("P")), Further::Nothing);
    }

    #[test]
    fn another_content_under_the_same_id_is_a_contradiction() {
        let other = |change: fn(&mut Content)| {
            let mut other = v1();
            change(&mut other);
            v1().compare(&other)
        };
        assert_eq!(other(|it| it.title.push('!')), Further::Contradiction);
        assert_eq!(other(|it| it.html.push('!')), Further::Contradiction);
        assert_eq!(other(|it| it.text.push('!')), Further::Contradiction);
        assert_eq!(v2("P").compare(&v2("Q")), Further::Contradiction);
    }

    #[test]
    fn what_was_stored_before_there_were_extras_is_read() {
        let stored = r#"{"title":"T","html":"H","text":"X"}"#;
        assert_eq!(serde_json::from_str::<Content>(stored).ok(), Some(v1()));
    }

    #[test]
    fn debug_shows_no_name() {
        let extras = Extras {
            sender_name: Some("Ursula".to_owned()),
            ..Extras::default()
        };
        assert!(!format!("{extras:?}").contains("Ursula"));
    }
}
