//! `pennypost.subscribers.imported.v1`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::SubscriberConfirmedV1;

use crate::{EventData, Source};

/// A chunk of an imported list: subscribers that are confirmed because an admin vouches for their consent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SubscribersImportedV1 {
    /// The import.
    pub import_id: Uuid,
    /// Which chunk of the import this is, counted from 0.
    pub chunk: u32,
    /// As many as one transaction takes.
    pub subscribers: Vec<SubscriberConfirmedV1>,
}

impl EventData for SubscribersImportedV1 {
    const TYPE: &'static str = "pennypost.subscribers.imported.v1";
    const SOURCE: Source = Source::Subscriptions;

    fn subject(&self) -> String {
        self.import_id.to_string()
    }
}
