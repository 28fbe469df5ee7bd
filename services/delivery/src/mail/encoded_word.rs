//! Text in a header that is not to be taken at its letters (RFC 2047).

use base64::{Engine, engine::general_purpose::STANDARD};

/// How a mailbox tells an encoded word.
const BEGIN: &str = "=?";

/// The most bytes of text in one encoded word, such that a line of one is not
/// over 76 characters, after a header's name too.
/// Source: RFC 2047, section 2.
const MAX_BYTES: usize = 39;

/// Whether a mailbox could take a part of `text`, sent as it is, for something
/// encoded, and show another text.
pub(super) fn looks_encoded(text: &str) -> bool {
    text.contains(BEGIN)
}

/// `text` in encoded words, one a line.
pub(super) fn encode(text: &str) -> String {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.floor_char_boundary(MAX_BYTES));
        words.push(format!("{BEGIN}utf-8?b?{}?=", STANDARD.encode(word)));
        rest = after;
    }
    words.join("\r\n ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_no_longer_than_a_line_and_splits_no_character() {
        let encoded = encode(&"=?é".repeat(50));
        assert!(encoded.lines().count() > 1);
        for line in encoded.lines() {
            assert!(line.len() + "Subject: ".len() <= 76, "{line}");
            let word = line.trim().strip_prefix("=?utf-8?b?").expect("a word");
            let bytes = STANDARD
                .decode(word.trim_end_matches("?="))
                .expect("base64");
            assert!(String::from_utf8(bytes).is_ok());
        }
    }
}
