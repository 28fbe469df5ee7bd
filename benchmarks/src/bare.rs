//! The same calls of SES, and nothing else.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use async_trait::async_trait;
use delivery::mail::{
    BulkMail, Email, IssueCall, IssueMail, MailSender, QuotaUnknown, Reader, SendQuota, SendResult,
    Withdrawal,
};
use futures::future::join_all;
use jiff::Timestamp;
use uuid::Uuid;

/// A mail side that remembers a call, to repeat it without a ledger.
#[derive(Clone)]
pub struct Recorder {
    mail: Arc<dyn MailSender>,
    seen: Arc<Mutex<Option<Seen>>>,
}

#[derive(Clone)]
struct Seen {
    issue: IssueMail,
    /// Id, address, name, link.
    readers: Vec<(Uuid, String, String, String)>,
}

impl Recorder {
    /// Remembers a call to `mail`.
    pub fn new(mail: Arc<dyn MailSender>) -> Self {
        Self {
            mail,
            seen: Arc::default(),
        }
    }

    /// Makes `calls` calls like the one that was seen, `at_a_time` of them; tells
    /// the mails of a second.
    pub async fn repeat(&self, calls: usize, at_a_time: usize) -> f64 {
        let seen = self.seen().clone().expect("a call was seen");
        let mails = seen.readers.len() * calls;
        let began = Instant::now();
        let each = (0..at_a_time).map(|shard| {
            let (recorder, seen) = (self.clone(), seen.clone());
            let calls = (shard..calls).step_by(at_a_time);
            tokio::spawn(async move {
                for claim in calls {
                    recorder.call(&seen, shard as u16, claim as u64).await;
                }
            })
        });
        for ended in join_all(each).await {
            ended.expect("it ends");
        }
        mails as f64 / began.elapsed().as_secs_f64()
    }

    fn seen(&self) -> MutexGuard<'_, Option<Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn call(&self, seen: &Seen, shard: u16, claim: u64) {
        let readers: Vec<_> = seen
            .readers
            .iter()
            .map(|(subscriber_id, email, name, unsubscribe_url)| Reader {
                subscriber_id: *subscriber_id,
                email,
                name,
                unsubscribe_url,
            })
            .collect();
        let bulk = self.mail.bulk().expect("a bulk mail side");
        let results = bulk
            .send_issue(&IssueCall {
                issue: &seen.issue,
                readers: &readers,
                shard,
                claim,
                now: Timestamp::now(),
                withdrawal: &Withdrawal::never(),
            })
            .await;
        assert!(results.iter().all(|one| *one == SendResult::Accepted));
    }
}

#[async_trait]
impl MailSender for Recorder {
    async fn send(&self, email: &Email) -> SendResult {
        self.mail.send(email).await
    }

    fn bulk(&self) -> Option<&dyn BulkMail> {
        self.mail.bulk().map(|_| self as &dyn BulkMail)
    }

    async fn quota(&self) -> Result<Option<SendQuota>, QuotaUnknown> {
        self.mail.quota().await
    }
}

#[async_trait]
impl BulkMail for Recorder {
    fn readers_per_call(&self) -> u16 {
        self.mail.bulk().map_or(1, BulkMail::readers_per_call)
    }

    async fn send_issue(&self, call: &IssueCall<'_>) -> Vec<SendResult> {
        {
            self.seen().get_or_insert_with(|| Seen {
                issue: call.issue.clone(),
                readers: call.readers.iter().map(owned).collect(),
            });
        }
        let bulk = self.mail.bulk().expect("a bulk mail side");
        bulk.send_issue(call).await
    }
}

fn owned(reader: &Reader<'_>) -> (Uuid, String, String, String) {
    (
        reader.subscriber_id,
        reader.email.to_owned(),
        reader.name.to_owned(),
        reader.unsubscribe_url.to_owned(),
    )
}
