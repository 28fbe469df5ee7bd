//! Mail is handed to the mail side.

use tracing::{Instrument, Span, field::Empty, info_span};
use uuid::Uuid;

use crate::mail::{BulkMail, Email, IssueCall, MailSender, SEND_LIMIT, SendResult, Withdrawal};

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
/// most, unless that is withdrawn. What the mail side did not accept is an error
/// of the span.
pub(super) async fn hand_over(
    mail: &dyn MailSender,
    email: &Email,
    withdrawal: &Withdrawal,
    span: &Span,
) -> SendResult {
    let sending = tokio::time::timeout(SEND_LIMIT, mail.send_unless(email, withdrawal));
    let answer = sending.instrument(span.clone()).await;
    let result = answer.unwrap_or_else(|_| no_answer());
    if let Some((kind, _)) = problem(&result) {
        telemetry::record_error(span, kind);
    }
    result
}

/// The span of handing an issue over to many readers in one call.
pub(super) fn mails_span(call: &IssueCall<'_>) -> Span {
    info_span!(
        "send mails",
        otel.name = "send mails",
        otel.kind = "client",
        otel.status_code = Empty,
        error.type = Empty,
        mail.kind = "issue",
        issue_id = %call.issue.issue_id(),
        shard = call.shard,
        claim = call.claim,
        mails = call.readers.len(),
    )
}

/// Makes `call` in `span`, a [`mails_span`], for [`SEND_LIMIT`] at the most. The
/// first mail that was not accepted is an error of the span.
pub(super) async fn hand_over_all(
    bulk: &dyn BulkMail,
    call: &IssueCall<'_>,
    span: &Span,
) -> Vec<SendResult> {
    let sending = tokio::time::timeout(SEND_LIMIT, bulk.send_issue(call));
    let answer = sending.instrument(span.clone()).await;
    let results = answer.unwrap_or_else(|_| vec![no_answer(); call.readers.len()]);
    if let Some((kind, _)) = results.iter().find_map(problem) {
        telemetry::record_error(span, kind);
    }
    results
}

fn no_answer() -> SendResult {
    SendResult::Unclear {
        reason: "no answer in time".into(),
    }
}

/// Why the mail was not accepted: a word of few values, and the reason.
pub(super) fn problem(result: &SendResult) -> Option<(&'static str, &str)> {
    match result {
        SendResult::Accepted => None,
        SendResult::Unavailable { reason } => Some(("unavailable", reason)),
        SendResult::Throttled { reason } => Some(("throttled", reason)),
        SendResult::AccountFault { reason } => Some(("account_fault", reason)),
        SendResult::Unsent { reason } => Some(("unsent", reason)),
        SendResult::Unexplained { reason } => Some(("unexplained", reason)),
        SendResult::Refused { reason } => Some(("refused", reason)),
        SendResult::Unclear { reason } => Some(("unclear", reason)),
    }
}
