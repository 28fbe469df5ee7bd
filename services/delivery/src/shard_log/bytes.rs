//! Ids as bytes: 16 in an attribute instead of the 36 characters of a UUID's
//! text, and many of them one after the other in one attribute.

use std::fmt;

use serde::{
    Deserializer, Serializer,
    de::{Error, SeqAccess, Visitor},
};
use uuid::Uuid;

/// The bytes of one id.
pub(super) const ID_BYTES: usize = 16;

/// One id, for `#[serde(with)]`.
pub(super) mod id {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(id: &Uuid, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(id.as_bytes())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Uuid, D::Error> {
        let bytes = from.deserialize_byte_buf(Bytes)?;
        Uuid::from_slice(&bytes).map_err(|_| D::Error::custom("an id has 16 bytes"))
    }
}

/// An id that may be missing, for `#[serde(with)]` beside `default` and
/// `skip_serializing_if`.
pub(super) mod optional_id {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(
        id: &Option<Uuid>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match id {
            Some(id) => super::id::serialize(id, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Uuid>, D::Error> {
        super::id::deserialize(from).map(Some)
    }
}

/// Ids one after the other, for `#[serde(with)]`.
pub(super) mod ids {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(ids: &[Uuid], serializer: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = ids.iter().flat_map(|id| *id.as_bytes()).collect();
        serializer.serialize_bytes(&bytes)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Uuid>, D::Error> {
        let bytes = from.deserialize_byte_buf(Bytes)?;
        let (ids, rest) = bytes.as_chunks::<ID_BYTES>();
        if !rest.is_empty() {
            return Err(D::Error::custom("ids have 16 bytes each"));
        }
        Ok(ids.iter().copied().map(Uuid::from_bytes).collect())
    }
}

/// Small numbers, one byte each, for `#[serde(with)]`.
pub(super) mod octets {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(
        octets: &[u8],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(octets)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        from.deserialize_byte_buf(Bytes)
    }
}

/// Takes bytes in every form in which serde's formats have them.
struct Bytes;

impl<'de> Visitor<'de> for Bytes {
    type Value = Vec<u8>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("bytes")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        Ok(bytes.to_vec())
    }

    fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Self::Value, E> {
        Ok(bytes)
    }

    /// For formats without bytes of their own, such as JSON.
    fn visit_seq<A: SeqAccess<'de>>(self, mut octets: A) -> Result<Self::Value, A::Error> {
        let mut bytes = Vec::new();
        while let Some(octet) = octets.next_element()? {
            bytes.push(octet);
        }
        Ok(bytes)
    }
}
