//! What an answer of SES means for a mail.

use std::{error::Error, fmt::Debug};

use aws_sdk_sesv2::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
    types::{BulkEmailEntryResult, BulkEmailStatus},
};

use super::{super::SendResult, handed_over::HandedOver};

/// In the message of a call that exceeds the quota of the day, and not the rate.
const DAILY: &str = "daily message quota";

/// In the message of what is rejected because an identity is not verified: the
/// sender's, or in the sandbox the reader's. There is no code for it, and nobody's
/// address is at fault.
const NOT_VERIFIED: &str = "not verified";

const SUCCESS: &str = "SUCCESS";

/// What a call that got no results means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failed {
    /// The same for each of its mails.
    All(SendResult),
    /// SES takes something in it for invalid or bad: nothing left.
    Rejected(Rejected),
}

/// What it is that SES rejects, as far as its message tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rejected {
    /// A reader's address.
    Reader,
    /// What is the same for every reader.
    Issue,
    /// One or the other.
    Unknown,
}

/// In messages about what is the same for every reader.
const OF_ISSUE: [&str; 5] = ["template", "subject", "sender", "from ", "configuration"];
/// In messages about a reader's address, such as "Local address contains illegal
/// character in string" or "Domain starts with dot".
const OF_READER: [&str; 5] = ["address", "domain", "recipient", "local name", "@"];

impl Rejected {
    /// There is no code for it. What it quotes is set aside at first: somebody can
    /// be called `template@example.com`.
    fn by(message: &str) -> Self {
        let message = message.to_ascii_lowercase();
        let is_quoted = |word: &&str| word.contains('@') || word.starts_with(['\'', '"']);
        let words = message.split_whitespace().filter(|word| !is_quoted(word));
        let words = words.collect::<Vec<_>>().join(" ");
        let has = |text: &str, parts: &[&str]| parts.iter().any(|part| text.contains(part));
        match (has(&words, &OF_ISSUE), has(&message, &OF_READER)) {
            (true, _) => Self::Issue,
            (false, true) => Self::Reader,
            (false, false) => Self::Unknown,
        }
    }
}

/// Classes the error of a call. Reasons are ours: SES's messages quote addresses.
pub(super) fn failed<E>(error: &SdkError<E, HttpResponse>, handed_over: &HandedOver) -> Failed
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let is_answered = matches!(
        error,
        SdkError::ServiceError(_) | SdkError::ResponseError(_)
    );
    if !handed_over.is_so() && !is_answered {
        return Failed::All(unavailable(
            "SES could not be called: are there credentials?",
        ));
    }
    match error {
        SdkError::ConstructionFailure(_) => Failed::All(unavailable("SES could not be called")),
        SdkError::DispatchFailure(failure) if failure.is_user() => {
            Failed::All(unavailable("SES could not be called"))
        }
        SdkError::DispatchFailure(failure) => Failed::All(
            match failure
                .as_connector_error()
                .is_some_and(|it| never_connected(it))
            {
                true => unavailable("no connection to SES"),
                false => unclear("the connection to SES was lost"),
            },
        ),
        SdkError::TimeoutError(_) => Failed::All(unclear("SES did not answer in time")),
        SdkError::ServiceError(answer) => {
            let status = answer.raw().status().as_u16();
            let (code, message) = (answer.err().code(), answer.err().message());
            answered(
                status,
                code.unwrap_or_default(),
                message.unwrap_or_default(),
            )
        }
        _ => Failed::All(unclear("SES's answer could not be read")),
    }
}

/// Whether the request got no connection to leave by.
fn never_connected(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<hyper_util::client::legacy::Error>() {
            return error.is_connect();
        }
        next = error.source();
    }
    false
}

