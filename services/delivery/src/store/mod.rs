//! Delivery's items in its one table. What decides is read with strong
//! consistency, so none of it uses the index; the only write is a
//! [`Transaction`](dynamo::Transaction), or a row at the end of a
//! [log](shard_log).

pub(crate) mod calendar;
pub(crate) mod doubts;
pub(crate) mod early;
pub(crate) mod heads;
pub(crate) mod issues;
pub(crate) mod mail_attempts;
pub(crate) mod progress;
pub(crate) mod recipients;
pub(crate) mod runs;
pub(crate) mod shard_log;
pub(crate) mod unreported;
