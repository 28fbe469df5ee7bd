//! The production adapter for SES, as a process reaches SES by it.

mod endpoint;
mod protocol;

use std::sync::Arc;

use async_trait::async_trait;
use aws_credential_types::provider::{
    error::CredentialsError, future::ProvideCredentials as ProvidedCredentials,
};
use aws_sdk_sesv2::config::{
    BehaviorVersion, Credentials, IdentityCache, ProvideCredentials, Region,
    SharedCredentialsProvider, StalledStreamProtectionConfig, retry::RetryConfig,
};
use aws_types::SdkConfig;
use delivery::mail::{
    BulkMail, Email, IssueCall, MailSender, QuotaUnknown, SendQuota, SendResult, Ses,
};

use self::endpoint::Endpoint;
use crate::{
    account::Departures,
    life::Life,
    mail::{MailSide, about, spoil},
    planted::Planted,
    setup::STAGE,
};

/// Few, so that a claim is small and a shard has several.
const READERS_PER_CALL: u16 = 4;
/// In mails per second.
const NO_LIMIT: f64 = 1e6;

/// See the module.
pub(crate) struct ReachedSes {
    life: Arc<Life>,
    side: Arc<MailSide>,
    ses: Ses,
    departures: Option<Departures>,
}

impl ReachedSes {
    /// SES, as the process of `life` reaches it.
    pub(crate) fn new(
        life: &Arc<Life>,
        side: &Arc<MailSide>,
        departures: Option<Departures>,
    ) -> Self {
        let endpoint = Endpoint {
            life: Arc::clone(life),
            side: Arc::clone(side),
        };
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(Keys(Arc::clone(side))))
            // Each request asks for them: they can be out of reach.
            .identity_cache(IdentityCache::no_cache())
            .retry_config(RetryConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .http_client(endpoint)
            .build();
        Self {
            life: Arc::clone(life),
            side: Arc::clone(side),
            ses: Ses::new(&config, STAGE, None),
            departures,
        }
    }
}

/// Credentials, which cannot be had while the mail side is away.
#[derive(Debug)]
struct Keys(Arc<MailSide>);

impl ProvideCredentials for Keys {
    fn provide_credentials<'a>(&'a self) -> ProvidedCredentials<'a>
    where
        Self: 'a,
    {
        ProvidedCredentials::ready(match self.0.world.mail_is_away() {
            true => Err(CredentialsError::provider_error("no answer")),
            false => Ok(Credentials::from_keys("key", "secret", None)),
        })
    }
}

#[async_trait]
impl MailSender for ReachedSes {
    async fn send(&self, email: &Email) -> SendResult {
        let (id, about) = (email.message_id.clone(), about(email));
        self.side.memory().composed.insert(id, about);
        let result = self.life.act(self.ses.send(email)).await;
        spoil(&self.side.world, result)
    }

    fn bulk(&self) -> Option<&dyn BulkMail> {
        Some(self)
    }

    async fn quota(&self) -> Result<Option<SendQuota>, QuotaUnknown> {
        let quota = self.life.act(self.ses.quota()).await?;
        let world = &self.side.world;
        Ok(quota.map(|quota| SendQuota {
            per_second: match world.has(Planted::RateIgnored) {
                true => NO_LIMIT,
                false => quota.per_second,
            },
            today: quota.today.filter(|_| !world.has(Planted::DayIgnored)),
        }))
    }
}

#[async_trait]
impl BulkMail for ReachedSes {
    fn readers_per_call(&self) -> u16 {
        READERS_PER_CALL
    }

    async fn send_issue(&self, call: &IssueCall<'_>) -> Vec<SendResult> {
        if let Some(departures) = &self.departures {
            let side = &self.side;
            departures.judge(&side.world, &side.account, true, call.readers.len());
        }
        self.life.passes_mail();
        let mut results = self.life.act(self.ses.send_issue(call)).await;
        if self.side.world.has(Planted::ResultsShifted) && !results.is_empty() {
            results.rotate_right(1);
        }
        results
            .into_iter()
            .map(|result| match result {
                SendResult::Unsent { .. } | SendResult::Refused { .. }
                    if self.side.world.has(Planted::EntryFailuresIgnored) =>
                {
                    SendResult::Accepted
                }
                result => spoil(&self.side.world, result),
            })
            .collect()
    }
}
