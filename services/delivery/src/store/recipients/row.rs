//! A recipient as it is stored.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::recipient::{Contact, Gone, Leaving, Recipient, Standing};

/// Every issue reads every row, and planning it reads them once more: so the
/// names in it are short. The longer names are those of older rows.
#[derive(Serialize, Deserialize)]
pub(super) struct Row {
    /// The sort key, which stands in the row as such.
    #[serde(rename = "sk", skip_serializing)]
    pub(super) subscriber_id: Uuid,
    version: u64,
    /// None for who unsubscribed or was erased.
    #[serde(
        rename = "a",
        alias = "active",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    active: Option<Active>,
    /// Of who unsubscribed or was erased; not in older rows.
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    gone: Option<Left>,
}

/// A row as a page has it. One that is not what was written costs its own
/// recipient the issue, not everybody else in the shard.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Read {
    Row(Row),
    Corrupt {
        /// The sort key: the subscriber's id.
        sk: String,
    },
}

#[derive(Serialize, Deserialize)]
struct Active {
    #[serde(rename = "e", alias = "email")]
    email: String,
    #[serde(rename = "n", alias = "name")]
    name: String,
    #[serde(rename = "u", alias = "unsubscribe_url")]
    unsubscribe_url: String,
    #[serde(rename = "c", alias = "confirmed_at")]
    confirmed_at: Moment,
}

#[derive(Serialize, Deserialize)]
struct Left {
    #[serde(rename = "w")]
    why: Leaving,
    #[serde(rename = "l")]
    at: Moment,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    confirmed_at: Option<Moment>,
}

/// A moment to the nanosecond, in 10 bytes instead of 30: a number, if it is
/// less than 292 years away from 1970.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Moment {
    Nanoseconds(i64),
    Text(Timestamp),
}

/// Where a row has the moment of its confirmation, if it is a number: those of
/// older rows, and of centuries from now, are text.
pub(super) const CONFIRMED_AT: [&str; 2] = ["a", "c"];

/// `moment` as a number to compare with; the nearest one that there is.
pub(super) fn moment(moment: Timestamp) -> i64 {
    let nearest = moment
        .as_nanosecond()
        .clamp(i64::MIN.into(), i64::MAX.into());
    nearest as i64
}

impl From<Timestamp> for Moment {
    fn from(moment: Timestamp) -> Self {
        match i64::try_from(moment.as_nanosecond()) {
            Ok(nanoseconds) => Self::Nanoseconds(nanoseconds),
            Err(_) => Self::Text(moment),
        }
    }
}

impl From<Moment> for Timestamp {
    fn from(moment: Moment) -> Self {
        match moment {
            Moment::Nanoseconds(nanoseconds) => {
                Self::UNIX_EPOCH + SignedDuration::from_nanos(nanoseconds)
            }
            Moment::Text(moment) => moment,
        }
    }
}

impl From<Row> for Recipient {
    fn from(row: Row) -> Self {
        let standing = match row.active {
            None => Standing::Gone(Gone::from(row.gone)),
            Some(active) => Standing::Active {
                contact: Contact {
                    email: active.email,
                    name: active.name,
                    unsubscribe_url: active.unsubscribe_url,
                },
                confirmed_at: active.confirmed_at.into(),
            },
        };
        Self {
            subscriber_id: row.subscriber_id,
            version: row.version,
            standing,
        }
    }
}

impl From<Option<Left>> for Gone {
    fn from(left: Option<Left>) -> Self {
        // An older row does not tell: before any issue, then.
        let left = left.unwrap_or(Left {
            why: Leaving::Unsubscribed,
            at: Timestamp::UNIX_EPOCH.into(),
            confirmed_at: None,
        });
        Self {
            why: left.why,
            left_at: left.at.into(),
            confirmed_at: left.confirmed_at.map(Timestamp::from),
        }
    }
}

