//! An issue that somebody wants to publish.

use sha2::{Digest, Sha256};

use super::title::{InvalidTitle, Title};

/// An issue's parts, fit to be published.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft {
    /// The mail's subject.
    pub(crate) title: Title,
    /// The plain text part; not blank.
    pub(crate) text_content: String,
    /// The HTML part; not blank.
    pub(crate) html_content: String,
}

/// What is wrong with one part of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidPart {
    /// The title.
    #[error(transparent)]
    Title(#[from] InvalidTitle),
    /// The plain text part.
    #[error("The text content is empty.")]
    BlankText,
    /// The HTML part.
    #[error("The HTML content is empty.")]
    BlankHtml,
    /// The plain text part.
    #[error("The text content holds a control character, which mail programs do not show.")]
    ControlInText,
    /// The HTML part.
    #[error("The HTML content holds a control character, which mail programs do not show.")]
    ControlInHtml,
}

impl InvalidPart {
    /// The part's name in forms and JSON.
    pub(crate) const fn field(self) -> &'static str {
        match self {
            Self::Title(_) => "title",
            Self::BlankText | Self::ControlInText => "text_content",
            Self::BlankHtml | Self::ControlInHtml => "html_content",
        }
    }
}

impl Draft {
    /// Reads a draft.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn parse(
        title: &str,
        text_content: &str,
        html_content: &str,
    ) -> Result<Self, Vec<InvalidPart>> {
        let title = Title::parse(title);
        let mut wrong: Vec<InvalidPart> = Vec::new();
        if let Err(invalid) = title {
            wrong.push(invalid.into());
        }
        if text_content.trim().is_empty() {
            wrong.push(InvalidPart::BlankText);
        } else if text_content.chars().any(is_control) {
            wrong.push(InvalidPart::ControlInText);
        }
        if html_content.trim().is_empty() {
            wrong.push(InvalidPart::BlankHtml);
        } else if html_content.chars().any(is_control) {
            wrong.push(InvalidPart::ControlInHtml);
        }
        match title {
            Ok(title) if wrong.is_empty() => Ok(Self {
                title,
                text_content: text_content.to_owned(),
                html_content: html_content.to_owned(),
            }),
            _ => Err(wrong),
        }
    }

    /// A SHA-256 over all parts, by which a repetition of the same draft is
    /// told from another draft.
    pub(crate) fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for part in [self.title.as_str(), &self.text_content, &self.html_content] {
            // The length keeps what ends one part from beginning the next.
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        hex::encode(hash.finalize())
    }
}

/// Whether it is a control character other than white space: nobody types one,
/// and mail servers refuse a mail with some of them.
fn is_control(character: char) -> bool {
    character.is_control() && !matches!(character, '\t' | '\r' | '\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let wrong = Draft::parse("", " \r\n", "\t").expect_err("all blank");
        let fields: Vec<_> = wrong.into_iter().map(InvalidPart::field).collect();
        assert_eq!(fields, ["title", "text_content", "html_content"]);
    }

    #[test]
    fn control_characters_but_white_space_are_refused() {
        for control in ['\0', '\u{7}', '\u{1b}', '\u{7f}', '\u{85}'] {
            let with = format!("a{control}b");
            let wrong = Draft::parse("T", &with, &with).expect_err("a control character");
            assert_eq!(
                wrong,
                [InvalidPart::ControlInText, InvalidPart::ControlInHtml],
                "{control:?}"
            );
        }
        assert!(Draft::parse("T", "a\tb\r\nc", "\t<p>\n").is_ok());
    }

    #[test]
    fn the_digest_tells_parts_apart() {
        let draft = |text, html| Draft::parse("T", text, html).expect("valid").digest();
        assert_eq!(draft("a", "b"), draft("a", "b"));
        assert_ne!(draft("ab", "c"), draft("a", "bc"));
    }
}
