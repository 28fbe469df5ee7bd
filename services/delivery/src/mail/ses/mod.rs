//! The mail side as SES (API v2).
//!
//! An issue goes out by `SendBulkEmail` with an inline template, a confirmation
//! by `SendEmail` with the message that SMTP would get: so its headers and
//! encodings are ours in one place. SES puts its own `Message-ID` and `Date`
//! into both. SES has no idempotency token, so the SDK retries nothing.

mod bulk;
mod classify;
mod entries;
mod handed_over;
mod template;

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sesv2::{
    Client,
    config::{
        BehaviorVersion, Builder, http::HttpResponse, retry::RetryConfig, timeout::TimeoutConfig,
    },
    error::{ProvideErrorMetadata, SdkError},
    operation::get_account::GetAccountError,
    primitives::Blob,
    types::{EmailContent, RawMessage},
};
use aws_types::SdkConfig;

use self::{
    classify::{Failed, failed, refused},
    handed_over::HandedOver,
};
use super::{
    ANSWER_LIMIT, BulkMail, Email, MailSender, MailTags, QuotaUnknown, SendQuota, SendResult,
    Sender, Today,
    encoded_word::{encode, looks_encoded},
};

/// For a connection.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// Sends mails by SES.
#[derive(Debug, Clone)]
pub struct Ses {
    client: Client,
    stage: String,
    configuration_set: Option<String>,
    /// Whether an issue goes to many readers in one call.
    is_bulk: bool,
}

/// Why one is refused whose mail cannot be written down.
const INCOMPLETE: &str = "the mail cannot be composed";

/// Why one is refused whom SES rejects.
const REJECTED: &str = "SES rejects the mail or its address";

/// Why an issue pauses whose account has a quota of nothing.
const NOTHING: &str = "the SES account may send nothing";

impl Ses {
    /// Sends with the region, credentials, endpoint and HTTP client of `config`,
    /// and with its own time-outs and without retries; through
    /// `configuration_set`, where one is named. `stage` is the deployment: it goes
    /// along as a tag of each mail, so that feedback is heeded by that deployment
    /// alone.
    pub fn new(config: &SdkConfig, stage: &str, configuration_set: Option<String>) -> Self {
        let limits = TimeoutConfig::builder()
            .connect_timeout(CONNECT_LIMIT)
            .operation_timeout(ANSWER_LIMIT)
            .operation_attempt_timeout(ANSWER_LIMIT);
        let config = Builder::from(config)
            .behavior_version(BehaviorVersion::latest())
            .retry_config(RetryConfig::disabled())
            .timeout_config(limits.build());
        Self {
            client: Client::from_conf(config.build()),
            stage: stage.to_owned(),
            configuration_set,
            is_bulk: true,
        }
    }

    /// The same, by which an issue goes to one reader a call (`SendEmail`), as the
    /// message that SMTP would get: for an endpoint that leaves out the headers of
    /// `SendBulkEmail`'s entries, so that nobody could unsubscribe by a button, as
    /// emulators of SES do. SES itself takes the headers, and 50 readers a call.
    #[must_use]
    pub fn one_by_one(self) -> Self {
        Self {
            is_bulk: false,
            ..self
        }
    }
}

/// The sender as SES takes it: in ASCII.
fn from(sender: &Sender) -> String {
    match sender.name() {
        Some(name) if !name.is_ascii() || looks_encoded(name) => {
            let name = encode(name).replace("\r\n", "");
            format!("{name} <{}>", sender.address())
        }
        _ => sender.mailbox().to_string(),
    }
}

#[async_trait]
impl MailSender for Ses {
    async fn send(&self, email: &Email) -> SendResult {
        let message = match email.to_mime() {
            Ok(message) => message.formatted(),
            Err(error) => return refused(error.to_string()),
        };
        let destination = match entries::destination(email.to.expose()) {
            Ok(destination) => destination,
            Err(reason) => return refused(reason),
        };
        let raw = match RawMessage::builder().data(Blob::new(message)).build() {
            Ok(raw) => raw,
            Err(_) => return refused(INCOMPLETE),
        };
        let tags = match entries::tags(&email.tags, &self.stage) {
            Ok(tags) => tags,
            Err(_) => return refused(INCOMPLETE),
        };
        let handed_over = HandedOver::default();
        let sent = self
            .client
            .send_email()
            .from_email_address(from(&email.from))
            .destination(destination)
            .content(EmailContent::builder().raw(raw).build())
            .set_email_tags(Some(tags))
            .set_configuration_set_name(self.configuration_set.clone())
            .customize()
            .interceptor(handed_over.clone())
            .send()
            .await;
        match sent.as_ref().map_err(|error| failed(error, &handed_over)) {
            Ok(_) => SendResult::Accepted,
            Err(Failed::All(result)) => result,
            Err(Failed::Rejected(rejected)) => match email.tags {
                MailTags::Issue { .. } => bulk::of_one(rejected),
                // There are no others whose mails could tell.
                MailTags::Confirmation { .. } => refused(REJECTED),
            },
        }
    }

    fn bulk(&self) -> Option<&dyn BulkMail> {
        self.is_bulk.then_some(self as &dyn BulkMail)
    }

    async fn quota(&self) -> Result<Option<SendQuota>, QuotaUnknown> {
        let handed_over = HandedOver::default();
        let call = self.client.get_account().customize();
        let told = call.interceptor(handed_over.clone()).send().await;
        let account = told.map_err(|error| unknown(&error, &handed_over))?;
        let Some(quota) = account.send_quota else {
            return Ok(None);
        };
        // -1 stands for no limit.
        let is_limited = quota.max24_hour_send >= 0.0;
        if quota.max_send_rate <= 0.0 || is_limited && quota.max24_hour_send < 1.0 {
            return Err(QuotaUnknown::AccountFault(NOTHING.into()));
        }
        let left = (quota.max24_hour_send - quota.sent_last24_hours).max(0.0) as u64;
        Ok(Some(SendQuota {
            per_second: quota.max_send_rate,
            today: is_limited.then_some(Today {
                most: quota.max24_hour_send as u64,
                left,
            }),
        }))
    }
}

/// Why an account's quota is not known.
fn unknown(
    error: &SdkError<GetAccountError, HttpResponse>,
    handed_over: &HandedOver,
) -> QuotaUnknown {
    let code = error.code().unwrap_or("no answer");
    match failed(error, handed_over) {
        // It is another right than the one to send.
        Failed::All(SendResult::AccountFault { .. }) if code == "AccessDeniedException" => {
            QuotaUnknown::AccountFault("SES does not let us read its quota (ses:GetAccount)".into())
        }
        Failed::All(SendResult::AccountFault { reason }) => QuotaUnknown::AccountFault(reason),
        Failed::All(_) | Failed::Rejected(_) => QuotaUnknown::ForNow(code.to_owned()),
    }
}
