//! One mail is handed to the mail side.

use tracing::{Instrument, Span, field::Empty, info_span};
use uuid::Uuid;

use crate::mail::{Email, MailSender, SEND_LIMIT, SendResult};

/// The span of handing over a mail, and of writing down what became of it, for
/// `kind` (`issue` or `confirmation`).
pub(super) fn mail_span(kind: &'static str, issue_id: Option<Uuid>, subscriber_id: Uuid) -> Span {
    let span = info_span!(
        "send mail",
        otel.name = "send mail",
        otel.kind = "client",
        otel.status_code = Empty,
        error.type = Empty,
        mail.kind = kind,
        issue_id = Empty,
        %subscriber_id,
    );
    if let Some(issue_id) = issue_id {
        span.record("issue_id", tracing::field::display(issue_id));
    }
    span
}

/// Hands `email` over in `span`, a [`mail_span`], for [`SEND_LIMIT`] at the
/// most. What the mail side did not accept is an error of the span.
pub(super) async fn hand_over(mail: &dyn MailSender, email: &Email, span: &Span) -> SendResult {
    let sending = tokio::time::timeout(SEND_LIMIT, mail.send(email));
    let answer = sending.instrument(span.clone()).await;
    let result = answer.unwrap_or(SendResult::Unclear {
        reason: "no answer in time".into(),
    });
    if let Some((kind, _)) = problem(&result) {
        telemetry::record_error(span, kind);
    }
    result
}

/// Why the mail was not accepted: a word of few values, and the reason.
pub(super) fn problem(result: &SendResult) -> Option<(&'static str, &str)> {
    match result {
        SendResult::Accepted => None,
        SendResult::Unavailable { reason } => Some(("unavailable", reason)),
        SendResult::Unsent { reason } => Some(("unsent", reason)),
        SendResult::Refused { reason } => Some(("refused", reason)),
        SendResult::Unclear { reason } => Some(("unclear", reason)),
    }
}
