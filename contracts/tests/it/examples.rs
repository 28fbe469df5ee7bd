//! The committed examples are events.

use std::fs;

use contract_tooling::Folder;
use contracts::catalogue;
use serde_json::Value;

use crate::{ROOT, arrived, example, examples, files, schemas::validator, types};

#[test]
fn every_event_has_an_example_and_every_example_is_of_an_event() {
    let mut of_types = files("examples");
    for name in &mut of_types {
        *name = Folder::event_type(name).to_owned();
    }
    of_types.dedup();
    assert_eq!(of_types, types());
    for kind in catalogue() {
        let first = format!("{ROOT}/{}", Folder::example(kind.event_type));
        assert!(fs::exists(&first).unwrap(), "there is no {first}");
    }
}

#[test]
fn every_example_fits_its_schema() {
    for kind in catalogue() {
        let schema = Value::from(kind.schema());
        for example in examples(kind) {
            if let Err(error) = validator(&schema).validate(&example) {
                panic!("{}: {error}", kind.event_type);
            }
        }
    }
}

#[test]
fn every_example_is_decoded_and_encoded_to_the_same_value() {
    for kind in catalogue() {
        for example in examples(kind) {
            let event = kind.decode(&arrived(kind, &example)).unwrap();
            let again: Value = serde_json::from_str(&event.to_json().unwrap()).unwrap();
            assert_eq!(again, example, "{}", kind.event_type);
            let anew: Value = serde_json::from_str(&event.published_anew().unwrap()).unwrap();
            assert_eq!(anew, example, "{}", kind.event_type);
        }
    }
}

#[test]
fn no_debug_text_shows_an_address_a_name_or_a_link() {
    const PERSONAL: [&str; 5] = [
        "email",
        "name",
        "sender_name",
        "confirmation_url",
        "unsubscribe_url",
    ];
    let mut found = 0;
    for kind in catalogue() {
        let example = example(kind);
        let arrived = arrived(kind, &example);
        let event = kind.decode(&arrived).unwrap();
        let shown = format!("{event:?} {event:#?} {arrived:?}");
        for text in under(&example, &PERSONAL) {
            found += 1;
            assert!(!shown.contains(&text), "{} shows {text}", kind.event_type);
        }
        assert!(!shown.contains('@'), "{shown}");
        assert!(!shown.contains("://"), "{shown}");
    }
    // Registered has four, confirmed three, the import two confirmed, and an
    // issue the sender's name.
    assert_eq!(found, 4 + 3 + 2 * 3 + 1);
}

/// The texts of all fields with one of `names`.
fn under(value: &Value, names: &[&str]) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(|it| under(it, names)).collect(),
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, it)| match it {
                Value::String(text) if names.contains(&name.as_str()) => vec![text.clone()],
                other => under(other, names),
            })
            .collect(),
        _ => Vec::new(),
    }
}
