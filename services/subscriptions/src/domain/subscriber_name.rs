//! Names of subscribers.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

/// The most graphemes: what a reader sees as characters.
const MAX_GRAPHEMES: usize = 256;
/// The most bytes: one grapheme can have any number of them.
pub(crate) const MAX_BYTES: usize = 8 * 1024;
/// What names in markup, headers and templates could do harm with.
const FORBIDDEN: [char; 9] = ['/', '(', ')', '"', '<', '>', '\\', '{', '}'];
/// LINE SEPARATOR and PARAGRAPH SEPARATOR: line ends that are no controls.
const LINE_ENDS: [char; 2] = ['\u{2028}', '\u{2029}'];

/// A name as it was typed, without the white space around it. `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)] // What is stored was parsed when it came in.
pub(crate) struct SubscriberName(String);

/// Why a text is no name; does not hold the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidName {
    /// There is nothing that could be seen.
    #[error("The name is blank.")]
    Blank,
    /// Beyond [`MAX_GRAPHEMES`].
    #[error("The name is longer than {MAX_GRAPHEMES} characters.")]
    TooLong,
    /// Beyond [`MAX_BYTES`].
    #[error("The name is longer than {MAX_BYTES} bytes.")]
    TooLarge,
    /// One of [`FORBIDDEN`], a control character or a line end.
    #[error(
        "The name has a character that is not allowed: / ( ) \" < > \\ {{ }} or a control character."
    )]
    Forbidden,
}

impl SubscriberName {
    /// Parses `text`.
    ///
    /// # Errors
    /// See [`InvalidName`].
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidName> {
        // Looked at before anything is trimmed: a line end is refused at the
        // ends as well, for nobody types one.
        if text.chars().any(is_forbidden) {
            return Err(InvalidName::Forbidden);
        }
        let name = text.trim();
        if name.chars().all(is_invisible) {
            return Err(InvalidName::Blank);
        }
        // Bytes first: they are cheap to count.
        if name.len() > MAX_BYTES {
            return Err(InvalidName::TooLarge);
        }
        if name.graphemes(true).count() > MAX_GRAPHEMES {
            return Err(InvalidName::TooLong);
        }
        Ok(Self(name.to_owned()))
    }

    /// As it was typed.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_forbidden(character: char) -> bool {
    character.is_control() || FORBIDDEN.contains(&character) || LINE_ENDS.contains(&character)
}

/// White space, or of no width: Unicode's Default_Ignorable_Code_Point and the
/// blank braille pattern.
/// Source: <https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt>
pub(super) fn is_invisible(character: char) -> bool {
    character.is_whitespace()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

impl fmt::Debug for SubscriberName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[name]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<SubscriberName, InvalidName> {
        SubscriberName::parse(text)
    }

    #[test]
    fn names_of_people_are_valid() {
        for name in [
            "Ursula Le Guin",
            "O'Brien",
            "李小龍",
            "Zoë",
            "م",
            "👩‍👩‍👧",
            "x; DROP",
            "5",
        ] {
            assert_eq!(parse(name).expect(name).as_str(), name);
        }
    }

    #[test]
    fn white_space_around_it_is_left_out() {
        assert_eq!(
            parse("  le\u{a0}guin \u{3000}").expect("valid").as_str(),
            "le\u{a0}guin"
        );
    }

    #[test]
    fn what_cannot_be_seen_is_blank() {
        for name in [
            "",
            " ",
            "\u{3000}",
            "\u{200b}",
            " \u{2060}\u{feff} ",
            "\u{2800}",
            "\u{fe0f}",
        ] {
            assert_eq!(parse(name), Err(InvalidName::Blank), "{name:?}");
        }
    }

    #[test]
    fn forbidden_characters_controls_and_line_ends_are_refused_anywhere() {
        let controls = ['\0', '\t', '\r', '\n', '\u{1b}', '\u{7f}', '\u{85}'];
        for character in FORBIDDEN.into_iter().chain(controls).chain(LINE_ENDS) {
            for name in [
                format!("{character}a"),
                format!("a{character}b"),
                format!("a{character}"),
            ] {
                assert_eq!(parse(&name), Err(InvalidName::Forbidden), "{name:?}");
            }
        }
    }

    #[test]
    fn graphemes_are_counted_and_not_bytes() {
        let longest = "e\u{308}".repeat(MAX_GRAPHEMES);
        assert!(parse(&longest).is_ok());
        assert!(parse(&format!("  {longest}  ")).is_ok());
        assert_eq!(parse(&format!("{longest}a")), Err(InvalidName::TooLong));
    }

    #[test]
    fn one_grapheme_cannot_be_endless() {
        let stacked = format!("a{}", "\u{308}".repeat(MAX_BYTES / 2));
        assert_eq!(parse(&stacked), Err(InvalidName::TooLarge));
    }

    #[test]
    fn debug_hides_it() {
        assert_eq!(format!("{:?}", parse("Ann").expect("valid")), "[name]");
    }
}
