//! What arrives may be anything: it is decoded or refused, and no refusal shows
//! what it refuses.

use contract_tooling::Folder;
use contracts::{BusEvent, DecodeError, EventType, NotConsumed, catalogue};
use fuzz::Target;

use crate::ROOT;

/// Every example as it arrives from the bus.
fn corpus() -> Vec<Vec<u8>> {
    let folder = Folder::of_the_workspace();
    let messages = catalogue()
        .iter()
        .flat_map(|kind| folder.messages(kind.event_type).unwrap());
    messages.map(String::into_bytes).collect()
}

fn assert_shows_nothing(error: &DecodeError) {
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains('@') && !shown.contains("://"), "{shown}");
    assert!(shown.len() < 500, "{shown}");
}

#[test]
fn whatever_arrives_is_decoded_to_what_it_is_encoded_to_or_refused_without_showing_it() {
    let target = Target::new(corpus(), format!("{ROOT}/tests/found/bus_event"));
    target.run(|body| {
        let Ok(body) = std::str::from_utf8(body) else {
            return;
        };
        let event = match BusEvent::parse(body) {
            Ok(event) => event,
            Err(error) => return assert_shows_nothing(&error),
        };
        for kind in catalogue() {
            match kind.decode(&event) {
                Err(error) => assert_shows_nothing(&error),
                Ok(decoded) => {
                    let text = decoded.to_json().unwrap();
                    let detail = serde_json::from_str(&text).unwrap();
                    let again = BusEvent {
                        detail_type: event.detail_type.clone(),
                        source: event.source.clone(),
                        detail,
                    };
                    assert_eq!(kind.decode(&again).unwrap().to_json().unwrap(), text);
                }
            }
        }
    });
}

#[test]
fn a_type_is_repeated_only_if_it_has_the_shape_of_ours() {
    let types = catalogue().iter().map(|kind| kind.event_type);
    let consumes: Vec<_> = types.collect();
    let strange = ["ann@example.com", "pennypost.ann.v0", "aws.health"];
    let corpus = consumes.iter().chain(&strange);
    let corpus = corpus.map(|it| it.as_bytes().to_vec()).collect();
    let target = Target::new(corpus, format!("{ROOT}/tests/found/event_type"));
    target.run_text(|text| {
        let reason = NotConsumed::new(text, &consumes).to_string();
        match EventType::parse(text) {
            Some(event_type) => {
                assert_eq!(event_type.to_string(), text);
                assert!(reason.contains(text));
            }
            None => assert_eq!(
                reason,
                format!(
                    "the event's type, of {} bytes, is not a name of ours",
                    text.len()
                )
            ),
        }
    });
}
