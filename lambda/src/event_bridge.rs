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
