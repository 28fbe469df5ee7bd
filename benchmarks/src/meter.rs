//! What DynamoDB would charge for, counted where the requests arrive.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>

use std::collections::{BTreeMap, HashMap};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One write unit is for so many bytes of an item, or a part of them.
const WRITE_UNIT: u64 = 1_024;
/// The same of a read unit.
const READ_UNIT: u64 = 4_096;
/// A transaction takes twice as many units.
const TRANSACTION: u64 = 2;

/// Requests and units.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// How many requests of each operation, those that failed among them.
    pub requests: BTreeMap<String, u64>,
    /// Write units.
    pub write_units: u64,
    /// Halves of read units: an eventually consistent read takes one for 4 KB.
    pub half_read_units: u64,
}

impl Usage {
    /// How many requests there were.
    pub fn total(&self) -> u64 {
        self.requests.values().sum()
    }

    /// Read units.
    pub fn read_units(&self) -> f64 {
        self.half_read_units as f64 / 2.0
    }
}

/// Counts requests and their units.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    usage: Usage,
    /// Of what was written while it counted, by table and key: a write takes the
    /// units of the larger one of the item before and the item after it.
    sizes: HashMap<String, u64>,
}

impl Meter {
    /// What was counted.
    pub(crate) fn usage(&self) -> &Usage {
        &self.usage
    }

    /// Counts a request of DynamoDB's JSON protocol, and its answer.
    pub(crate) fn count(&mut self, operation: &str, request: &Value, answer: &Value) {
        *self.usage.requests.entry(operation.to_owned()).or_default() += 1;
        match operation {
            "PutItem" => {
                let table = request["TableName"].as_str().expect("a table");
                self.usage.write_units += self.put(table, &request["Item"]);
            }
            "TransactWriteItems" => {
                for action in array(&request["TransactItems"]) {
                    self.usage.write_units += TRANSACTION * self.action(action);
                }
            }
            "BatchWriteItem" => {
                let tables = request["RequestItems"].as_object().into_iter().flatten();
                for (table, requests) in tables {
                    for request in array(requests) {
                        self.usage.write_units += self.batch_write(table, request);
                    }
                }
            }
            "GetItem" => {
                let read = units(item_size(&answer["Item"]), READ_UNIT);
                self.read(read, &request["ConsistentRead"]);
            }
            "Query" => {
                let size = array(&answer["Items"]).map(item_size).sum();
                self.read(units(size, READ_UNIT), &request["ConsistentRead"]);
            }
            "BatchGetItem" => self.batch_read(request, answer),
            other => panic!("nothing is known of what {other} takes"),
        }
    }

    fn batch_read(&mut self, request: &Value, answer: &Value) {
        let tables = request["RequestItems"].as_object().into_iter().flatten();
        for (table, request) in tables {
            let found = &answer["Responses"][table];
            let sizes: Vec<_> = array(found).map(item_size).collect();
            // What is not there takes a unit, too.
            let missing = array(&request["Keys"]).count().saturating_sub(sizes.len());
            let read = sizes
                .iter()
                .map(|size| units(*size, READ_UNIT))
                .sum::<u64>();
            self.read(read + missing as u64, &request["ConsistentRead"]);
        }
    }

    fn read(&mut self, units: u64, consistent: &Value) {
        let halves = if consistent == &Value::Bool(true) {
            2
        } else {
            1
        };
        self.usage.half_read_units += units * halves;
    }

    /// The units of one action, as if it was by itself.
    fn action(&mut self, action: &Value) -> u64 {
        let (kind, action) = only(action);
        let table = action["TableName"].as_str().expect("a table");
        match kind {
            "Put" => self.put(table, &action["Item"]),
            "Delete" | "ConditionCheck" => self.known(table, &action["Key"]),
            other => panic!("nothing is known of what {other} takes"),
        }
    }

    fn batch_write(&mut self, table: &str, request: &Value) -> u64 {
        let (kind, request) = only(request);
        match kind {
            "PutRequest" => self.put(table, &request["Item"]),
            _ => self.known(table, &request["Key"]),
        }
    }

    fn put(&mut self, table: &str, item: &Value) -> u64 {
        let before = self.known(table, item);
        let size = item_size(item);
        self.sizes.insert(name(table, item), size);
        units(size, WRITE_UNIT).max(before)
    }

