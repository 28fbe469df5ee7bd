//! What becomes of a queue's messages that delivery's program cannot handle: the
//! whole program works on a queue of moto's, and has DynamoDB from there, without
//! a table.

use aws_sdk_sqs::types::Message;
use contracts::events::IssuePauseRequestedV1;
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use crate::{newsletter::message, program::Program, queue::Queue};

/// Has delivery's program handle `message`, which it fails.
async fn fails(queue: &Queue, message: &Message) {
    let delivery = Program {
        name: "delivery-lambda",
        variables: vec![
            ("PENNYPOST_QUEUE_URLS", queue.url.clone()),
            ("PENNYPOST_TABLE", "there-is-none".to_owned()),
            (
                "PENNYPOST_FROM",
                "Penny Post <news@penny.example>".to_owned(),
            ),
            ("PENNYPOST_STATE_MACHINE_ARN", "there-is-none".to_owned()),
        ],
    };
    let told = delivery.answer("inbound", &queue.batch(message)).await;
    let failed = json!([{"itemIdentifier": message.message_id}]);
    assert_eq!(told["batchItemFailures"], failed, "{told}");
}

#[tokio::test]
#[ignore = "asks moto: .ci/referees starts it"]
async fn a_message_that_nobody_can_read_comes_again_at_once_on_its_way_to_the_dead_letters() {
    let queue = Queue::new().await;
    queue.send("no event").await;
    let message = queue.receive().await.expect("it is there");
    assert_eq!(queue.receive().await, None, "it is invisible");
    fails(&queue, &message).await;
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
    fails(&queue, &message).await;
    assert_eq!(queue.receive().await, None, "it is not there at once");
    let again = queue.receive_soon().await;
    assert_eq!(again.message_id, message.message_id);
}
