//! An issue to many readers in one request.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sesv2::types::{
    BulkEmailContent, BulkEmailEntry, BulkEmailEntryResult, EmailTemplateContent, Template,
};
use tokio::time::Instant;

use super::{
    super::{ANSWER_LIMIT, BulkMail, IssueCall, IssueMail, SEND_LIMIT, SendResult, Withdrawal},
    REJECTED, Ses,
    classify::{self, Failed, Rejected, failed, fault, refused, unavailable, unexplained},
    entries::{self, MAX_ENTRIES, in_json},
    from,
    handed_over::HandedOver,
    template::SesTemplate,
};

/// After a request that SES rejected as a whole: how long its mails go one by one.
const SINGLES_LIMIT: Duration = Duration::from_secs(30);
const _: () = assert!(
    2 * ANSWER_LIMIT.as_secs() + SINGLES_LIMIT.as_secs() < SEND_LIMIT.as_secs(),
    "a request, the singles and the last of them take less than a mail may take"
);

/// The most bytes of a request. Source: SES API v2 takes 1 MB with an inline
/// template.
const MAX_REQUEST: usize = 1_000_000;
/// The most of these for the template, in JSON: it leaves room for an entry.
const MAX_TEMPLATE: usize = 900_000;

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
            known.push(match entries::entry(call, reader, &self.stage) {
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
            let request = Request {
                ses: self,
                issue: call.issue,
                template: &template,
                withdrawal: call.withdrawal,
            };
            sent = request.send_entries(entries).await;
        }
        let mut sent = sent.into_iter();
        let each = known.into_iter().map(|known| known.or_else(|| sent.next()));
        each.collect::<Option<_>>().unwrap_or_default()
    }
}

/// What is the same for every entry.
struct Request<'a> {
    ses: &'a Ses,
    issue: &'a IssueMail,
    template: &'a SesTemplate,
    withdrawal: &'a Withdrawal,
}

impl Request<'_> {
    /// Sends to all of `entries`. SES rejects a request as a whole where one
    /// address is not to its taste: nothing left then, and each goes by itself, so
    /// that one reader does not stop all others.
    async fn send_entries(&self, entries: Vec<BulkEmailEntry>) -> Vec<SendResult> {
        let count = entries.len();
        match self.send(entries.clone()).await {
            Ok(results) => results,
            Err(Failed::All(result)) => vec![result; count],
            Err(Failed::Rejected(rejected)) if count == 1 => vec![of_one(rejected)],
            Err(Failed::Rejected(Rejected::Issue)) => vec![fault(ISSUE_REJECTED); count],
            Err(Failed::Rejected(_)) => self.send_singly(entries).await,
        }
    }

    /// Sends to one after the other, up to the first answer that is not about a
    /// reader.
    async fn send_singly(&self, entries: Vec<BulkEmailEntry>) -> Vec<SendResult> {
        let until = Instant::now() + SINGLES_LIMIT;
        let count = entries.len();
        let mut all = Vec::with_capacity(count);
        for entry in entries {
            if Instant::now() >= until || self.withdrawal.is_so() {
                break;
            }
            let result = match self.send(vec![entry]).await {
                Ok(results) => results.into_iter().next(),
                Err(Failed::All(result)) => Some(result),
                Err(Failed::Rejected(rejected)) => Some(of_one(rejected)),
            };
            let goes_on = result.as_ref().is_some_and(is_of_reader);
            all.extend(result);
            if !goes_on {
                break;
            }
        }
        if all.contains(&SendResult::Accepted) {
            // Not the issue's fault, then.
            for result in &mut all {
                if matches!(result, SendResult::Unexplained { .. }) {
                    *result = refused(REJECTED);
                }
            }
        }
        all.resize(count, unavailable("SES rejected mails of this call"));
        all
    }

    /// One result for each of `entries`.
    async fn send(&self, entries: Vec<BulkEmailEntry>) -> Result<Vec<SendResult>, Failed> {
        if self.withdrawal.is_so() {
            return Err(Failed::All(SendResult::withdrawn()));
        }
        let count = entries.len();
        let results = self.request(entries).await?;
        if results.len() != count {
            return Err(Failed::All(SendResult::Unclear {
                reason: "SES's results did not match the mails".into(),
            }));
        }
        Ok(results.iter().map(classify::entry).collect())
    }

    async fn request(
        &self,
        entries: Vec<BulkEmailEntry>,
    ) -> Result<Vec<BulkEmailEntryResult>, Failed> {
        let content = EmailTemplateContent::builder()
            .subject(&self.template.subject)
            .text(&self.template.text)
            .html(&self.template.html);
        let template = Template::builder()
            .template_content(content.build())
            // Each entry has all values.
            .template_data("{}");
        let content = BulkEmailContent::builder().template(template.build());
        let handed_over = HandedOver::default();
        let sent = self
            .ses
            .client
            .send_bulk_email()
            .from_email_address(from(&self.issue.from))
            .default_content(content.build())
            .set_bulk_email_entries(Some(entries))
            .set_configuration_set_name(self.ses.configuration_set.clone())
            .customize()
            .interceptor(handed_over.clone())
            .send()
            .await
            .map_err(|error| failed(&error, &handed_over))?;
        Ok(sent.bulk_email_entry_results)
    }
}

/// Why an issue pauses that SES rejects for whomever.
const ISSUE_REJECTED: &str = "SES rejects the issue";

/// What it means that SES rejects a request with one mail.
pub(super) fn of_one(rejected: Rejected) -> SendResult {
    match rejected {
        Rejected::Reader => refused(REJECTED),
        Rejected::Issue => fault(ISSUE_REJECTED),
        Rejected::Unknown => unexplained(ISSUE_REJECTED),
    }
}

/// Whether the next reader can fare better.
fn is_of_reader(result: &SendResult) -> bool {
    match result {
        SendResult::Accepted
        | SendResult::Refused { .. }
        | SendResult::Unsent { .. }
        | SendResult::Unexplained { .. } => true,
        SendResult::Unavailable { .. }
        | SendResult::Throttled { .. }
        | SendResult::AccountFault { .. }
        | SendResult::Unclear { .. } => false,
    }
}
