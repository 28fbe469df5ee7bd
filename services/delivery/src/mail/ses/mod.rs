//! The mail side as SES (API v2).
//!
//! An issue goes out by `SendBulkEmail` with an inline template, a confirmation
//! by `SendEmail` with the message that SMTP would get: so its headers and
//! encodings are ours in one place. SES puts its own `Message-ID` and `Date`
//! into both. SES has no idempotency token, so the SDK retries nothing.

mod classify;
mod entries;
mod template;

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sesv2::{
    Client,
    config::{
        BehaviorVersion, Builder, http::HttpResponse, retry::RetryConfig, timeout::TimeoutConfig,
    },
    error::SdkError,
    operation::send_bulk_email::SendBulkEmailError,
    primitives::Blob,
    types::{
        BulkEmailContent, BulkEmailEntry, BulkEmailEntryResult, EmailContent, EmailTemplateContent,
        RawMessage, Template,
    },
};
use aws_types::SdkConfig;
use tokio::time::Instant;

use self::{
    classify::{Failed, failed, fault, refused, unavailable},
    entries::{MAX_ENTRIES, in_json},
    template::SesTemplate,
};
use super::{
    BulkMail, Email, IssueCall, IssueMail, MailSender, QuotaUnknown, SEND_LIMIT, SendQuota,
    SendResult, Sender,
    encoded_word::{encode, looks_encoded},
};

/// For a connection.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// For a call as a whole.
const CALL_LIMIT: Duration = Duration::from_secs(30);
/// After a call that SES rejected as a whole: how long its mails go one by one.
const SINGLES_LIMIT: Duration = Duration::from_secs(30);
const _: () = assert!(
    2 * CALL_LIMIT.as_secs() + SINGLES_LIMIT.as_secs() < SEND_LIMIT.as_secs(),
    "a call, the singles and the last of them take less than a mail may take"
);

/// The most bytes of a request. Source: SES API v2 takes 1 MB with an inline
/// template.
const MAX_REQUEST: usize = 1_000_000;
/// The most of these for the template, in JSON: it leaves room for an entry.
const MAX_TEMPLATE: usize = 900_000;

/// Sends mails by SES.
#[derive(Debug, Clone)]
pub struct Ses {
    client: Client,
    configuration_set: Option<String>,
}

/// What a bulk call came to.
type Bulk = Result<Vec<BulkEmailEntryResult>, SdkError<SendBulkEmailError, HttpResponse>>;

impl Ses {
    /// Sends with the region, credentials, endpoint and HTTP client of `config`,
    /// and with its own time-outs and without retries; through
    /// `configuration_set`, where one is named.
    pub fn new(config: &SdkConfig, configuration_set: Option<String>) -> Self {
        let limits = TimeoutConfig::builder()
            .connect_timeout(CONNECT_LIMIT)
            .operation_timeout(CALL_LIMIT)
            .operation_attempt_timeout(CALL_LIMIT);
        let config = Builder::from(config)
            .behavior_version(BehaviorVersion::latest())
            .retry_config(RetryConfig::disabled())
            .timeout_config(limits.build());
        Self {
            client: Client::from_conf(config.build()),
            configuration_set,
        }
    }

    async fn call(
        &self,
        issue: &IssueMail,
        template: &SesTemplate,
        entries: Vec<BulkEmailEntry>,
    ) -> Bulk {
        let content = EmailTemplateContent::builder()
            .subject(&template.subject)
            .text(&template.text)
            .html(&template.html);
        let template = Template::builder()
            .template_content(content.build())
            // Each entry has all values.
            .template_data("{}");
        let content = BulkEmailContent::builder().template(template.build());
        let sent = self
            .client
            .send_bulk_email()
            .from_email_address(from(&issue.from))
            .default_content(content.build())
            .set_bulk_email_entries(Some(entries))
            .set_configuration_set_name(self.configuration_set.clone())
            .send()
            .await?;
        Ok(sent.bulk_email_entry_results)
    }

    /// Sends to all of `entries`. SES rejects a call as a whole where one address
    /// is not to its taste: nothing left then, and each goes by itself, so that
    /// one reader does not stop all others.
    async fn send_entries(
        &self,
        issue: &IssueMail,
        template: &SesTemplate,
        entries: Vec<BulkEmailEntry>,
    ) -> Vec<SendResult> {
        let count = entries.len();
        match results(&self.call(issue, template, entries.clone()).await, count) {
            Ok(results) => results,
            Err(Failed::All(result)) => vec![result; count],
            Err(Failed::Rejected) if count == 1 => vec![refused(REJECTED)],
            Err(Failed::Rejected) => self.send_singly(issue, template, entries).await,
        }
    }

