//! The queue of imports as SQS.

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_types::SdkConfig;
use dynamo::describe;
use lambda_host::{BadVariable, Environment};
use subscriptions::ports::{ImportQueue, QueueUnavailable};

const QUEUE_URL: &str = "PENNYPOST_IMPORT_QUEUE_URL";

/// Sends to the queue of the role `import`.
#[derive(Debug)]
pub(crate) struct SqsImportQueue {
    client: Client,
    /// None in a function that begins no import.
    url: Option<String>,
}

impl SqsImportQueue {
    pub(crate) fn new(sdk: &SdkConfig, environment: Environment) -> Result<Self, BadVariable> {
        Ok(Self {
            client: Client::new(sdk),
            url: environment.optional(QUEUE_URL)?,
        })
    }
}

#[async_trait]
impl ImportQueue for SqsImportQueue {
    async fn send(&self, body: String) -> Result<(), QueueUnavailable> {
        let unset = || QueueUnavailable(format!("{QUEUE_URL} is not set"));
        let url = self.url.as_deref().ok_or_else(unset)?;
        let sent = self.client.send_message().queue_url(url).message_body(body);
        let sent = sent.send().await;
        sent.map_err(|error| QueueUnavailable(describe(&error)))?;
        Ok(())
    }
}
