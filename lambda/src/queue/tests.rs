use async_trait::async_trait;
use serde_json::{Value, json};

use super::*;
use crate::{Environment, test_endpoint::Endpoint};

/// Handles a message as its body says.
struct AsItSays;

#[async_trait]
impl MessageHandler for AsItSays {
    async fn handle(&self, body: &str) -> Result<(), HandleError> {
        match body {
            "fine" => Ok(()),
            "busy" => Err(HandleError::Transient("busy".to_owned())),
            "bad" => Err(HandleError::Permanent("bad".to_owned())),
            _ => panic!("a mistake"),
        }
    }
}

fn message(body: &str, received: u32) -> Value {
    json!({
        "messageId": format!("id of {body}"),
        "receiptHandle": format!("receipt of {body}"),
        "body": body,
        "attributes": {"ApproximateReceiveCount": received.to_string()},
        "eventSourceARN": "arn:aws:sqs:eu-west-1:1:changes",
    })
}

async fn handled(endpoint: &Endpoint, messages: &[Value]) -> Value {
    let environment = Environment::of(|name| {
        (name == "PENNYPOST_QUEUE_URLS").then(|| "http://sqs/1/changes".into())
    });
    let queues = Queues::new(&endpoint.sdk, environment).expect("URLs");
    let batch: SqsEvent = serde_json::from_value(json!({ "Records": messages })).expect("a batch");
    let response = QueueRole { queues }.handle(&AsItSays, &batch.records).await;
    serde_json::to_value(response).expect("JSON")
}

#[tokio::test]
async fn a_batch_that_was_handled_whole_names_no_message() {
    let endpoint = Endpoint::answering(200, json!({})).await;
    let answer = handled(&endpoint, &[message("fine", 1), message("fine", 2)]).await;
    assert_eq!(answer, json!({"batchItemFailures": []}));
    assert_eq!(endpoint.asked(), Vec::<Value>::new());
}

#[tokio::test]
async fn each_message_that_failed_is_named_and_comes_again_when_that_helps() {
    let endpoint = Endpoint::answering(200, json!({})).await;
    let batch = [
        message("busy", 4),
        message("fine", 1),
        message("bad", 1),
        message("panic", 1),
    ];
    let answer = handled(&endpoint, &batch).await;
    let failed = answer["batchItemFailures"].as_array().expect("a list");
    let mut failed: Vec<_> = failed.iter().map(|it| &it["itemIdentifier"]).collect();
    failed.sort_unstable_by_key(|id| id.to_string());
    assert_eq!(failed, ["id of bad", "id of busy", "id of panic"]);

    let asked = endpoint.asked();
    let seconds = |body: &str| {
        let receipt = format!("receipt of {body}");
        let request = asked.iter().find(|it| it["ReceiptHandle"] == receipt);
        request.map(|it| it["VisibilityTimeout"].clone())
    };
    assert_eq!(seconds("busy"), Some(json!(8)));
    assert_eq!(seconds("bad"), Some(json!(0)));
    assert_eq!(seconds("panic"), Some(json!(1)));
    assert_eq!(seconds("fine"), None);
}

#[tokio::test]
async fn a_message_whose_visibility_cannot_be_changed_is_named_all_the_same() {
    let refusal = json!({"__type": "ReceiptHandleIsInvalid"});
    let endpoint = Endpoint::answering(400, refusal).await;
    let answer = handled(&endpoint, &[message("busy", 1)]).await;
    let failed = json!([{"itemIdentifier": "id of busy"}]);
    assert_eq!(answer["batchItemFailures"], failed);
}
