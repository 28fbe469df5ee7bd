//! What tells two contents of an issue apart.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The bytes of a SHA-256.
const BYTES: usize = 32;

/// The SHA-256 of an issue's content, written as 64 lower-case hexadecimal
/// digits.
///
/// It is taken over title, HTML part and text part, in this order, each as its
/// length in bytes (64 bits, big-endian) followed by its UTF-8. So it is the
/// same for every version of the event that carries the same content, and text
/// that moves from one part to the next makes another hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ContentHash([u8; BYTES]);

/// The text is not 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a content hash has 64 lower-case hexadecimal digits")]
pub struct NotAContentHash;

impl ContentHash {
    /// The hash of this content.
    pub fn of(title: &str, html_content: &str, text_content: &str) -> Self {
        let mut hash = Sha256::new();
        for part in [title, html_content, text_content] {
            // A length of more than 64 bits does not exist.
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl From<ContentHash> for String {
    fn from(hash: ContentHash) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for ContentHash {
    type Error = NotAContentHash;

    fn try_from(text: String) -> Result<Self, NotAContentHash> {
        let mut bytes = [0; BYTES];
        hex::decode_to_slice(&text, &mut bytes).map_err(|_| NotAContentHash)?;
        // One spelling only, so that the texts can be compared too.
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(NotAContentHash);
        }
        Ok(Self(bytes))
    }
}

impl JsonSchema for ContentHash {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ContentHash".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9a-f]{64}$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_one_that_the_documentation_defines() {
        // printf '\0\0\0\0\0\0\0\1T\0\0\0\0\0\0\0\1H\0\0\0\0\0\0\0\2\303\251' | sha256sum
        let expected = "b2967d81d2362bfe5d306e13e286629ee81104075824c068d551588d8c3acd08";
        assert_eq!(ContentHash::of("T", "H", "é").to_string(), expected);
    }

    #[test]
    fn text_that_moves_from_one_part_to_the_next_makes_another_hash() {
        assert_ne!(
            ContentHash::of("ab", "c", ""),
            ContentHash::of("a", "bc", "")
        );
        assert_ne!(ContentHash::of("a", "", "b"), ContentHash::of("a", "b", ""));
    }

    #[test]
    fn a_hash_is_read_as_it_is_written_and_in_no_other_spelling() {
        let text = ContentHash::of("a", "b", "c").to_string();
        let read = ContentHash::try_from(text.clone()).map(String::from);
        assert_eq!(read, Ok(text.clone()));
        for other in [
            text.to_uppercase(),
            text[1..].to_owned(),
            format!("{text}0"),
        ] {
            assert_eq!(ContentHash::try_from(other), Err(NotAContentHash));
        }
    }
}
