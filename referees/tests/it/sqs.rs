//! What becomes of a queue's messages that delivery's program cannot handle: the
//! whole program works on a queue of moto's, and has DynamoDB from there, without
//! a table.

use std::time::Duration;

use aws_sdk_sqs::{
    Client,
    types::{Message, QueueAttributeName},
};
use contracts::events::IssuePauseRequestedV1;
use jiff::Timestamp;
use serde_json::json;
use tokio::time::{Instant, sleep, timeout_at};
use uuid::Uuid;

use crate::{
    newsletter::message,
    program::answer,
    stand_in::{ACCOUNT, REGION, StandIn},
};

/// How long a message stays invisible that nobody gives back.
const VISIBILITY: &str = "3600";
/// How often one was received, as its batch says: it then waits for four seconds.
const RECEIVED: &str = "3";
/// How soon one is to be there again that is given back.
const SOON: Duration = Duration::from_secs(20);

struct Queue {
    client: Client,
    name: String,
    url: String,
}

impl Queue {
    async fn new() -> Self {
        let client = Client::new(&StandIn::Moto.sdk_config());
        let name = Uuid::new_v4().simple().to_string();
        let create = client.create_queue().queue_name(&name);
        let create = create.attributes(QueueAttributeName::VisibilityTimeout, VISIBILITY);
        let url = create.send().await.expect("it is created").queue_url;
        let url = url.expect("it has a URL");
        Self { client, name, url }
    }

    async fn send(&self, body: &str) {
        let sent = self.client.send_message().queue_url(&self.url);
        sent.message_body(body).send().await.expect("it is sent");
    }

    async fn receive(&self) -> Option<Message> {
        let receive = self.client.receive_message().queue_url(&self.url);
        let received = receive.send().await.expect("an answer").messages;
        received.unwrap_or_default().pop()
    }

    /// Waits for the message that was given back.
    async fn receive_soon(&self) -> Message {
        let until = Instant::now() + SOON;
        let received = timeout_at(until, async {
            loop {
                match self.receive().await {
                    Some(message) => return message,
                    None => sleep(Duration::from_millis(100)).await,
                }
            }
        });
        received.await.expect("the message comes again")
    }

    /// Has delivery's program handle `message` as a batch of its own, which it fails.
    async fn fails(&self, message: &Message) {
        let arn = format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{}", self.name);
        let batch = json!({"Records": [{
            "messageId": message.message_id,
            "receiptHandle": message.receipt_handle,
            "body": message.body,
            "attributes": {"ApproximateReceiveCount": RECEIVED},
            "eventSource": "aws:sqs",
            "eventSourceARN": arn,
            "awsRegion": REGION,
        }]});
        let told = answer("inbound", &[("PENNYPOST_QUEUE_URLS", &self.url)], &batch).await;
        let failed = json!([{"itemIdentifier": message.message_id}]);
        assert_eq!(told["batchItemFailures"], failed, "{told}");
    }
}

#[tokio::test]
#[ignore = "asks moto: .ci/referees starts it"]
async fn a_message_that_nobody_can_read_comes_again_at_once_on_its_way_to_the_dead_letters() {
    let queue = Queue::new().await;
    queue.send("no event").await;
    let message = queue.receive().await.expect("it is there");
    assert_eq!(queue.receive().await, None, "it is invisible");
    queue.fails(&message).await;
    let again = queue.receive_soon().await;
    assert_eq!(again.message_id, message.message_id);
}

#[tokio::test]
#[ignore = "asks moto: .ci/referees starts it"]
async fn a_message_that_cannot_be_handled_for_now_comes_again_after_some_seconds() {
    let queue = Queue::new().await;
    let pause = IssuePauseRequestedV1 {
        issue_id: Uuid::new_v4(),
        version: 1,
        at: Timestamp::now(),
    };
    queue.send(&message(pause)).await;
    let message = queue.receive().await.expect("it is there");
    queue.fails(&message).await;
    assert_eq!(queue.receive().await, None, "it is not there at once");
    let again = queue.receive_soon().await;
    assert_eq!(again.message_id, message.message_id);
}
