//! A list that is imported: the whole program of subscriptions, with its table,
//! its secrets and its queue at moto.

use aws_sdk_secretsmanager::Client;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{program::Program, queue::Queue, stand_in::StandIn};

const PASSWORD: &str = "24 characters, at random";
const LIST: &str = "email,name\nann@mail.example,Ann\nben@mail.example,Ben\n";

/// The ARN of a new secret.
async fn secret(text: &str) -> String {
    let client = Client::new(&StandIn::Moto.sdk_config());
    let create = client.create_secret().name(Uuid::new_v4());
    let created = create.secret_string(text).send().await;
    let arn = created.expect("it is created").arn;
    arn.expect("it has an ARN")
}

/// Subscriptions, where nothing has happened yet.
async fn subscriptions(queue: &Queue) -> Program {
    let table = format!("pennypost-{}", Uuid::new_v4().simple());
    let dynamodb = aws_sdk_dynamodb::Client::new(&StandIn::Moto.sdk_config());
    let created = dynamo::create_table(&dynamodb, &table).await;
    created.expect("the table is created");
    Program {
        name: "subscriptions-lambda",
        variables: vec![
            ("PENNYPOST_TABLE", table),
            ("PENNYPOST_PUBLIC_URL", "https://news.example".to_owned()),
            ("PENNYPOST_KEYS_SECRET", secret(&"k".repeat(64)).await),
            ("PENNYPOST_ADMIN_SECRET", secret(PASSWORD).await),
            ("PENNYPOST_IMPORT_QUEUE_URL", queue.url.clone()),
            ("PENNYPOST_QUEUE_URLS", queue.url.clone()),
        ],
    }
}

/// A request as the HTTP API hands it over, in the payload's version 2.0.
fn request(method: &str, path: &str, headers: Value, body: &str) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers,
        "requestContext": {
            "accountId": "1", "apiId": "a", "domainName": "news.example",
            "domainPrefix": "news", "requestId": "r", "routeKey": "$default",
            "stage": "$default", "time": "29/Nov/2026:11:00:00 +0000", "timeEpoch": 0,
            "http": {
                "method": method, "path": path, "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1", "userAgent": "referees",
            },
        },
        "body": body,
        "isBase64Encoded": false,
    })
}

/// The JSON that a request is answered with, with this status.
async fn asked(api: &Program, status: u16, request: Value) -> Value {
    let answer = api.answer("api", &request).await;
    assert_eq!(answer["statusCode"], status, "{answer}");
    let body = answer["body"].as_str().expect("a body");
    serde_json::from_str(body).expect("JSON")
}

#[tokio::test]
#[ignore = "asks moto: .ci/referees starts it"]
async fn a_list_goes_through_the_queue_into_the_table() {
    let queue = Queue::new().await;
    let program = subscriptions(&queue).await;
    let who = json!({"username": "admin", "password": PASSWORD, "name": "referees"});
    let json = json!({"content-type": "application/json"});
    let login = request("POST", "/v1/tokens", json, &who.to_string());
    let token = asked(&program, 201, login).await["token"].clone();
    let bearer = format!("Bearer {}", token.as_str().expect("a token"));
    let csv = json!({"content-type": "text/csv", "authorization": bearer});
    let list = request("POST", "/v1/subscribers/import", csv, LIST);
    let id = asked(&program, 202, list).await["id"].clone();

    let message = queue.receive().await.expect("the import is queued");
    let told = program.answer("import", &queue.batch(&message)).await;
    assert_eq!(told, json!({"batchItemFailures": []}));
    let path = format!("/v1/imports/{}", id.as_str().expect("an id"));
    let progress = request("GET", &path, json!({"authorization": bearer}), "");
    let import = asked(&program, 200, progress).await;
    assert_eq!(import["status"], "finished", "{import}");
    assert_eq!(import["imported"], 2, "{import}");
}
