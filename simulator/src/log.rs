//! Shard logs as they lie in the table, read without delivery's own code.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;
use uuid::Uuid;

use crate::watch::{number, text};

/// A row, as far as the judge cares.
#[derive(Debug, Clone)]
pub(crate) enum Row {
    Claim {
        number: u64,
        ids: Vec<Uuid>,
        settles: Option<Settlement>,
    },
    Settle(Settlement),
    Takeover,
    Control {
        version: Option<u64>,
        upon: u64,
        action: String,
    },
    Other,
}

/// What settles a claim.
#[derive(Debug, Clone)]
pub(crate) struct Settlement {
    /// Somebody's mail is unclear.
    unclear: bool,
}

/// One log so far.
#[derive(Debug, Default)]
pub(crate) struct Log {
    version: u64,
    action: String,
    /// The ids of the newest claim, and its number.
    pub(crate) newest: (u64, Vec<Uuid>),
    /// Claims whose ids became held, all or some.
    pub(crate) held_claims: u64,
    pub(crate) rows: u64,
}

impl Row {
    /// The row in `item`, whose sort key is `sk`.
    pub(crate) fn parse(sk: &str, item: &Value) -> Self {
        let settles = &item["settles"]["M"];
        let settlement = settles.is_object().then(|| Settlement::parse(settles));
        match text(item, "kind") {
            "claim" => Self::Claim {
                number: sk.parse().unwrap_or_default(),
                ids: ids(&item["ids"]),
                settles: settlement,
            },
            "settle" => settlement.map_or(Self::Other, Self::Settle),
            "takeover" => Self::Takeover,
            "control" => Self::Control {
                version: item["version"].is_object().then(|| number(item, "version")),
                upon: number(item, "upon"),
                action: text(item, "action").to_owned(),
            },
            _ => Self::Other,
        }
    }
}

impl Settlement {
    fn parse(settles: &Value) -> Self {
        let others = settles["others"]["L"].as_array().into_iter().flatten();
        let mut fates = others.map(|other| text(&other["M"], "fate"));
        Self {
            unclear: fates.any(|fate| fate == "unclear"),
        }
    }
}

impl Log {
    /// The next row.
    pub(crate) fn append(&mut self, row: Row) -> Result<(), String> {
        self.rows += 1;
        match row {
            Row::Claim {
                number,
                ids,
                settles,
            } => {
                self.held_claims += u64::from(settles.is_some_and(|settles| settles.unclear));
                if matches!(self.action.as_str(), "pause" | "cancel") {
                    return Err(format!("claim {number} after a {}", self.action));
                }
                self.newest = (number, ids);
            }
            Row::Settle(settles) => self.held_claims += u64::from(settles.unclear),
            Row::Takeover => self.held_claims += 1,
            Row::Control {
                version,
                upon,
                action,
            } => {
                let counts = version.map_or(upon >= self.version, |version| version > self.version);
                self.version = version.unwrap_or_default().max(self.version);
                if counts && self.action != "cancel" {
                    self.action = action;
                }
            }
            Row::Other => {}
        }
        Ok(())
    }
}

/// The ids in a binary attribute, 16 bytes each.
pub(crate) fn ids(attribute: &Value) -> Vec<Uuid> {
    let bytes = attribute["B"]
        .as_str()
        .map(|text| BASE64_STANDARD.decode(text));
    let bytes = bytes.and_then(Result::ok).unwrap_or_default();
    let ids = bytes.chunks_exact(16).map(Uuid::from_slice);
    ids.filter_map(Result::ok).collect()
}