/// What an error that SES answered means.
/// Source: SES API v2, SendBulkEmail and Common Errors.
fn answered(status: u16, code: &str, message: &str) -> Failed {
    let result = match (status, code) {
        // A success that cannot be read is among them.
        (..=399 | 408 | 500.., _) => unclear(format!("SES answered {status}")),
        (_, "BadRequestException" | "MessageRejected" | "ValidationException") => {
            if !message.contains(NOT_VERIFIED) {
                return Failed::Rejected(Rejected::by(message));
            }
            fault(UNVERIFIED)
        }
        (_, "LimitExceededException") => fault("SES's quota is exhausted"),
        (429, _) | (_, "TooManyRequestsException" | "ThrottlingException" | "Throttling") => {
            match message.to_ascii_lowercase().contains(DAILY) {
                true => fault("SES's quota of the day is exhausted"),
                false => throttled("SES takes fewer mails per second"),
            }
        }
        (_, "AccountSuspendedException") => fault("the SES account is suspended"),
        (_, "SendingPausedException") => fault("sending is paused in SES"),
        (_, "MailFromDomainNotVerifiedException") => fault(UNVERIFIED),
        (_, "NotFoundException") => fault("SES knows no such configuration set or identity"),
        (401 | 403, _) => fault("SES does not accept our credentials"),
        _ => unavailable(format!("SES answered {status}")),
    };
    Failed::All(result)
}

/// What one entry's result means. The reference and the service's model call
/// three of the statuses by different names.
/// Source: SES API v2, BulkEmailEntryResult and BulkEmailStatus.
pub(super) fn entry(entry: &BulkEmailEntryResult) -> SendResult {
    let status = entry.status.as_ref().map(BulkEmailStatus::as_str);
    let status = status.unwrap_or_default();
    if status != SUCCESS && entry.message_id.is_some() {
        return unclear("SES told two things of one mail");
    }
    match status {
        SUCCESS => SendResult::Accepted,
        "MESSAGE_REJECTED" => match entry.error().unwrap_or_default().contains(NOT_VERIFIED) {
            true => fault(UNVERIFIED),
            false => refused("SES rejected the mail"),
        },
        "INVALID_PARAMETER" | "INVALID_PARAMETER_VALUE" => {
            refused("SES takes the mail or its address for invalid")
        }
        "ACCOUNT_THROTTLED" => throttled("SES takes fewer mails per second"),
        "TRANSIENT_FAILURE" => unsent("SES has a transient failure"),
        "FAILED" => unsent("SES could not process the mail"),
        "ACCOUNT_DAILY_QUOTA_EXCEEDED" => fault("SES's quota of the day is exhausted"),
        "ACCOUNT_SENDING_PAUSED" => fault("sending is paused in SES"),
        "ACCOUNT_SUSPENDED" => fault("the SES account is suspended"),
        "CONFIGURATION_SET_NOT_FOUND" | "CONFIGURATION_SET_DOES_NOT_EXIST" => {
            fault("SES knows no such configuration set")
        }
        "CONFIGURATION_SET_SENDING_PAUSED" => {
            fault("sending is paused for the configuration set in SES")
        }
        "INVALID_SENDING_POOL_NAME" => fault("the configuration set in SES names no known IP pool"),
        "MAIL_FROM_DOMAIN_NOT_VERIFIED" => fault(UNVERIFIED),
        "TEMPLATE_NOT_FOUND" | "TEMPLATE_DOES_NOT_EXIST" => fault("SES did not find the template"),
        _ => unclear("SES told a status that nobody knows"),
    }
}

const UNVERIFIED: &str = "SES has not verified the sender, or the account is in its sandbox";

type Reason = std::borrow::Cow<'static, str>;

pub(super) fn refused(reason: impl Into<Reason>) -> SendResult {
    let reason = reason.into();
    SendResult::Refused { reason }
}

pub(super) fn fault(reason: impl Into<Reason>) -> SendResult {
    let reason = reason.into();
    SendResult::AccountFault { reason }
}

pub(super) fn unavailable(reason: impl Into<Reason>) -> SendResult {
    let reason = reason.into();
    SendResult::Unavailable { reason }
}

fn throttled(reason: impl Into<Reason>) -> SendResult {
    let reason = reason.into();
    SendResult::Throttled { reason }
}

fn unsent(reason: impl Into<Reason>) -> SendResult {
    let reason = reason.into();
    SendResult::Unsent { reason }
}

pub(super) fn unexplained(reason: impl Into<Reason>) -> SendResult {
    let reason = reason.into();
    SendResult::Unexplained { reason }
}

fn unclear(reason: impl Into<Reason>) -> SendResult {
    let reason = reason.into();
    SendResult::Unclear { reason }
}
