//! DynamoDB's operations, as JSON in and JSON out.

use dynoxide::{
    Database, DynoxideError,
    actions::transact_write_items::{TransactWriteItemsRequest, TransactWriteItemsResponse},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::tokens::Tokens;

/// An answer in DynamoDB's JSON protocol.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// Runs `operation`, such as `GetItem`, with the JSON `body` of its request.
pub(crate) fn run(database: &Database, tokens: &Tokens, operation: &str, body: &str) -> Answer {
    match dispatch(database, tokens, operation, body) {
        Ok(body) => Answer { status: 200, body },
        Err(error) => Answer {
            status: error.status_code(),
            body: error.to_json(),
        },
    }
}

fn dispatch(
    database: &Database,
    tokens: &Tokens,
    operation: &str,
    body: &str,
) -> Result<String, DynoxideError> {
    match operation {
        "CreateTable" => call(body, |request| database.create_table(request)),
        "ListTables" => call(body, |request| database.list_tables(request)),
        "DescribeTable" => call(body, |request| database.describe_table(request)),
        "DescribeTimeToLive" => call(body, |request| database.describe_time_to_live(request)),
        "UpdateTimeToLive" => call(body, |request| database.update_time_to_live(request)),
        "GetItem" => call(body, |request| database.get_item(request)),
        "BatchGetItem" => call(body, |request| database.batch_get_item(request)),
        "Query" => call(body, |request| database.query(request)),
        "Scan" => call(body, |request| database.scan(request)),
        "PutItem" => call(body, |request| database.put_item(request)),
        "UpdateItem" => call(body, |request| database.update_item(request)),
        "BatchWriteItem" => call(body, |request| database.batch_write_item(request)),
        "DeleteItem" => call(body, |request| database.delete_item(request)),
        "TransactWriteItems" => call(body, |request| {
            transact_write_items(database, tokens, request)
        }),
        "TransactGetItems" => call(body, |request| database.transact_get_items(request)),
        other => Err(DynoxideError::ValidationException(format!(
            "{other} is not connected"
        ))),
    }
}

/// Commits a transaction, unless it is the repetition of one that was.
fn transact_write_items(
    database: &Database,
    tokens: &Tokens,
    mut request: TransactWriteItemsRequest,
) -> Result<TransactWriteItemsResponse, DynoxideError> {
    let Some(token) = request.client_request_token.take() else {
        return database.transact_write_items(request);
    };
    if tokens.is_committed(&token) {
        return Ok(TransactWriteItemsResponse::default());
    }
    let response = database.transact_write_items(request)?;
    tokens.remember(token);
    Ok(response)
}

fn call<I: DeserializeOwned, O: Serialize>(
    body: &str,
    operation: impl FnOnce(I) -> Result<O, DynoxideError>,
) -> Result<String, DynoxideError> {
    let input = serde_json::from_str(body)
        .map_err(|error| DynoxideError::SerializationException(error.to_string()))?;
    let output = operation(input)?;
    serde_json::to_string(&output)
        .map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}
