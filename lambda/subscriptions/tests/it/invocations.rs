//! Invocations of the roles.

use serde_json::{Value, json};

use crate::{
    cloud::{Cloud, Deed, PASSWORD, REFUSED},
    function::Function,
};

/// A request as API Gateway's HTTP API hands it over, payload format 2.0.
/// Source: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>
fn request(method: &str, path: &str, content_type: &str, body: &str) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": content_type, "host": "news.example.com"},
        "requestContext": {
            "accountId": "1", "apiId": "a", "domainName": "news.example.com",
            "domainPrefix": "news", "requestId": "r", "routeKey": "$default",
            "stage": "$default", "time": "29/Nov/2026:11:00:00 +0000", "timeEpoch": 0,
            "http": {
                "method": method, "path": path, "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1", "userAgent": "test",
            },
        },
        "body": body,
        "isBase64Encoded": false,
    })
}

async fn subscribe(api: &Function, name: &str) -> Value {
    let form = json!({"name": name, "email": format!("{name}@example.com")}).to_string();
    let answer = api.invoke(request("POST", "/subscriptions", "application/json", &form));
    answer.await.expect("an answer")
}

/// What a Pipe hands over of the table's stream: a bare array.
fn pipe_batch(rows: &[Value]) -> Value {
    let record = |(number, row): (usize, &Value)| {
        json!({
            "eventName": "INSERT", "eventSource": "aws:dynamodb",
            "dynamodb": {"NewImage": row, "SequenceNumber": number.to_string()},
        })
    };
    rows.iter().enumerate().map(record).collect()
}

#[tokio::test]
async fn a_request_becomes_an_event_on_the_bus_and_its_spans_leave_before_the_answer() {
    let cloud = Cloud::start().await;
    let api = Function::start(&cloud, "api").await;
    let answer = subscribe(&api, "Ada").await;
    assert_eq!(answer["statusCode"], 202, "{answer}");

    let rows = cloud.items("OUTBOX#");
    assert_eq!(rows.len(), 1, "{rows:?}");
    let before = cloud.deeds().len();
    let relay = Function::start(&cloud, "relay").await;
    let answer = relay.invoke(pipe_batch(&rows)).await;
    assert_eq!(answer, Ok(json!({"batchItemFailures": []})));
    assert_eq!(cloud.items("OUTBOX#"), Vec::<Value>::new());

    let deeds = cloud.deeds().split_off(before);
    let [Deed::PutEvents(entries), Deed::Exported, Deed::Answered(_)] = deeds.as_slice() else {
        panic!("it did {deeds:?}")
    };
    let entry = &entries[0];
    assert_eq!(entry["DetailType"], "pennypost.subscriber.registered.v1");
    let trace = entry["TraceHeader"].as_str().expect("a trace");
    assert!(trace.starts_with("Root=1-"), "{trace}");
}

#[tokio::test]
async fn a_row_that_the_bus_refuses_is_named_to_the_pipe_and_stays_and_the_others_leave() {
    let cloud = Cloud::start().await;
    let api = Function::start(&cloud, "api").await;
    for name in ["Ada", REFUSED, "Grace"] {
        subscribe(&api, name).await;
    }
    let rows = cloud.items("OUTBOX#");
    let is_refused = |row: &Value| row.to_string().contains(REFUSED);
    let refused = rows.iter().position(is_refused).expect("its row");

    let relay = Function::start(&cloud, "relay").await;
    let answer = relay.invoke(pipe_batch(&rows)).await;
    let failed = json!([{"itemIdentifier": refused.to_string()}]);
    assert_eq!(answer, Ok(json!({ "batchItemFailures": failed })));
    let left = cloud.items("OUTBOX#");
    assert!(left.len() == 1 && is_refused(&left[0]), "{left:?}");
}

#[tokio::test]
async fn the_first_request_makes_the_first_admin_and_no_other_does() {
    let cloud = Cloud::start().await;
    let api = Function::start(&cloud, "api").await;
    let password = PASSWORD.replace(' ', "+");
    let form = format!("username=admin&password={password}");
    let log_in = request("POST", "/login", "application/x-www-form-urlencoded", &form);
    for _ in 0..2 {
        let answer = api.invoke(log_in.clone()).await.expect("an answer");
        assert_eq!(answer["statusCode"], 303, "{answer}");
        assert_eq!(
            answer["headers"]["location"], "/admin/dashboard",
            "{answer}"
        );
    }
    let asked = cloud.deeds().into_iter();
    let asked: Vec<_> = asked
        .filter(|deed| matches!(deed, Deed::AskedForSecret(_)))
        .collect();
    let once = ["arn:keys", "arn:admin"].map(|arn| Deed::AskedForSecret(arn.to_owned()));
    assert_eq!(asked, once);
}

#[tokio::test]
async fn an_event_that_is_none_fails_for_good_and_the_next_one_is_handled() {
    let cloud = Cloud::start().await;
    let relay = Function::start(&cloud, "relay").await;
    let failure = relay.invoke(json!("ada@example.com")).await;
    let failure = failure.expect_err("no batch");
    assert_eq!(failure["errorType"], "Permanent");
    assert!(!failure.to_string().contains("ada"), "{failure}");
    let answer = relay.invoke(pipe_batch(&[])).await;
    assert_eq!(answer, Ok(json!({"batchItemFailures": []})));
}
