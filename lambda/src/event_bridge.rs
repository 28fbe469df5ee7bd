//! EventBridge as the bus.

use async_trait::async_trait;
use aws_sdk_eventbridge::{
    Client,
    types::{PutEventsRequestEntry, PutEventsResultEntry},
};
use aws_types::SdkConfig;
use dynamo::describe;
use outbox::{BusEntry, BusUnavailable, EntryOutcome, EventBus};

/// The error codes of an entry that is worth another try.
/// Source: <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html>
const WORTH_ANOTHER_TRY: [&str; 2] = ["InternalFailure", "ThrottlingException"];

/// Puts events on one bus of the account.
#[derive(Debug, Clone)]
pub struct EventBridge {
    client: Client,
    bus: String,
}

impl EventBridge {
    /// The bus with this name or ARN.
    pub fn new(sdk: &SdkConfig, bus: String) -> Self {
        let client = Client::new(sdk);
        Self { client, bus }
    }

    fn entry(&self, entry: &BusEntry) -> PutEventsRequestEntry {
        PutEventsRequestEntry::builder()
            .event_bus_name(&self.bus)
            .source(&entry.source)
            .detail_type(&entry.detail_type)
            .detail(&entry.detail)
            .set_trace_header(entry.trace_header.clone())
            .build()
    }
}

#[async_trait]
impl EventBus for EventBridge {
    async fn put(&self, entries: &[BusEntry]) -> Result<Vec<EntryOutcome>, BusUnavailable> {
        let request = self.client.put_events();
        let each = entries.iter().map(|entry| self.entry(entry)).collect();
        let answer = request.set_entries(Some(each)).send().await;
        let answer = answer.map_err(|error| BusUnavailable(describe(&error)))?;
        Ok(answer.entries().iter().map(outcome).collect())
    }
}

fn outcome(result: &PutEventsResultEntry) -> EntryOutcome {
    match (result.event_id(), result.error_code()) {
        (_, Some(code)) if WORTH_ANOTHER_TRY.contains(&code) => {
            EntryOutcome::TryAgain(code.to_owned())
        }
        (_, Some(code)) => EntryOutcome::Refused(code.to_owned()),
        (Some(_), None) => EntryOutcome::Accepted,
        (None, None) => EntryOutcome::TryAgain("neither id nor error".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::test_endpoint::Endpoint;

    fn entries(count: usize) -> Vec<BusEntry> {
        let entry = |number| BusEntry {
            source: "pennypost.subscriptions".to_owned(),
            detail_type: "pennypost.subscriber.confirmed.v1".to_owned(),
            detail: json!({ "number": number }).to_string(),
            trace_header: (number == 0).then(|| "Root=1-0-0".to_owned()),
        };
        (0..count).map(entry).collect()
    }

    #[tokio::test]
    async fn each_entry_has_its_own_outcome_by_its_place() {
        let answer = json!({"FailedEntryCount": 3, "Entries": [
            {"EventId": "1"},
            {"ErrorCode": "ThrottlingException", "ErrorMessage": "slower"},
            {"ErrorCode": "InternalFailure"},
            {"ErrorCode": "MalformedDetail"},
        ]});
        let endpoint = Endpoint::answering(200, answer).await;
        let bus = EventBridge::new(&endpoint.sdk, "ours".to_owned());
        let outcomes = bus.put(&entries(4)).await.expect("an answer");
        let expected = [
            EntryOutcome::Accepted,
            EntryOutcome::TryAgain("ThrottlingException".to_owned()),
            EntryOutcome::TryAgain("InternalFailure".to_owned()),
            EntryOutcome::Refused("MalformedDetail".to_owned()),
        ];
        assert_eq!(outcomes, expected);

        let asked = endpoint.asked();
        let [request] = asked.as_slice() else {
            panic!("one call: {asked:?}")
        };
        let first = &request["Entries"][0];
        assert_eq!(first["EventBusName"], "ours");
        assert_eq!(first["TraceHeader"], "Root=1-0-0");
        assert_eq!(first["DetailType"], "pennypost.subscriber.confirmed.v1");
        assert!(request["Entries"][1].get("TraceHeader").is_none());
    }

    #[tokio::test]
    async fn a_call_that_fails_tells_its_code_and_nothing_of_what_was_sent() {
        let refusal = json!({"__type": "AccessDeniedException", "message": "for Ada"});
        let endpoint = Endpoint::answering(400, refusal).await;
        let bus = EventBridge::new(&endpoint.sdk, "ours".to_owned());
        let error = bus.put(&entries(1)).await.expect_err("refused");
        assert_eq!(error.0, "AccessDeniedException");
    }
}
