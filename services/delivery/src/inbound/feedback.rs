//! What SES tells of mails, as events of EventBridge.
//!
//! Source: Amazon SES Developer Guide, "Contents of event data that Amazon SES
//! publishes". They hold addresses, and texts of other mail servers that quote some:
//! none of that is repeated, here or in an error.

mod bounce;

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use contracts::BusEvent;
use jiff::Timestamp;
use outbox::{HandleError, MessageHandler};
use serde::{Deserialize, de::DeserializeOwned};
use tracing::Instrument;

use self::bounce::Bounced;
use crate::{
    app::Core,
    mail::{MailTags, Tagged},
    use_cases::hear_feedback::{Said, Told, hear_feedback},
};

/// The source of SES's events.
const SOURCE: &str = "aws.ses";

/// Why somebody fails whose mail SES took and then found malware in.
const REJECTED: &str = "SES accepted the mail and then rejected it";
/// Why somebody fails whose mail SES took and could not fill in.
const NOT_RENDERED: &str = "SES accepted the mail and then could not render it";

/// A complaint by which somebody takes a mail out of their spam.
const NOT_SPAM: &str = "not-spam";

/// Handles SES's events.
pub(crate) struct Feedback {
    core: Arc<Core>,
}

impl Feedback {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core }
    }
}

#[async_trait]
impl MessageHandler for Feedback {
    async fn handle(&self, body: &str) -> Result<(), HandleError> {
        let event = BusEvent::parse(body)?;
        if event.source != SOURCE {
            let reason = "the message is not an event of SES".to_owned();
            return Err(HandleError::Permanent(reason));
        }
        let detail = event.detail.get();
        let Some(kind) = Kind::of(detail)? else {
            tracing::info!("an event of SES of a kind that is of no use is passed over");
            return Ok(());
        };
        let WithMail { mail } = read(detail)?;
        let tags = match Tagged::read(&mail.tags, &self.core.config.stage) {
            Tagged::Ours(tags) => tags,
            Tagged::Foreign => {
                tracing::info!(?kind, "SES tells of a mail that is not of this stage");
                return Ok(());
            }
            Tagged::Unreadable => {
                let reason = "the tags of a mail do not tell which it is".to_owned();
                return Err(HandleError::Permanent(reason));
            }
        };
        let Some(said) = kind.said(detail)? else {
            tracing::info!(?tags, "a reader took a mail out of their spam");
            return Ok(());
        };
        let span = telemetry::consumer_span(kind.name(), &mail.message_id, None);
        span.in_scope(|| tell(tags, &said));
        let told = Told {
            mail: tags,
            message_id: mail.message_id,
            said,
        };
        Box::pin(hear_feedback(&self.core, &told))
            .instrument(span)
            .await
    }
}

/// Says what does not happen to most mails.
fn tell(mail: MailTags, said: &Said) {
    match said {
        Said::Bounced(bounce) => {
            tracing::info!(?mail, kind = ?bounce.kind, diagnostic = bounce.diagnostic, "a mail came back");
        }
        Said::Complained { .. } => tracing::info!(?mail, "a mail was marked as spam"),
        Said::Sent | Said::Accepted | Said::NotSent { .. } => {}
    }
}

/// The events that are of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Send,
    Delivery,
    DeliveryDelay,
    Bounce,
    Complaint,
    Reject,
    RenderingFailure,
}

/// What every detail has.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WithKind {
    #[serde(default)]
    event_type: Option<String>,
}

#[derive(Deserialize)]
struct WithMail {
    mail: Mail,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mail {
    message_id: String,
    #[serde(default)]
    tags: HashMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct WithBounce {
    bounce: Bounced,
}

#[derive(Deserialize)]
struct WithComplaint {
    complaint: Complaint,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    timestamp: Timestamp,
    #[serde(default)]
    complaint_feedback_type: Option<String>,
}

impl Kind {
    /// None for one that is of no use.
    fn of(detail: &str) -> Result<Option<Self>, HandleError> {
        let WithKind { event_type } = read(detail)?;
        Ok(match event_type.as_deref() {
            Some("Send") => Some(Self::Send),
            Some("Delivery") => Some(Self::Delivery),
            Some("DeliveryDelay") => Some(Self::DeliveryDelay),
            Some("Bounce") => Some(Self::Bounce),
            Some("Complaint") => Some(Self::Complaint),
            Some("Reject") => Some(Self::Reject),
            Some("Rendering Failure") => Some(Self::RenderingFailure),
            _ => None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Send => "aws.ses.send",
            Self::Delivery => "aws.ses.delivery",
            Self::DeliveryDelay => "aws.ses.delivery-delay",
            Self::Bounce => "aws.ses.bounce",
            Self::Complaint => "aws.ses.complaint",
            Self::Reject => "aws.ses.reject",
            Self::RenderingFailure => "aws.ses.rendering-failure",
        }
    }

    /// What it says of the mail; none if that is nothing.
    fn said(self, detail: &str) -> Result<Option<Said>, HandleError> {
        Ok(Some(match self {
            Self::Send => Said::Sent,
            Self::Delivery | Self::DeliveryDelay => Said::Accepted,
            Self::Bounce => {
                let WithBounce { bounce } = read(detail)?;
                Said::Bounced(bounce.told())
            }
            Self::Complaint => {
                let WithComplaint { complaint } = read(detail)?;
                if complaint.complaint_feedback_type.as_deref() == Some(NOT_SPAM) {
                    return Ok(None);
                }
                let at = complaint.timestamp;
                Said::Complained { at }
            }
            Self::Reject => Said::NotSent { reason: REJECTED },
            Self::RenderingFailure => Said::NotSent {
                reason: NOT_RENDERED,
            },
        }))
    }
}

/// Reads a part of a detail, whatever else is in it. Serde's own text can hold a
/// value, and so an address.
fn read<T: DeserializeOwned>(detail: &str) -> Result<T, HandleError> {
    serde_json::from_str(detail).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let what = format!("an event of SES cannot be read (line {line}, column {column})");
        HandleError::Permanent(what)
    })
}
