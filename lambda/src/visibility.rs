//! When a message that was not handled comes again.

use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_types::SdkConfig;
use dynamo::describe;

use crate::{BadVariable, Environment};

/// The URLs of the queues that the function reads, separated by commas.
const QUEUE_URLS: &str = "PENNYPOST_QUEUE_URLS";

/// The wait before a message is tried again; it doubles with each try, up to
/// [`LONGEST`]. With 16 tries that is about 40 minutes.
const FIRST: Duration = Duration::from_secs(1);
/// The longest such wait.
const LONGEST: Duration = Duration::from_secs(300);

/// The queues of the function. Lambda leaves a message that was not handled
/// invisible for as long as the queue says, which is six times the function's
/// time-out: much too long after a conflict, and pointless where no other try
/// can help.
#[derive(Debug, Clone)]
pub(crate) struct Queues {
    client: Client,
    urls: Vec<String>,
}

/// A message that was not handled.
pub(crate) struct Unhandled<'a> {
    /// The ARN of its queue.
    pub(crate) queue: &'a str,
    /// What names this receipt of it.
    pub(crate) receipt: &'a str,
    /// When it is to come again.
    pub(crate) after: Duration,
}

impl Queues {
    pub(crate) fn new(sdk: &SdkConfig, environment: Environment) -> Result<Self, BadVariable> {
        let urls = environment.required(QUEUE_URLS)?;
        let urls = urls.split(',').map(|url| url.trim().to_owned());
        Ok(Self {
            client: Client::new(sdk),
            urls: urls.collect(),
        })
    }

    /// Has the message come again when it says. Where that fails, it comes when
    /// its invisibility ends.
    pub(crate) async fn put_back(&self, message: Unhandled<'_>) {
        let Some(url) = self.url_of(message.queue) else {
            tracing::error!(
                queue = message.queue,
                "{QUEUE_URLS} does not name this queue"
            );
            return;
        };
        let seconds = i32::try_from(message.after.as_secs()).unwrap_or(i32::MAX);
        let put_back = self.client.change_message_visibility();
        let put_back = put_back.queue_url(url).receipt_handle(message.receipt);
        if let Err(error) = put_back.visibility_timeout(seconds).send().await {
            let error = describe(&error);
            tracing::warn!(error, "a message keeps the visibility timeout of its queue");
        }
    }

    fn url_of(&self, arn: &str) -> Option<&str> {
        let name = arn.rsplit(':').next()?;
        let is_of_queue = |url: &&String| url.rsplit('/').next() == Some(name);
        self.urls.iter().find(is_of_queue).map(String::as_str)
    }
}

/// How long a message waits that was received `received` times.
pub(crate) fn backoff(received: u32) -> Duration {
    let doublings = received.saturating_sub(1).min(16);
    (FIRST * (1 << doublings)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_a_second_to_five_minutes() {
        let waits = [0, 1, 2, 3, 9, 10, u32::MAX].map(|it| backoff(it).as_secs());
        assert_eq!(waits, [1, 1, 2, 4, 256, 300, 300]);
        // The queues give up after 16.
        let all: u64 = (1..16).map(|it| backoff(it).as_secs()).sum();
        assert!((35 * 60..45 * 60).contains(&all), "{all}");
    }

    #[test]
    fn a_queue_is_found_by_its_name() {
        let sdk = SdkConfig::builder()
            .behavior_version(aws_config::BehaviorVersion::latest())
            .build();
        let environment = Environment::of(|name| {
            (name == QUEUE_URLS)
                .then(|| "https://sqs.example/1/changes, https://sqs.example/1/controls".into())
        });
        let queues = Queues::new(&sdk, environment).expect("URLs");
        let found = queues.url_of("arn:aws:sqs:eu-west-1:1:controls");
        assert_eq!(found, Some("https://sqs.example/1/controls"));
        assert_eq!(queues.url_of("arn:aws:sqs:eu-west-1:1:others"), None);
    }
}