    async fn send_singly(
        &self,
        issue: &IssueMail,
        template: &SesTemplate,
        entries: Vec<BulkEmailEntry>,
    ) -> Vec<SendResult> {
        let until = Instant::now() + SINGLES_LIMIT;
        let count = entries.len();
        let mut all = Vec::with_capacity(count);
        for entry in entries {
            if Instant::now() >= until {
                break;
            }
            match results(&self.call(issue, template, vec![entry]).await, 1) {
                Ok(results) => all.extend(results),
                Err(Failed::All(result)) => all.push(result),
                Err(Failed::Rejected) => all.push(refused(REJECTED)),
            }
        }
        if all.iter().all(|result| *result == refused(REJECTED)) {
            // Not the readers' fault, then: nobody is to be failed for it.
            return vec![fault("SES rejects the issue"); count];
        }
        all.resize(count, unavailable("SES rejected mails of this call"));
        all
    }
}

/// Why one is refused whom SES rejects.
const REJECTED: &str = "SES rejects the mail or its address";

/// One result for each of `count` entries.
fn results(sent: &Bulk, count: usize) -> Result<Vec<SendResult>, Failed> {
    match sent {
        Ok(results) if results.len() == count => Ok(results.iter().map(classify::entry).collect()),
        Ok(_) => Err(Failed::All(SendResult::Unclear {
            reason: "SES's results did not match the mails".into(),
        })),
        Err(error) => Err(failed(error)),
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
impl BulkMail for Ses {
    fn readers_per_call(&self) -> u16 {
        MAX_ENTRIES
    }

    async fn send_issue(&self, call: &IssueCall<'_>) -> Vec<SendResult> {
        let template = SesTemplate::new(call.issue);
        let parts = [&template.subject, &template.text, &template.html];
        let size = parts.iter().map(|part| in_json(part)).sum::<usize>();
        if size > MAX_TEMPLATE {
            return vec![fault("the issue is too large for SES"); call.readers.len()];
        }
        let mut room = MAX_REQUEST - size;
        let mut entries = Vec::new();
        let mut known = Vec::new();
        for reader in call.readers {
            known.push(match entries::entry(call, reader) {
                Err(reason) => Some(refused(reason)),
                Ok((_, size)) if size > room || entries.len() >= MAX_ENTRIES.into() => {
                    Some(unavailable("there was no room in the request to SES"))
                }
                Ok((entry, size)) => {
                    room -= size;
                    entries.push(entry);
                    None
                }
            });
        }
        let mut sent = Vec::new();
        if !entries.is_empty() {
            sent = self.send_entries(call.issue, &template, entries).await;
        }
        let mut sent = sent.into_iter();
        let each = known.into_iter().map(|known| known.or_else(|| sent.next()));
        each.collect::<Option<_>>().unwrap_or_default()
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
            Err(_) => return refused("the mail cannot be composed"),
        };
        let sent = self
            .client
            .send_email()
            .from_email_address(from(&email.from))
            .destination(destination)
            .content(EmailContent::builder().raw(raw).build())
            .set_configuration_set_name(self.configuration_set.clone())
            .send()
            .await;
        match sent.as_ref().map_err(failed) {
            Ok(_) => SendResult::Accepted,
            Err(Failed::All(result)) => result,
            Err(Failed::Rejected) => refused(REJECTED),
        }
    }

    fn bulk(&self) -> Option<&dyn BulkMail> {
        Some(self)
    }

    async fn quota(&self) -> Result<Option<SendQuota>, QuotaUnknown> {
        let account = self.client.get_account().send().await.map_err(|error| {
            let code = aws_sdk_sesv2::error::ProvideErrorMetadata::code(&error);
            QuotaUnknown(code.unwrap_or("no answer").to_owned())
        })?;
        let quota = account.send_quota.filter(|quota| quota.max_send_rate > 0.0);
        Ok(quota.map(|quota| SendQuota {
            per_second: quota.max_send_rate,
            // -1 stands for no limit.
            left_today: (quota.max24_hour_send >= 0.0)
                .then(|| (quota.max24_hour_send - quota.sent_last24_hours).max(0.0) as u64),
        }))
    }
}
