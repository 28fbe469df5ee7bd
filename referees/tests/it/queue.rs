//! A queue of moto's, and its messages as a function gets them.

use std::time::Duration;

use aws_sdk_sqs::{
    Client,
    types::{Message, QueueAttributeName},
};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::stand_in::{ACCOUNT, REGION, StandIn};

/// How long a message stays invisible that nobody gives back, in seconds.
const VISIBILITY: &str = "3600";
/// How often a message was received, as its batch says: the program then has it
/// wait for four seconds.
const RECEIVED: &str = "3";
/// How soon a message is to be there again that was given back.
const SOON: Duration = Duration::from_secs(20);

pub(crate) struct Queue {
    client: Client,
    name: String,
    pub(crate) url: String,
}

impl Queue {
    pub(crate) async fn new() -> Self {
        let client = Client::new(&StandIn::Moto.sdk_config());
        let name = Uuid::new_v4().simple().to_string();
        let create = client.create_queue().queue_name(&name);
        let create = create.attributes(QueueAttributeName::VisibilityTimeout, VISIBILITY);
        let url = create.send().await.expect("it is created").queue_url;
        let url = url.expect("it has a URL");
        Self { client, name, url }
    }

    pub(crate) async fn send(&self, body: &str) {
        let sent = self.client.send_message().queue_url(&self.url);
        sent.message_body(body).send().await.expect("it is sent");
    }

    pub(crate) async fn receive(&self) -> Option<Message> {
        let receive = self.client.receive_message().queue_url(&self.url);
        let received = receive.send().await.expect("an answer").messages;
        received.unwrap_or_default().pop()
    }

    /// Waits for a message that was given back.
    pub(crate) async fn receive_soon(&self) -> Message {
        let received = timeout(SOON, async {
            loop {
                match self.receive().await {
                    Some(message) => return message,
                    None => sleep(Duration::from_millis(100)).await,
                }
            }
        });
        received.await.expect("the message comes again")
    }

    /// `message` as a batch of its own.
    pub(crate) fn batch(&self, message: &Message) -> Value {
        json!({"Records": [{
            "messageId": message.message_id,
            "receiptHandle": message.receipt_handle,
            "body": message.body,
            "attributes": {"ApproximateReceiveCount": RECEIVED},
            "eventSource": "aws:sqs",
            "eventSourceARN": format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{}", self.name),
            "awsRegion": REGION,
        }]})
    }
}
