//! From valid inputs to nearly valid ones.

use arbtest::arbitrary::{Result, Unstructured};

use crate::torn_json::tear_json;

/// How often an input is torn, at most.
const TEARS: u8 = 4;

/// The longest stretch that is cut, copied or repeated at once, in bytes.
const STRETCH: usize = 64;

/// Bytes that mean something to one parser or another.
const TELLING: &[&[u8]] = &[
    b"\0",
    b"\"",
    b"\\",
    b"\r\n",
    b"\n",
    b",",
    b"=",
    b"&",
    b"%",
    b"%00",
    b"+",
    b"{",
    b"}",
    b"[",
    b"]",
    b"-",
    b"e9",
    b"\xff",
    b"\xc3",
    b"\xef\xbb\xbf",
    b"\xf0\x9f\x92\x8c",
    b"\\ud800",
    b"\\u0000",
    b"null",
    b"@",
];

/// One of `corpus`, torn: as JSON if it is some, or as bytes.
///
/// # Errors
/// As `arbitrary` has them; there is no shortage of randomness, which ends in
/// zeros.
pub fn torn(corpus: &[Vec<u8>], random: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut input = random.choose(corpus)?.clone();
    for _ in 0..random.int_in_range(1..=TEARS)? {
        let as_json = random.ratio(2, 3)?;
        match serde_json::from_slice(&input) {
            Ok(mut value) if as_json => {
                tear_json(&mut value, random)?;
                input = value.to_string().into_bytes();
            }
            _ => tear(&mut input, corpus, random)?,
        }
    }
    Ok(input)
}

fn tear(input: &mut Vec<u8>, corpus: &[Vec<u8>], random: &mut Unstructured<'_>) -> Result<()> {
    let from = random.int_in_range(0..=input.len())?;
    let to = input.len().min(from + random.int_in_range(0..=STRETCH)?);
    match random.int_in_range(0..=6u8)? {
        0 => input.truncate(from),
        1 => drop(input.drain(from..to)),
        2 => {
            let stretch = input[from..to].to_vec();
            drop(input.splice(from..from, stretch));
        }
        3 => {
            let telling = *random.choose(TELLING)?;
            drop(input.splice(from..to, telling.iter().copied()));
        }
        4 => {
            let telling = *random.choose(TELLING)?;
            drop(input.splice(from..from, telling.iter().copied()));
        }
        5 => {
            if let Some(byte) = input.get_mut(from) {
                *byte ^= 1 << random.int_in_range(0..=7u8)?;
            }
        }
        _ => {
            let other = random.choose(corpus)?;
            let begin = random.int_in_range(0..=other.len())?;
            let end = other.len().min(begin + STRETCH);
            drop(input.splice(from..to, other[begin..end].iter().copied()));
        }
    }
    Ok(())
}
