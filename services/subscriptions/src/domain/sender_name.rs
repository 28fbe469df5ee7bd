//! Who an issue says that it is from.

use std::fmt;

use super::one_line::{InvalidLine, one_line};

/// The longest sender's name, in characters (Unicode scalar values). Mail
/// programs show about 30 of them.
pub(crate) const MAX_SENDER_NAME_LENGTH: usize = 100;
/// What would have to be escaped in the header, or looks like another address
/// there: not every mail program undoes the one and sees through the other.
const FORBIDDEN: [char; 4] = ['"', '<', '>', '\\'];

/// The display name that takes the place of the usual sender's: 1 to 100
/// characters that can be seen, on one line. Spaces around it are dropped.
/// `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SenderName(String);

/// What is wrong with a sender's name; does not hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidSenderName {
    /// It is longer than [`MAX_SENDER_NAME_LENGTH`].
    #[error("The sender’s name is longer than {MAX_SENDER_NAME_LENGTH} characters.")]
    TooLong,
    /// It holds one of [`FORBIDDEN`], a line break or another control character.
    #[error(
        "The sender’s name has a character that is not allowed: \" < > \\, a line break or another control character."
    )]
    Forbidden,
}

impl SenderName {
    /// Reads a name; none if there is nothing to be seen in `text`.
    ///
    /// # Errors
    /// See [`InvalidSenderName`].
    pub(crate) fn parse(text: &str) -> Result<Option<Self>, InvalidSenderName> {
        if text.contains(FORBIDDEN) {
            return Err(InvalidSenderName::Forbidden);
        }
        match one_line(text, MAX_SENDER_NAME_LENGTH) {
            Ok(line) => Ok(line.map(|line| Self(line.to_owned()))),
            Err(InvalidLine::TooLong) => Err(InvalidSenderName::TooLong),
            Err(InvalidLine::ControlCharacter) => Err(InvalidSenderName::Forbidden),
        }
    }

    /// The name as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SenderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[sender name]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Option<SenderName>, InvalidSenderName> {
        SenderName::parse(text)
    }

    #[test]
    fn names_of_people_and_of_letters_are_valid() {
        for name in [
            "Ursula, of the Post",
            "Zoë O'Brien (Penny Post)",
            "李小龍 | News",
            "a.b@c.example: 50 % off",
        ] {
            let parsed = parse(&format!("  {name} ")).expect(name).expect(name);
            assert_eq!(parsed.as_str(), name);
        }
        assert_eq!(parse(""), Ok(None));
        assert_eq!(parse(" \u{200b}"), Ok(None));
    }

    #[test]
    fn what_is_no_display_name_is_refused() {
        for name in ["a\r\nBcc: b", "a\0", "a\u{2029}", "\"a\"", "a <b@c>", "a\\"] {
            assert_eq!(parse(name), Err(InvalidSenderName::Forbidden), "{name:?}");
        }
        assert!(parse(&"é".repeat(MAX_SENDER_NAME_LENGTH)).is_ok());
        let long = "é".repeat(MAX_SENDER_NAME_LENGTH + 1);
        assert_eq!(parse(&long), Err(InvalidSenderName::TooLong));
    }

    #[test]
    fn debug_hides_it() {
        let name = parse("Ann").expect("valid").expect("there");
        assert_eq!(format!("{name:?}"), "[sender name]");
    }
}
