//! Delivery's items in its one table. What decides is read with strong
//! consistency, so none of it uses the index; the only write is a
//! [`Transaction`](dynamo::Transaction).

pub(crate) mod claims;
pub(crate) mod doubts;
pub(crate) mod issues;
pub(crate) mod mail_attempts;
pub(crate) mod recipients;
pub(crate) mod shard_counts;
