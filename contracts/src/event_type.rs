//! The name of an event, taken apart.

use std::fmt;

/// What every type of ours begins with.
const PREFIX: &str = "pennypost.";

/// The longest type that is taken for one of ours, in bytes.
const MAX_BYTES: usize = 80;

/// A type of the shape `pennypost.<words>.v<number>`, such as
/// `pennypost.subscriber.confirmed.v1`; whether there is such an event is
/// another question.
///
/// What arrives can say anything in the place of its type, an address too. A
/// text of this shape can be repeated in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventType<'a> {
    /// The words: `subscriber.confirmed`. Lower-case letters, with dots and
    /// hyphens between them.
    pub name: &'a str,
    /// The version, from 1.
    pub version: u16,
}

impl<'a> EventType<'a> {
    /// Reads a CloudEvents `type`; `None` if it has another shape.
    pub fn parse(text: &'a str) -> Option<Self> {
        if text.len() > MAX_BYTES {
            return None;
        }
        let (name, version) = text.strip_prefix(PREFIX)?.rsplit_once(".v")?;
        let are_words = name.split(['.', '-']).all(is_word);
        let is_number =
            version.bytes().all(|byte| byte.is_ascii_digit()) && !version.starts_with('0');
        let version = version.parse().ok().filter(|_| are_words && is_number)?;
        Some(Self { name, version })
    }
}

impl fmt::Display for EventType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}.v{}", self.name, self.version)
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_of_ours_has_the_shape() {
        for kind in crate::catalogue() {
            let event_type = EventType::parse(kind.event_type).expect(kind.event_type);
            assert_eq!(event_type.to_string(), kind.event_type);
        }
        let v12 = EventType::parse("pennypost.issue.delivery-progressed.v12").expect("a type");
        assert_eq!((v12.name, v12.version), ("issue.delivery-progressed", 12));
    }

    #[test]
    fn what_could_tell_who_somebody_is_has_not() {
        for text in [
            "",
            "pennypost",
            "pennypost..v1",
            "pennypost.v1",
            "pennypost.issue.published",
            "pennypost.issue.published.v",
            "pennypost.issue.published.v0",
            "pennypost.issue.published.v01",
            "pennypost.issue.published.v+1",
            "pennypost.issue.published.v65536",
            "pennypost.issue..published.v1",
            "pennypost.issue-.v1",
            "pennypost.Issue.published.v1",
            "pennypost.issue published.v1",
            "pennypost.issue.published.v1\n",
            "pennypost.ann@example.com.v1",
            "pennypost.0123456789abcdef.v1",
            "aws.s3.v1",
            &format!("pennypost.{}.v1", "a".repeat(MAX_BYTES)),
        ] {
            assert_eq!(EventType::parse(text), None, "{text:?}");
        }
    }
}
