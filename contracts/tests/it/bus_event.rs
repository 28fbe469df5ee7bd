//! EventBridge's envelope.

use contracts::{BusEvent, DecodeError};
use serde_json::{Value, json};
use uuid::Uuid;

const DETAIL: &str = r#"{"b":1,  "a":[2]}"#;

#[test]
fn a_wrapped_event_looks_like_one_of_eventbridge() {
    let body = BusEvent::wrap(
        Uuid::from_u128(7),
        "2026-11-02T08:00:00Z".parse().unwrap(),
        "pennypost.subscriber.erased.v1",
        "pennypost.subscriptions",
        DETAIL,
    )
    .unwrap();
    let event: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        event,
        json!({
            "version": "0",
            "id": "00000000-0000-0000-0000-000000000007",
            "detail-type": "pennypost.subscriber.erased.v1",
            "source": "pennypost.subscriptions",
            "account": "000000000000",
            "time": "2026-11-02T08:00:00Z",
            "region": "local",
            "resources": [],
            "detail": {"a": [2], "b": 1},
        })
    );
}

#[test]
fn the_detail_is_neither_rewritten_nor_shown() {
    for (event_type, is_shown) in [("pennypost.a.b.v7", true), ("ann@example.com", false)] {
        let epoch = jiff::Timestamp::UNIX_EPOCH;
        let body = BusEvent::wrap(Uuid::nil(), epoch, event_type, "bob@example.com", DETAIL);
        let event = BusEvent::parse(&body.unwrap()).unwrap();
        assert_eq!(event.detail.get(), DETAIL);
        let shown = format!("{event:?}");
        assert_eq!(shown.contains("a.b"), is_shown, "{shown}");
        assert!(!shown.contains("\"b\"") && !shown.contains('@'), "{shown}");
    }
}

#[test]
fn a_detail_that_is_no_json_cannot_be_wrapped() {
    assert!(BusEvent::wrap(Uuid::nil(), jiff::Timestamp::UNIX_EPOCH, "t", "s", "{").is_err());
}

#[test]
fn a_body_that_is_no_event_is_an_error_that_quotes_nothing() {
    for body in [
        "",
        "somebody@example.com",
        r#"{"detail":"somebody@example.com"}"#,
    ] {
        let error = BusEvent::parse(body).unwrap_err();
        assert!(matches!(error, DecodeError::Envelope { .. }));
        assert!(!format!("{error} {error:?}").contains("example.com"));
    }
}