    /// The units of the item as it was, if that was written while it counted; of
    /// one that was not, as of none: the least that a write takes.
    fn known(&self, table: &str, key: &Value) -> u64 {
        let known = self.sizes.get(&name(table, key)).copied();
        units(known.unwrap_or_default(), WRITE_UNIT)
    }
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn units(size: u64, unit: u64) -> u64 {
    size.div_ceil(unit).max(1)
}

fn name(table: &str, key: &Value) -> String {
    format!("{table} {} {}", key["pk"], key["sk"])
}

/// The one field of an object whose name tells what it is.
fn only(value: &Value) -> (&str, &Value) {
    let fields = value.as_object().and_then(|fields| fields.iter().next());
    let (name, value) = fields.expect("a field");
    (name, value)
}

/// Names and values; 0 where there is no item.
fn item_size(item: &Value) -> u64 {
    item.as_object().map_or(0, |item| {
        let attributes = item.iter();
        attributes
            .map(|(name, value)| name.len() as u64 + value_size(value))
            .sum()
    })
}

fn value_size(value: &Value) -> u64 {
    let (kind, value) = only(value);
    // Truth values, lists and maps have no text, and are sized without it.
    let text = value.as_str().unwrap_or_default();
    match kind {
        "S" => text.len() as u64,
        // Two digits a byte, and one or two beside them.
        "N" => {
            let digits = text.bytes().filter(u8::is_ascii_digit).count() as u64;
            digits.div_ceil(2) + 1 + u64::from(text.starts_with('-'))
        }
        "B" => BASE64_STANDARD.decode(text).expect("base64").len() as u64,
        "BOOL" | "NULL" => 1,
        // A byte for each element, and three for the whole.
        "L" => {
            3 + array(value)
                .map(|element| 1 + value_size(element))
                .sum::<u64>()
        }
        "M" => {
            let elements = value.as_object().map_or(0, Map::len) as u64;
            3 + elements + item_size(value)
        }
        other => panic!("nothing is known of the size of a {other}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn usage(operation: &str, request: &Value, answer: &Value) -> Usage {
        let mut meter = Meter::default();
        meter.count(operation, request, answer);
        meter.usage().clone()
    }

    #[test]
    fn a_put_takes_a_unit_for_each_kilobyte_and_in_a_transaction_two() {
        for (bytes, units) in [(900, 1), (1_022, 1), (1_023, 2)] {
            let item = json!({"pk": {"S": "x".repeat(bytes)}});
            let put = json!({"TableName": "t", "Item": item});
            assert_eq!(usage("PutItem", &put, &json!({})).write_units, units);
            let both = json!({"TransactItems": [
                {"Put": put},
                {"ConditionCheck": {"TableName": "t", "Key": {"pk": {"S": "y"}}}},
            ]});
            let taken = usage("TransactWriteItems", &both, &json!({})).write_units;
            assert_eq!(taken, 2 * (units + 1));
        }
    }

    #[test]
    fn who_deletes_a_large_item_pays_for_it() {
        let mut meter = Meter::default();
        let put = json!({"TableName": "t", "Item": {
            "pk": {"S": "p"}, "sk": {"S": "s"}, "a": {"S": "x".repeat(3_000)},
        }});
        meter.count("PutItem", &put, &json!({}));
        let delete = json!({"TransactItems": [{"Delete": {
            "TableName": "t", "Key": {"pk": {"S": "p"}, "sk": {"S": "s"}},
        }}]});
        meter.count("TransactWriteItems", &delete, &json!({}));
        assert_eq!(meter.usage().write_units, 3 + 2 * 3);
    }

    #[test]
    fn a_page_is_read_as_a_whole_and_a_batch_item_by_item() {
        let items: Vec<_> = (0..3)
            .map(|_| json!({"pk": {"S": "x".repeat(2_000)}}))
            .collect();
        let page = json!({"Items": items});
        let consistent = json!({"ConsistentRead": true});
        let read = usage("Query", &consistent, &page);
        assert_eq!(read.read_units(), 2.0);
        let read = usage("Query", &json!({}), &page);
        assert_eq!(read.read_units(), 1.0);
        let request =
            json!({"RequestItems": {"t": {"Keys": [1, 2, 3, 4], "ConsistentRead": true}}});
        let read = usage(
            "BatchGetItem",
            &request,
            &json!({"Responses": {"t": items}}),
        );
        assert_eq!(read.read_units(), 4.0);
    }

    #[test]
    fn a_size_is_that_of_names_and_values() {
        let item = json!({
            "pk": {"S": "part"}, "n": {"N": "-12345"}, "b": {"B": "AAH/"},
            "m": {"M": {"l": {"L": [{"S": "one"}, {"BOOL": true}]}}},
        });
        let list = 3 + (1 + 3) + (1 + 1);
        let map = 3 + (1 + 1 + list);
        assert_eq!(item_size(&item), (2 + 4) + (1 + 5) + (1 + 3) + (1 + map));
    }
}
