//! PutEvents, of which moto reads each entry's detail.

use lambda_host::EventBridge;
use outbox::{BusEntry, EntryOutcome, EventBus};
use serde_json::json;

use crate::stand_in::StandIn;

/// An X-Ray header, as the relay makes it of a `traceparent`.
const TRACE: &str = "Root=1-67a92466-4b6aa15a05ffcd4c510de968;Parent=53995c3f42cd8ad8;Sampled=1";

fn entry(detail: &str) -> BusEntry {
    BusEntry {
        source: "pennypost.subscriptions".to_owned(),
        detail_type: "IssuePublished.v2".to_owned(),
        detail: detail.to_owned(),
        trace_header: Some(TRACE.to_owned()),
    }
}

#[tokio::test]
#[ignore = "asks moto: .ci/referees starts it"]
async fn a_malformed_entry_is_refused_in_its_place_and_the_others_are_accepted() {
    let bus = EventBridge::new(&StandIn::Moto.sdk_config(), "default".to_owned());
    let fine = json!({"id": "1", "stage": "referees"}).to_string();
    let details = [fine.as_str(), "{\"id\":", &fine, "no JSON", &fine];
    let outcomes = bus.put(&details.map(entry)).await.expect("an answer");
    let refused = || EntryOutcome::Refused("MalformedDetail".to_owned());
    let accepted = || EntryOutcome::Accepted;
    assert_eq!(
        outcomes,
        [accepted(), refused(), accepted(), refused(), accepted()]
    );
}

#[tokio::test]
#[ignore = "asks moto: .ci/referees starts it"]
async fn a_bus_that_is_not_there_takes_nothing() {
    let bus = EventBridge::new(&StandIn::Moto.sdk_config(), "elsewhere".to_owned());
    let failed = bus.put(&[entry("{}")]).await.expect_err("no such bus");
    assert!(failed.0.contains("ResourceNotFound"), "{failed}");
}
