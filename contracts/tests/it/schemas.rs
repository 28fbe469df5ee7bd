//! The committed schemas are those of the types. (`tests/published/` looks after the
//! versions that are published.)

use std::{env, fs};

use contract_tooling::{Folder, Lock};
use contracts::catalogue;
use serde_json::Value;

use crate::{ROOT, files, types};

const UPDATE: &str = "UPDATE_SCHEMAS";

#[test]
fn every_drafts_committed_schema_is_that_of_its_type() {
    let lock = Lock::read(&Folder::of_the_workspace()).unwrap();
    let published = lock.published();
    let drafts = catalogue().iter();
    for kind in drafts.filter(|it| !published.contains(it.event_type)) {
        let path = format!("{ROOT}/schemas/{}.json", kind.event_type);
        let generated = Value::from(kind.schema());
        if env::var_os(UPDATE).is_some() {
            fs::write(&path, format!("{generated:#}\n")).unwrap();
        }
        let text = fs::read_to_string(&path).unwrap_or_default();
        // As values: the order of keys depends on the features of serde_json.
        let committed: Value = serde_json::from_str(&text).unwrap_or_default();
        assert!(
            committed == generated,
            "{path} is not the schema of the type. {} is a draft, so it may change: write it \
             anew with `{UPDATE}=1 cargo test -p contracts`.",
            kind.event_type
        );
    }
}

#[test]
fn every_schema_is_of_an_event() {
    assert_eq!(files("schemas"), types());
}

#[test]
fn every_schema_is_valid_and_fits_its_own_event_alone() {
    for kind in catalogue() {
        let schema = Value::from(kind.schema());
        jsonschema::meta::validate(&schema).unwrap();
        let validator = validator(&schema);
        for other in catalogue() {
            let same = kind.event_type == other.event_type;
            let fits = validator.is_valid(&crate::example(other));
            assert_eq!(fits, same, "{} as {}", other.event_type, kind.event_type);
        }
    }
}

/// Checks formats too: that an id is a UUID, and a time a time.
pub fn validator(schema: &Value) -> jsonschema::Validator {
    jsonschema::options()
        .should_validate_formats(true)
        .build(schema)
        .unwrap()
}