impl From<&Recipient> for Row {
    fn from(recipient: &Recipient) -> Self {
        let (active, gone) = match &recipient.standing {
            Standing::Gone(gone) => {
                let left = Left {
                    why: gone.why,
                    at: gone.left_at.into(),
                    confirmed_at: gone.confirmed_at.map(Moment::from),
                };
                (None, Some(left))
            }
            Standing::Active {
                contact,
                confirmed_at,
            } => {
                let active = Active {
                    email: contact.email.clone(),
                    name: contact.name.clone(),
                    unsubscribe_url: contact.unsubscribe_url.clone(),
                    confirmed_at: Moment::from(*confirmed_at),
                };
                (Some(active), None)
            }
        };
        Self {
            subscriber_id: recipient.subscriber_id,
            version: recipient.version,
            active,
            gone,
        }
    }
}

#[cfg(test)]
mod tests {
    use dynamo::Item;
    use serde_json::{Value, json};

    use super::*;

    const SUBSCRIBER: Uuid = Uuid::from_u128(7);

    fn active(confirmed_at: &str) -> Recipient {
        Recipient {
            subscriber_id: SUBSCRIBER,
            version: 3,
            standing: Standing::Active {
                contact: Contact {
                    email: "ursula.reader@mail.example".to_owned(),
                    name: "Ursula Reader".to_owned(),
                    unsubscribe_url: format!(
                        "https://news.example.com/subscriptions/unsubscribe?token={}",
                        "t".repeat(43)
                    ),
                },
                confirmed_at: confirmed_at.parse().expect("a timestamp"),
            },
        }
    }

    fn gone(left_at: Timestamp, confirmed_at: Option<Timestamp>) -> Recipient {
        Recipient {
            subscriber_id: SUBSCRIBER,
            version: 4,
            standing: Standing::Gone(Gone {
                why: Leaving::Unsubscribed,
                left_at,
                confirmed_at,
            }),
        }
    }

    /// What is read where `body` was written.
    fn read(body: &impl Serialize) -> Recipient {
        let mut stored = serde_json::to_value(body).expect("JSON");
        stored["sk"] = json!(SUBSCRIBER);
        let Ok(Read::Row(row)) = serde_json::from_value(stored) else {
            panic!("it cannot be read");
        };
        Recipient::from(row)
    }

    #[test]
    fn a_recipient_is_read_as_it_was_written_to_the_nanosecond() {
        for moment in ["2026-11-22T08:15:30.123456789Z", "2600-01-01T00:00:00.5Z"] {
            let recipient = active(moment);
            assert_eq!(read(&Row::from(&recipient)), recipient, "{moment}");
            let moment = moment.parse().expect("a timestamp");
            for confirmed_at in [None, Some(moment)] {
                let recipient = gone(moment, confirmed_at);
                assert_eq!(read(&Row::from(&recipient)), recipient, "{moment}");
            }
        }
    }

    #[test]
    fn a_row_with_the_long_names_of_before_is_read() {
        let moment = "2026-11-22T08:15:30.123456789Z";
        let expected = active(moment);
        let contact = expected.contact().expect("active");
        let row: Value = json!({
            "subscriber_id": SUBSCRIBER,
            "version": 3,
            "status": "active",
            "active": {
                "email": contact.email,
                "name": contact.name,
                "unsubscribe_url": contact.unsubscribe_url,
                "confirmed_at": moment,
            },
        });
        assert_eq!(read(&row), expected);
        let row = json!({"subscriber_id": SUBSCRIBER, "version": 4, "status": "removed"});
        assert_eq!(read(&row), gone(Timestamp::UNIX_EPOCH, None));
    }

    /// So that a thousand of them, read twice, once of it eventually
    /// consistent, take less than a hundred read units of 4 KB.
    #[test]
    fn a_usual_row_takes_less_than_250_bytes() {
        let row = Row::from(&active("2026-11-22T08:15:30.123456789Z"));
        let size = Item::new(&super::super::key(SUBSCRIBER), &row).size();
        assert!(size < 250, "{size} bytes");
    }
}
