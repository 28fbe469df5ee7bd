//! E-mail addresses of subscribers.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The most octets before the `@` (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL_PART: usize = 64;
/// The most octets after the `@` (RFC 5321, 4.5.3.1.2).
const MAX_DOMAIN: usize = 255;
/// The most octets of it all: a path of 256 less its angle brackets (RFC 5321,
/// 4.5.3.1.3, erratum 1690).
const MAX_ADDRESS: usize = 254;
/// The most octets between two dots of a domain (RFC 1035, 2.3.4).
const MAX_LABEL: usize = 63;

/// An address as it was typed, which is where mail goes. `Debug` hides it.
///
/// Valid is what a browser's e-mail field takes, within the limits of RFC 5321.
/// Source: <https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address>
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)] // What is stored was parsed when it came in.
pub(crate) struct SubscriberEmail(String);

/// Why a text is no address; does not hold the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidEmail {
    /// There is nothing.
    #[error("The email is empty.")]
    Empty,
    /// A limit of RFC 5321 is passed.
    #[error("The email is too long.")]
    TooLong,
    /// A browser would not take it.
    #[error("The email is not a valid e-mail address.")]
    Malformed,
}

impl SubscriberEmail {
    /// Parses `text`, without the ASCII whitespace around it: browsers leave
    /// that out too.
    ///
    /// # Errors
    /// See [`InvalidEmail`].
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let address = text.trim_matches(|character: char| character.is_ascii_whitespace());
        if address.is_empty() {
            return Err(InvalidEmail::Empty);
        }
        let (local_part, domain) = address.split_once('@').ok_or(InvalidEmail::Malformed)?;
        let valid = !local_part.is_empty()
            && local_part.bytes().all(is_local_part_byte)
            && domain.split('.').all(is_label);
        if !valid {
            return Err(InvalidEmail::Malformed);
        }
        if local_part.len() > MAX_LOCAL_PART
            || domain.len() > MAX_DOMAIN
            || address.len() > MAX_ADDRESS
        {
            return Err(InvalidEmail::TooLong);
        }
        Ok(Self(address.to_owned()))
    }

    /// As it was typed.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// What two spellings of the same subscriber have in common.
    pub(crate) fn comparison_key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

fn is_local_part_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

/// Letters, digits and, not at its ends, hyphens.
fn is_label(label: &str) -> bool {
    let bytes = label.as_bytes();
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    let at_end = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    bytes.len() <= MAX_LABEL
        && at_end(bytes.first())
        && at_end(bytes.last())
        && bytes.iter().all(inside)
}

impl fmt::Debug for SubscriberEmail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[address]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<SubscriberEmail, InvalidEmail> {
        SubscriberEmail::parse(text)
    }

    #[test]
    fn what_a_browser_takes_is_valid() {
        for address in [
            "ursula_le_guin@gmail.com",
            "a@b",
            "user@localhost",
            "1@2.3",
            "a.!#$%&'*+/=?^_`{|}~-z@x-y.example",
            ".starts..oddly.@example.com",
            "UPPER@Example.COM",
            "x@xn--bcher-kva.example",
        ] {
            assert_eq!(parse(address).expect(address).as_str(), address);
        }
    }

    #[test]
    fn what_a_browser_refuses_is_invalid() {
        for address in [
            "no-at-sign.example",
            "@no-local-part.example",
            "no-domain@",
            "two@at@signs",
            "two words@example.com",
            "a@two words.example",
            "a@-b.example",
            "a@b-.example",
            "a@b..example",
            "a@.example",
            "a@example.",
            "a@under_score.example",
            "a@[127.0.0.1]",
            "\"quoted\"@example.com",
            "a@bücher.example",
            "ü@example.com",
            "a(comment)@example.com",
            "a@example.com\r\nBcc: b@example.com",
            "a@example.com\0",
            "a,b@example.com",
            "<a@example.com>",
        ] {
            assert_eq!(parse(address), Err(InvalidEmail::Malformed), "{address:?}");
        }
    }

    #[test]
    fn nothing_and_white_space_alone_are_empty() {
        for text in ["", " ", "\t\r\n\u{c}"] {
            assert_eq!(parse(text), Err(InvalidEmail::Empty));
        }
    }

    #[test]
    fn ascii_white_space_around_it_is_left_out_and_no_other() {
        assert_eq!(
            parse(" \t\na@b.example\r\n").expect("valid").as_str(),
            "a@b.example"
        );
        assert_eq!(parse("\u{a0}a@b.example"), Err(InvalidEmail::Malformed));
    }

    #[test]
    fn each_limit_is_met_exactly() {
        let label = "d".repeat(MAX_LABEL);
        let long_local = "l".repeat(MAX_LOCAL_PART);
        assert!(parse(&format!("{long_local}@b")).is_ok());
        assert_eq!(
            parse(&format!("{long_local}l@b")),
            Err(InvalidEmail::TooLong)
        );
        assert!(parse(&format!("a@{label}")).is_ok());
        assert_eq!(parse(&format!("a@{label}d")), Err(InvalidEmail::Malformed));
        // 62 + 1 + 3 * 64 - 1 = 254
        let domain = [label.as_str(); 3].join(".");
        let just_fits = format!("{}@{domain}", "l".repeat(62));
        assert_eq!(just_fits.len(), MAX_ADDRESS);
        assert!(parse(&just_fits).is_ok());
        assert_eq!(parse(&format!("l{just_fits}")), Err(InvalidEmail::TooLong));
    }

    #[test]
    fn upper_and_lower_case_make_no_different_subscriber() {
        let (typed, other) = (parse("Ann@Example.com"), parse("aNN@example.COM"));
        let (typed, other) = (typed.expect("valid"), other.expect("valid"));
        assert_eq!(typed.comparison_key(), other.comparison_key());
        assert_eq!(typed.as_str(), "Ann@Example.com");
    }

    #[test]
    fn debug_hides_it() {
        assert_eq!(format!("{:?}", parse("a@b").expect("valid")), "[address]");
    }
}
