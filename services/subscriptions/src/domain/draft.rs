//! An issue that somebody wants to publish.

use sha2::{Digest, Sha256};

use super::{
    preheader::{InvalidPreheader, Preheader},
    sender_name::{InvalidSenderName, SenderName},
    title::{InvalidTitle, Title},
};

/// An issue's parts, fit to be published.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft {
    /// The mail's subject.
    pub(crate) title: Title,
    /// What mail programs show beside it.
    pub(crate) preheader: Option<Preheader>,
    /// The display name that takes the place of the usual sender's.
    pub(crate) sender_name: Option<SenderName>,
    /// The plain text part; not blank.
    pub(crate) text_content: String,
    /// The HTML part; not blank.
    pub(crate) html_content: String,
}

/// An issue's parts as they were typed.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'a> {
    pub(crate) title: &'a str,
    /// Blank is none.
    pub(crate) preheader: &'a str,
    /// Blank is none.
    pub(crate) sender_name: &'a str,
    pub(crate) text_content: &'a str,
    pub(crate) html_content: &'a str,
}

/// What is wrong with one part of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidPart {
    /// The title.
    #[error(transparent)]
    Title(#[from] InvalidTitle),
    /// The preheader.
    #[error(transparent)]
    Preheader(#[from] InvalidPreheader),
    /// The sender's name.
    #[error(transparent)]
    SenderName(#[from] InvalidSenderName),
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
            Self::Preheader(_) => "preheader",
            Self::SenderName(_) => "sender_name",
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
    pub(crate) fn parse(parts: Parts<'_>) -> Result<Self, Vec<InvalidPart>> {
        let mut wrong = Vec::new();
        let title = noted(Title::parse(parts.title), &mut wrong);
        let preheader = noted(Preheader::parse(parts.preheader), &mut wrong);
        let sender_name = noted(SenderName::parse(parts.sender_name), &mut wrong);
        if parts.text_content.trim().is_empty() {
            wrong.push(InvalidPart::BlankText);
        } else if parts.text_content.chars().any(is_control) {
            wrong.push(InvalidPart::ControlInText);
        }
        if parts.html_content.trim().is_empty() {
            wrong.push(InvalidPart::BlankHtml);
        } else if parts.html_content.chars().any(is_control) {
            wrong.push(InvalidPart::ControlInHtml);
        }
        match title {
            Some(title) if wrong.is_empty() => Ok(Self {
                title,
                preheader: preheader.flatten(),
                sender_name: sender_name.flatten(),
                text_content: parts.text_content.to_owned(),
                html_content: parts.html_content.to_owned(),
            }),
            _ => Err(wrong),
        }
    }

    /// A SHA-256 over all parts, by which a repetition of the same draft is
    /// told from another draft.
    pub(crate) fn digest(&self) -> String {
        let mut hash = Sha256::new();
        let mut add = |part: &str| {
            // The length keeps what ends one part from beginning the next.
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        };
        for part in [self.title.as_str(), &self.text_content, &self.html_content] {
            add(part);
        }
        // What may be missing comes with its name: without it, a draft has the
        // digest that it had before there was such a part.
        if let Some(preheader) = &self.preheader {
            add("preheader");
            add(preheader.as_str());
        }
        if let Some(sender_name) = &self.sender_name {
            add("sender_name");
            add(sender_name.as_str());
        }
        hex::encode(hash.finalize())
    }
}

/// What was parsed; what was wrong with it is noted instead.
fn noted<T>(parsed: Result<T, impl Into<InvalidPart>>, wrong: &mut Vec<InvalidPart>) -> Option<T> {
    parsed.map_err(|invalid| wrong.push(invalid.into())).ok()
}

/// Whether it is a control character other than white space: nobody types one,
/// and mail servers refuse a mail with some of them.
fn is_control(character: char) -> bool {
    character.is_control() && !matches!(character, '\t' | '\r' | '\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: Parts<'_> = Parts {
        title: "T",
        preheader: "",
        sender_name: "",
        text_content: "a",
        html_content: "b",
    };

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let wrong = Draft::parse(Parts {
            title: "",
            preheader: "\n",
            sender_name: "<",
            text_content: " \r\n",
            html_content: "\t",
        });
        let fields: Vec<_> = wrong
            .expect_err("all wrong")
            .into_iter()
            .map(InvalidPart::field)
            .collect();
        assert_eq!(
            fields,
            [
                "title",
                "preheader",
                "sender_name",
                "text_content",
                "html_content"
            ]
        );
    }

    fn parse_contents(text: &str, html: &str) -> Result<Draft, Vec<InvalidPart>> {
        Draft::parse(Parts {
            text_content: text,
            html_content: html,
            ..WHOLE
        })
    }

    #[test]
    fn control_characters_but_white_space_are_refused() {
        for control in ['\0', '\u{7}', '\u{1b}', '\u{7f}', '\u{85}'] {
            let with = format!("a{control}b");
            assert_eq!(
                parse_contents(&with, &with).expect_err("a control character"),
                [InvalidPart::ControlInText, InvalidPart::ControlInHtml],
                "{control:?}"
            );
        }
        assert!(parse_contents("a\tb\r\nc", "\t<p>\n").is_ok());
    }

    #[test]
    fn the_digest_tells_parts_apart() {
        let digest = |parts| Draft::parse(parts).expect("valid").digest();
        let all = [
            WHOLE,
            Parts {
                text_content: "ab",
                html_content: "c",
                ..WHOLE
            },
            Parts {
                text_content: "a",
                html_content: "bc",
                ..WHOLE
            },
            Parts {
                preheader: "x",
                ..WHOLE
            },
            Parts {
                sender_name: "x",
                ..WHOLE
            },
            Parts {
                preheader: "x",
                sender_name: "y",
                ..WHOLE
            },
            Parts {
                preheader: "y",
                sender_name: "x",
                ..WHOLE
            },
        ];
        let digests: std::collections::HashSet<_> = all.map(digest).into_iter().collect();
        assert_eq!(digests.len(), all.len());
        assert_eq!(
            digest(Parts {
                preheader: "  ",
                ..WHOLE
            }),
            digest(WHOLE)
        );
    }

    #[test]
    fn the_digest_of_a_draft_with_nothing_optional_is_the_one_that_was_remembered() {
        // Three lengths of 64 bits, each before its part.
        let parts = b"\0\0\0\0\0\0\0\x01T\0\0\0\0\0\0\0\x01a\0\0\0\0\0\0\0\x01b";
        let draft = Draft::parse(WHOLE).expect("valid");
        assert_eq!(draft.digest(), hex::encode(Sha256::digest(parts)));
    }
}
