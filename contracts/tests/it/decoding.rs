//! What readers forgive, and what they refuse without quoting it.

use contracts::{
    DecodeError, EventKind, catalogue,
    events::{AllHeld, HeldSelection, IssueHeldResolutionRequestedV1},
};
use serde_json::{Value, json};

use crate::{arrived, example, texts};

/// The fields of an envelope or data that can be missing.
const OPTIONAL: [&str; 5] = [
    "traceparent",
    "issue_id",
    "preheader",
    "reason",
    "sender_name",
];

/// A value that no field takes, and that no error may repeat.
const INTRUDER: &str = "somebody@example.com";

/// Where fields are: in the envelope and in the data.
const LEVELS: [&str; 2] = ["", "/data"];

fn fields(event: &Value, level: &str) -> Vec<String> {
    let object = event.pointer(level).unwrap().as_object().unwrap();
    object.keys().cloned().collect()
}

fn without(event: &Value, level: &str, field: &str) -> Value {
    let mut event = event.clone();
    let object = event.pointer_mut(level).unwrap().as_object_mut();
    object.unwrap().remove(field);
    event
}

fn with(event: &Value, level: &str, field: &str, value: Value) -> Value {
    let mut event = event.clone();
    event.pointer_mut(level).unwrap()[field] = value;
    event
}

fn is_optional(kind: &EventKind, level: &str, field: &str) -> bool {
    // Elsewhere "reason" says why somebody left, and "issue_id" is what the
    // event is about.
    let named = match field {
        "reason" => kind.event_type.contains("delivery-progressed"),
        "issue_id" => !kind.event_type.contains(".issue."),
        _ => true,
    };
    named && OPTIONAL.contains(&field) && (field == "traceparent") == level.is_empty()
}

fn assert_quotes_nothing(error: &DecodeError, event: &Value, event_type: &str) {
    let shown = format!("{error} {error:?}");
    for text in texts(event) {
        let is_value = text != event_type && text != "1.0";
        assert!(!is_value || !shown.contains(&text), "{shown} quotes {text}");
    }
}

#[test]
fn fields_that_are_not_known_are_ignored_at_every_level() {
    for kind in catalogue() {
        let mut event = example(kind);
        for level in LEVELS {
            event = with(&event, level, "from_the_future", json!({"a": [1]}));
        }
        let decoded = kind.decode(&arrived(kind, &event)).unwrap();
        let again: Value = serde_json::from_str(&decoded.to_json().unwrap()).unwrap();
        assert_eq!(again, example(kind), "{}", kind.event_type);
    }
}

#[test]
fn a_required_field_that_is_missing_is_an_error_that_quotes_nothing() {
    for kind in catalogue() {
        let event = example(kind);
        for level in LEVELS {
            for field in fields(&event, level) {
                let torn = without(&event, level, &field);
                let decoded = kind.decode(&arrived(kind, &torn));
                let place = format!("{}{level}/{field}", kind.event_type);
                match decoded {
                    Ok(_) => assert!(is_optional(kind, level, &field), "{place} is required"),
                    Err(error) => {
                        assert!(!is_optional(kind, level, &field), "{place} is optional");
                        assert!(matches!(error, DecodeError::Detail { .. }), "{place}");
                        assert_quotes_nothing(&error, &event, kind.event_type);
                    }
                }
            }
        }
    }
}

#[test]
fn a_field_of_another_kind_is_an_error_that_quotes_nothing() {
    for kind in catalogue() {
        let event = example(kind);
        for level in LEVELS {
            for field in fields(&event, level) {
                let is_text = event.pointer(level).unwrap()[&field].is_string();
                let value = if is_text {
                    json!([INTRUDER])
                } else {
                    json!(INTRUDER)
                };
                let wrong = with(&event, level, &field, value);
                let error = kind.decode(&arrived(kind, &wrong)).unwrap_err();
                assert_quotes_nothing(&error, &wrong, kind.event_type);
            }
        }
    }
}

#[test]
fn a_text_that_is_no_id_is_not_quoted() {
    for kind in catalogue() {
        let wrong = with(&example(kind), "", "id", json!(INTRUDER));
        let error = kind.decode(&arrived(kind, &wrong)).unwrap_err();
        assert_quotes_nothing(&error, &wrong, kind.event_type);
    }
}

#[test]
fn an_event_of_another_type_or_service_is_refused() {
    for kind in catalogue() {
        let other = with(&example(kind), "", "type", json!("pennypost.other.v1"));
        let error = kind.decode(&arrived(kind, &other)).unwrap_err();
        assert!(matches!(error, DecodeError::TypeMismatch { .. }), "{error}");

        let sources = ["pennypost.subscriptions", "pennypost.delivery"];
        let source = sources.into_iter().find(|it| *it != kind.source.as_str());
        let other = with(&example(kind), "", "source", json!(source));
        let error = kind.decode(&arrived(kind, &other)).unwrap_err();
        assert!(
            matches!(error, DecodeError::SourceMismatch { .. }),
            "{error}"
        );
    }
}

#[test]
fn all_held_recipients_are_meant_by_one_word() {
    let mut kinds = catalogue().iter();
    let kind = kinds.find(|it| it.event_type.contains(".held-resolution-requested."));
    let kind = kind.unwrap();
    let event = with(&example(kind), "/data", "subscriber_ids", json!("all"));
    let decoded = arrived(kind, &event).decode::<IssueHeldResolutionRequestedV1>();
    let meant = decoded.unwrap().data.subscriber_ids;
    assert_eq!(meant, HeldSelection::All(AllHeld::All));

    let event = with(&example(kind), "/data", "subscriber_ids", json!("some"));
    assert!(kind.decode(&arrived(kind, &event)).is_err());
}
