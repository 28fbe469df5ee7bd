//! An issue's title.

use serde::{Deserialize, Serialize};

/// The longest title, in characters (Unicode scalar values). It is the mail's
/// subject, of which mail programs show far less.
pub(crate) const MAX_TITLE_LENGTH: usize = 256;

/// An issue's title: 1 to 256 characters, not blank, on one line. Spaces
/// around it are dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Title(String);

/// What is wrong with a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidTitle {
    /// There is nothing in it.
    #[error("The title is empty.")]
    Blank,
    /// It is longer than [`MAX_TITLE_LENGTH`].
    #[error("The title is longer than {MAX_TITLE_LENGTH} characters.")]
    TooLong,
    /// It holds a line break or another control character.
    #[error("The title holds a line break or another control character.")]
    ControlCharacter,
}

impl Title {
    /// Reads a title.
    ///
    /// # Errors
    /// See [`InvalidTitle`].
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidTitle> {
        // Before trimming, which would hide a line break at the end.
        let breaks_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
        if text.chars().any(breaks_line) {
            return Err(InvalidTitle::ControlCharacter);
        }
        let text = text.trim();
        if text.is_empty() {
            return Err(InvalidTitle::Blank);
        }
        if text.chars().count() > MAX_TITLE_LENGTH {
            return Err(InvalidTitle::TooLong);
        }
        Ok(Self(text.to_owned()))
    }

    /// The title as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Title {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Title {
    type Error = InvalidTitle;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Title> for String {
    fn from(title: Title) -> Self {
        title.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_one_line_of_text() {
        let title = Title::parse(" Issue one ").expect("valid");
        assert_eq!(title.as_str(), "Issue one");
        assert_eq!(Title::parse(" \u{a0} "), Err(InvalidTitle::Blank));
        for text in ["a\r\nBcc: b", "a\n", "\ta", "a\u{2028}b", "a\0"] {
            let refused = Title::parse(text);
            assert_eq!(refused, Err(InvalidTitle::ControlCharacter), "{text:?}");
        }
        assert!(Title::parse(&"é".repeat(256)).is_ok());
        assert_eq!(Title::parse(&"é".repeat(257)), Err(InvalidTitle::TooLong));
    }
}
