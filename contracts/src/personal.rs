//! Text that tells who somebody is, or that acts for them.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An address, a name, or a link that carries a token. It travels in events
/// because the other service needs it, and never in logs: `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("x-personal" = true))]
pub struct Personal(String);

impl Personal {
    /// Marks `text` as personal.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself; the caller keeps it out of logs, spans and errors.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The text itself, taken out.
    pub fn into_inner(self) -> String {
        self.0
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[personal]")
    }
}

impl From<&str> for Personal {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}
