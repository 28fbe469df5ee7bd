//! The shape that every table has.

use aws_sdk_dynamodb::{
    Client,
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
        Projection, ProjectionType, ScalarAttributeType, TimeToLiveSpecification, TimeToLiveStatus,
    },
};

use crate::error::{CommitError, describe};

/// The partition key's attribute.
pub const PARTITION_KEY: &str = "pk";
/// The sort key's attribute.
pub const SORT_KEY: &str = "sk";
/// The attribute for DynamoDB's time to live, in seconds since the epoch.
pub const EXPIRES_AT: &str = "expires_at";
/// The sparse index that lists run over.
pub const LISTING_INDEX: &str = "listing";
/// The listing index's partition key: which list.
pub const LIST_KEY: &str = "list";
/// The listing index's sort key: where in the list.
pub const LIST_ORDER: &str = "list_order";

/// Creates `table`, unless it is there, and turns its time to live on, unless
/// it is. For hosts that have no template to do it: on AWS the stack creates
/// the table, with its stream and time to live.
///
/// # Errors
/// [`CommitError::Unavailable`] if the store does not answer or refuses.
pub async fn create_table(client: &Client, table: &str) -> Result<(), CommitError> {
    create(client, table).await?;
    turn_time_to_live_on(client, table).await
}

async fn create(client: &Client, table: &str) -> Result<(), CommitError> {
    let created = client
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(
            [PARTITION_KEY, SORT_KEY, LIST_KEY, LIST_ORDER]
                .map(string_attribute)
                .to_vec(),
        ))
        .set_key_schema(Some(key_schema(PARTITION_KEY, SORT_KEY)))
        .global_secondary_indexes(
            GlobalSecondaryIndex::builder()
                .index_name(LISTING_INDEX)
                .set_key_schema(Some(key_schema(LIST_KEY, LIST_ORDER)))
                .projection(
                    Projection::builder()
                        .projection_type(ProjectionType::All)
                        .build(),
                )
                .build()
                .expect("name and key schema are set"),
        )
        .send()
        .await;
    match created {
        Ok(_) => Ok(()),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(|error| error.is_resource_in_use_exception()) =>
        {
            Ok(())
        }
        Err(error) => Err(CommitError::Unavailable(describe(&error))),
    }
}

/// Asks first: DynamoDB refuses to turn on what is on.
async fn turn_time_to_live_on(client: &Client, table: &str) -> Result<(), CommitError> {
    let described = client
        .describe_time_to_live()
        .table_name(table)
        .send()
        .await
        .map_err(|error| CommitError::Unavailable(describe(&error)))?;
    let status = described
        .time_to_live_description
        .and_then(|description| description.time_to_live_status);
    if matches!(
        status,
        Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)
    ) {
        return Ok(());
    }
    let specification = TimeToLiveSpecification::builder()
        .attribute_name(EXPIRES_AT)
        .enabled(true)
        .build()
        .expect("attribute and state are set");
    client
        .update_time_to_live()
        .table_name(table)
        .time_to_live_specification(specification)
        .send()
        .await
        .map_err(|error| CommitError::Unavailable(describe(&error)))?;
    Ok(())
}

fn string_attribute(name: &str) -> AttributeDefinition {
    AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(ScalarAttributeType::S)
        .build()
        .expect("name and type are set")
}

fn key_schema(partition: &str, sort: &str) -> Vec<KeySchemaElement> {
    [(partition, KeyType::Hash), (sort, KeyType::Range)]
        .map(|(name, key_type)| {
            KeySchemaElement::builder()
                .attribute_name(name)
                .key_type(key_type)
                .build()
                .expect("name and type are set")
        })
        .to_vec()
}
