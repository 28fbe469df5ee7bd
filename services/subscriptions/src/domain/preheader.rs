//! What mail programs show beside a mail's subject.

use super::one_line::{InvalidLine, one_line};

/// The longest preheader, in characters (Unicode scalar values). Mail programs
/// show about 100 of them.
pub(crate) const MAX_PREHEADER_LENGTH: usize = 256;

/// A preheader: 1 to 256 characters that can be seen, on one line. Spaces
/// around it are dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Preheader(String);

/// What is wrong with a preheader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidPreheader {
    /// It is longer than [`MAX_PREHEADER_LENGTH`].
    #[error("The preheader is longer than {MAX_PREHEADER_LENGTH} characters.")]
    TooLong,
    /// It holds a line break or another control character.
    #[error("The preheader holds a line break or another control character.")]
    ControlCharacter,
}

impl Preheader {
    /// Reads a preheader; none if there is nothing to be seen in `text`.
    ///
    /// # Errors
    /// See [`InvalidPreheader`].
    pub(crate) fn parse(text: &str) -> Result<Option<Self>, InvalidPreheader> {
        match one_line(text, MAX_PREHEADER_LENGTH) {
            Ok(line) => Ok(line.map(|line| Self(line.to_owned()))),
            Err(InvalidLine::TooLong) => Err(InvalidPreheader::TooLong),
            Err(InvalidLine::ControlCharacter) => Err(InvalidPreheader::ControlCharacter),
        }
    }

    /// The preheader as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preheader_is_one_line_and_a_blank_one_is_none() {
        let parsed = Preheader::parse(" This week: \"<3\" \\ {{name}} ").expect("valid");
        assert_eq!(
            parsed.as_ref().map(Preheader::as_str),
            Some("This week: \"<3\" \\ {{name}}")
        );
        assert_eq!(Preheader::parse(" \u{a0}\u{200b}"), Ok(None));
        assert!(Preheader::parse(&"é".repeat(MAX_PREHEADER_LENGTH)).is_ok());
        let long = "é".repeat(MAX_PREHEADER_LENGTH + 1);
        assert_eq!(Preheader::parse(&long), Err(InvalidPreheader::TooLong));
        assert_eq!(
            Preheader::parse("a\nb"),
            Err(InvalidPreheader::ControlCharacter)
        );
    }
}
