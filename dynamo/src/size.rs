//! What an item weighs in DynamoDB's units.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>

use aws_sdk_dynamodb::types::AttributeValue;

use crate::item::Item;

/// One unit writes so many bytes of an item, or a part of them.
pub const WRITE_UNIT_BYTES: usize = 1_024;

/// What a list or a map takes beside its contents.
const CONTAINER_BYTES: usize = 3;
/// What each element of one takes beside itself.
const ELEMENT_BYTES: usize = 1;

impl Item {
    /// The item's size in bytes, as DynamoDB charges it: attribute names and
    /// values. Of numbers DynamoDB says only roughly what they take.
    pub fn size(&self) -> usize {
        let attributes = self.attributes.iter();
        attributes
            .map(|(name, value)| name.len() + size(value))
            .sum()
    }

    /// The units that a plain put takes; a transaction takes twice as many.
    pub fn write_units(&self) -> usize {
        self.size().div_ceil(WRITE_UNIT_BYTES)
    }
}

fn size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(number) => number_size(number),
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        AttributeValue::Ss(texts) => texts.iter().map(String::len).sum(),
        AttributeValue::Ns(numbers) => numbers.iter().map(|number| number_size(number)).sum(),
        AttributeValue::Bs(blobs) => blobs.iter().map(|blob| blob.as_ref().len()).sum(),
        AttributeValue::L(elements) => {
            let elements = elements.iter().map(|element| ELEMENT_BYTES + size(element));
            CONTAINER_BYTES + elements.sum::<usize>()
        }
        AttributeValue::M(elements) => {
            let elements = elements
                .iter()
                .map(|(name, element)| ELEMENT_BYTES + name.len() + size(element));
            CONTAINER_BYTES + elements.sum::<usize>()
        }
        // Booleans and nulls.
        _ => 1,
    }
}

/// Two digits a byte, and one or two beside them.
fn number_size(number: &str) -> usize {
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    digits.div_ceil(2) + 1 + usize::from(number.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize, Serializer};

    use super::*;
    use crate::{item, item::Key};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Body {
        #[serde(serialize_with = "as_bytes", deserialize_with = "from_bytes")]
        blob: Vec<u8>,
        count: i64,
        names: Vec<String>,
    }

    fn as_bytes<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    fn from_bytes<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        struct Bytes;
        impl serde::de::Visitor<'_> for Bytes {
            type Value = Vec<u8>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("bytes")
            }

            fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
                Ok(bytes)
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
        }
        from.deserialize_byte_buf(Bytes)
    }

    fn body() -> Body {
        Body {
            blob: vec![0, 1, 255],
            count: -12_345,
            names: vec!["one".to_owned(), "two".to_owned()],
        }
    }

    #[test]
    fn bytes_are_stored_as_binary_and_read_back() {
        let item = Item::new(&Key::new("p", "s"), &body());
        assert!(matches!(item.attributes["blob"], AttributeValue::B(_)));
        assert_eq!(item::read::<Body>(item.attributes).ok(), Some(body()));
    }

    #[test]
    fn the_size_is_that_of_names_and_values() {
        let item = Item::new(&Key::new("part", "s"), &body());
        let keys = "pkpart".len() + "sks".len();
        let blob = "blob".len() + 3;
        let count = "count".len() + 3 + 1 + 1;
        let names = "names".len() + 3 + (1 + 3) + (1 + 3);
        assert_eq!(item.size(), keys + blob + count + names);
        assert_eq!(item.write_units(), 1);
    }
}
