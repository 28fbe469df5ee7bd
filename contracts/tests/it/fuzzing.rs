//! What arrives may be anything: it is decoded or refused, and no refusal shows
//! what it refuses.

use contracts::{BusEvent, DecodeError, catalogue};
use fuzz::Target;

use crate::{ROOT, examples};

/// Every example as it arrives from the bus.
fn corpus() -> Vec<Vec<u8>> {
    let mut corpus = Vec::new();
    for kind in catalogue() {
        for example in examples(kind) {
            let body = BusEvent::wrap(
                uuid::Uuid::nil(),
                jiff::Timestamp::UNIX_EPOCH,
                kind.event_type,
                kind.source.as_str(),
                &example.to_string(),
            );
            corpus.push(body.unwrap().into_bytes());
        }
    }
    corpus
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
