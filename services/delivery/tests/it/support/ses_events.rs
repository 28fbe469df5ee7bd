//! Events of SES, as EventBridge hands them to a queue.

use delivery::mail::{Email, MailTags};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{address, second};

/// An event about a mail, whatever else SES tells of it.
pub(crate) struct SesEvent {
    kind: &'static str,
    message_id: String,
    tags: Value,
    part: Value,
}

impl SesEvent {
    /// An event of that kind about `mail`, without a part of its own.
    pub(crate) fn new(kind: &'static str, mail: &Email) -> Self {
        let tags = match mail.tags {
            MailTags::Issue {
                issue_id,
                shard,
                claim,
                subscriber_id,
            } => json!({
                "issue": [issue_id.to_string()],
                "shard": [shard.to_string()],
                "claim": [claim.to_string()],
                "subscriber": [subscriber_id.to_string()],
            }),
            MailTags::Confirmation {
                subscriber_id,
                event_id,
            } => json!({
                "subscriber": [subscriber_id.to_string()],
                "event": [event_id.to_string()],
            }),
        };
        Self {
            kind,
            message_id: format!("0102{}-000000", mail.message_id.replace(['@', '.'], "-")),
            tags,
            part: json!({}),
        }
        .tagged("stage", "test")
        .tagged("ses:configuration-set", "letters")
    }

    /// A bounce at that second.
    pub(crate) fn bounce(kind: &str, mail: &Email, at: Timestamp) -> Self {
        let recipient = json!({
            "emailAddress": mail.to.expose(),
            "action": "failed",
            "status": "5.1.1",
            "diagnosticCode": format!("smtp; 550 5.1.1 <{}>: no such user", mail.to.expose()),
        });
        let bounce = json!({
            "feedbackId": "0102feedback",
            "bounceType": kind,
            "bounceSubType": "General",
            "bouncedRecipients": [recipient],
            "timestamp": at,
            "reportingMTA": "dns; mta.example.com",
        });
        Self::new("Bounce", mail).with("bounce", bounce)
    }

    /// A complaint at that second.
    pub(crate) fn complaint(mail: &Email, at: Timestamp) -> Self {
        let complaint = json!({
            "feedbackId": "0102feedback",
            "complainedRecipients": [{"emailAddress": mail.to.expose()}],
            "complaintFeedbackType": "abuse",
            "userAgent": "Example Feedback Loop",
            "timestamp": at,
        });
        Self::new("Complaint", mail).with("complaint", complaint)
    }

    /// With a part of that name.
    pub(crate) fn with(mut self, name: &str, part: Value) -> Self {
        self.part[name] = part;
        self
    }

    /// With another value of one field of a part.
    pub(crate) fn saying(mut self, part: &str, field: &str, value: impl Into<Value>) -> Self {
        self.part[part][field] = value.into();
        self
    }

    /// With that tag.
    pub(crate) fn tagged(mut self, name: &str, value: &str) -> Self {
        self.tags[name] = json!([value]);
        self
    }

    /// Without that tag.
    pub(crate) fn untagged(mut self, name: &str) -> Self {
        self.tags.as_object_mut().expect("an object").remove(name);
        self
    }

    /// Of another mail than the first to that reader.
    pub(crate) fn of_mail(mut self, message_id: &str) -> Self {
        message_id.clone_into(&mut self.message_id);
        self
    }

    /// The body of the message.
    pub(crate) fn body(&self) -> String {
        let mut detail = json!({
            "eventType": self.kind,
            "mail": {
                "timestamp": second(1),
                "source": "news@penny.example",
                "sendingAccountId": "123456789012",
                "messageId": self.message_id,
                "destination": [address(1)],
                "headersTruncated": false,
                "headers": [{"name": "To", "value": address(1)}],
                "commonHeaders": {"to": [address(1)], "subject": "The first issue"},
                "tags": self.tags,
            },
        });
        let parts = self.part.as_object().expect("an object").clone();
        detail.as_object_mut().expect("an object").extend(parts);
        json!({
            "version": "0",
            "id": "12345678-1234-1234-1234-123456789012",
            "detail-type": format!("Email {}", self.kind),
            "source": "aws.ses",
            "account": "123456789012",
            "time": second(2),
            "region": "eu-central-1",
            "resources": [],
            "detail": detail,
        })
        .to_string()
    }
}
