//! Why a mail came back, in words that hold no address.

use contracts::events::BounceKind;
use jiff::Timestamp;
use serde::Deserialize;

use crate::use_cases::hear_feedback::Bounce;

/// The longest name of a sub-type that is repeated; SES's have less than half.
const MAX_NAME: usize = 64;
/// The most digits of a part of a status. Source: RFC 3463, section 2.
const MAX_DIGITS: usize = 3;

/// What SES says of a bounce, as far as it is of use.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Bounced {
    bounce_type: BounceType,
    #[serde(default)]
    bounce_sub_type: Option<String>,
    #[serde(default)]
    bounced_recipients: Vec<BouncedRecipient>,
    timestamp: Timestamp,
}

/// Another one is an error: it decides whether an address is mailed to again.
#[derive(Debug, Clone, Copy, Deserialize)]
enum BounceType {
    Permanent,
    Transient,
    /// SES could not tell; it advises to go on mailing.
    Undetermined,
}

/// A mail has one.
#[derive(Deserialize)]
struct BouncedRecipient {
    #[serde(default)]
    status: Option<String>,
}

impl Bounced {
    /// The same, in words that hold no address: SES's types and the enhanced status
    /// code, and never what the other server wrote.
    pub(super) fn told(&self) -> Bounce {
        let mut diagnostic = format!("{:?}", self.bounce_type);
        if let Some(sub_type) = self.bounce_sub_type.as_deref().filter(|it| is_name(it)) {
            diagnostic.push('/');
            diagnostic.push_str(sub_type);
        }
        let mut statuses = self.bounced_recipients.iter();
        let status = statuses.find_map(|it| it.status.as_deref().filter(|it| is_status(it)));
        if let Some(status) = status {
            diagnostic.push(' ');
            diagnostic.push_str(status);
        }
        Bounce {
            kind: match self.bounce_type {
                BounceType::Permanent => BounceKind::Permanent,
                BounceType::Transient | BounceType::Undetermined => BounceKind::Transient,
            },
            diagnostic,
            at: self.timestamp,
        }
    }
}

fn is_name(text: &str) -> bool {
    let is_letters = text.chars().all(|c| c.is_ascii_alphabetic());
    (1..=MAX_NAME).contains(&text.len()) && is_letters
}

/// Whether `text` is an enhanced status code, such as `5.1.1`.
fn is_status(text: &str) -> bool {
    let is_number = |part: &str| {
        let is_digits = part.bytes().all(|byte| byte.is_ascii_digit());
        (1..=MAX_DIGITS).contains(&part.len()) && is_digits
    };
    let parts: Vec<_> = text.split('.').collect();
    parts.len() == 3 && parts.into_iter().all(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(json: &str) -> Bounce {
        let bounced: Bounced = serde_json::from_str(json).expect("a bounce");
        bounced.told()
    }

    fn of(kind: &str, sub_type: &str, status: &str) -> String {
        let bounced = serde_json::json!({
            "bounceType": kind,
            "bounceSubType": sub_type,
            "bouncedRecipients": [{"emailAddress": "ann@example.com", "status": status,
                "diagnosticCode": "smtp; 550 5.1.1 <ann@example.com>: unknown"}],
            "timestamp": "2026-11-22T12:00:00.123Z",
        });
        told(&bounced.to_string()).diagnostic
    }

    #[test]
    fn a_diagnostic_is_of_ses_s_types_and_the_status() {
        assert_eq!(
            of("Permanent", "NoEmail", "5.1.1"),
            "Permanent/NoEmail 5.1.1"
        );
        assert_eq!(
            of("Transient", "MailboxFull", "4.2.2"),
            "Transient/MailboxFull 4.2.2"
        );
    }

    #[test]
    fn nothing_that_can_be_an_address_gets_into_it() {
        let long = "x".repeat(100);
        for odd in [
            "",
            "ann@example.com",
            "a b",
            "ä",
            &long,
            "5.1.1 <ann@example.com>",
            "5.1",
            "5.1.1.1",
            "5..1",
            "5.1000.1",
        ] {
            assert_eq!(of("Permanent", odd, "5.1.1"), "Permanent 5.1.1");
            assert_eq!(of("Permanent", "General", odd), "Permanent/General");
        }
    }

    #[test]
    fn what_ses_cannot_tell_is_taken_for_a_passing_fault() {
        let least = r#"{"bounceType":"Undetermined","timestamp":"2026-11-22T12:00:00Z"}"#;
        let bounce = told(least);
        assert_eq!(bounce.kind, BounceKind::Transient);
        assert_eq!(bounce.diagnostic, "Undetermined");
    }

    #[test]
    fn what_decides_has_to_be_there() {
        for json in [
            r#"{"timestamp":"2026-11-22T12:00:00Z"}"#,
            r#"{"bounceType":"Lasting","timestamp":"2026-11-22T12:00:00Z"}"#,
            r#"{"bounceType":"Permanent"}"#,
            r#"{"bounceType":"Permanent","timestamp":"yesterday"}"#,
        ] {
            assert!(serde_json::from_str::<Bounced>(json).is_err(), "{json}");
        }
    }
}
