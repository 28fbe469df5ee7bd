//! JSON that is still JSON, and not what a reader expects.

use arbtest::arbitrary::{Result, Unstructured};
use serde_json::{Value, json};

/// How deep a nest may get; `serde_json` refuses more than 128.
const DEPTH: u8 = 200;

/// How long a text may get, in characters.
const LENGTH: usize = 4096;

/// Texts that some field takes for something else.
const TEXTS: &[&str] = &[
    "",
    "\0",
    "\u{202e}",
    "all",
    "1.0",
    "-000001-01-01T00:00:00Z",
    "9999-12-31T23:59:60Z",
    "2026-02-30T00:00:00Z",
    "2026-11-02T09:00:00.999999999999+23:59",
    "2026-11-02T09:00:00[Europe/Berlin]",
    "00000000-0000-0000-0000-000000000000",
    "{00000000-0000-0000-0000-000000000000}",
    "urn:uuid:00000000000000000000000000000000",
    "somebody@example.com",
];

/// Changes `value` in one place.
pub(crate) fn tear_json(value: &mut Value, random: &mut Unstructured<'_>) -> Result<()> {
    let size = match value {
        Value::Array(items) => items.len(),
        Value::Object(fields) => fields.len(),
        _ => 0,
    };
    if size == 0 || !random.ratio(4, 5)? {
        return tear_here(value, random);
    }
    let at = random.choose_index(size)?;
    let within = match value {
        Value::Array(items) => items.get_mut(at),
        Value::Object(fields) => fields.values_mut().nth(at),
        _ => None,
    };
    within.map_or(Ok(()), |within| tear_json(within, random))
}

fn tear_here(value: &mut Value, random: &mut Unstructured<'_>) -> Result<()> {
    match value {
        Value::Object(fields) if !fields.is_empty() && random.ratio(2, 3)? => {
            let names: Vec<String> = fields.keys().cloned().collect();
            let name = random.choose(&names)?;
            if let Some(taken) = fields.remove(name)
                && random.ratio(1, 3)?
            {
                fields.insert(name.to_uppercase(), taken);
            }
        }
        Value::Array(items) if !items.is_empty() && random.ratio(1, 2)? => {
            let item = random.choose(items)?.clone();
            items.push(item);
        }
        other => *other = strange(random)?,
    }
    Ok(())
}

fn strange(random: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match random.int_in_range(0..=9u8)? {
        0 => Value::Null,
        1 => json!(random.arbitrary::<bool>()?),
        2 => json!(random.arbitrary::<u64>()?),
        3 => json!(random.arbitrary::<i64>()?),
        4 => json!(random.arbitrary::<f64>()?),
        5 => json!("x".repeat(random.int_in_range(0..=LENGTH)?)),
        6 => json!([]),
        7 => {
            let depth = random.int_in_range(1..=DEPTH)?;
            (0..depth).fold(Value::Null, |inner, _| json!([inner]))
        }
        8 => json!(random.arbitrary::<String>()?),
        _ => json!(*random.choose(TEXTS)?),
    })
}
