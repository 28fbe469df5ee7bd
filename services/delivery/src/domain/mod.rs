//! What delivery decides, as pure functions.

pub(crate) mod backoff;
pub(crate) mod content;
pub(crate) mod counts;
pub(crate) mod issue;
pub(crate) mod rate;
pub(crate) mod recipient;
pub(crate) mod shard;
pub(crate) mod tally;
