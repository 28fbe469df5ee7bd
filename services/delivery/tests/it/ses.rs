//! Our side of SES, against answers that follow a script.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, error::CredentialsError, future},
};
use delivery::mail::Ses;
use serde_json::{Value, json};
use tokio::time::Instant;
use uuid::Uuid;

use crate::support::{
    Answer, SesEndpoint, World, confirmed, pause, published, registered, resume, second, subscriber,
};

/// A world whose mail side is SES, with an issue for so many readers of shard 1.
pub(crate) async fn world(endpoint: &SesEndpoint, readers: u8) -> World {
    world_of(endpoint.client(), readers).await
}

/// The same, over SES as that client reaches it.
pub(crate) async fn world_of(ses: Ses, readers: u8) -> World {
    let mut world = World::new().await;
    for number in 0..readers {
        world.takes(&confirmed(16 * number + 1, 2, second(0))).await;
    }
    world.restart_with(Arc::new(ses));
    world.takes(&published(second(1))).await;
    world
}

/// The bulk calls that SES got.
pub(crate) fn bulk_calls(endpoint: &SesEndpoint) -> Vec<Value> {
    let requests = endpoint.requests().into_iter();
    let calls = requests.filter(|(path, _)| path == "/v2/email/outbound-bulk-emails");
    calls.map(|(_, body)| body).collect()
}

pub(crate) fn quota(per_second: f64) -> Answer {
    let quota =
        json!({"Max24HourSend": 50_000.0, "MaxSendRate": per_second, "SentLast24Hours": 0.0});
    Answer::Raw(200, json!({"SendQuota": quota}).to_string())
}

#[tokio::test(start_paused = true)]
async fn an_issue_goes_out_in_one_call_with_everything_of_each_reader() {
    let endpoint = SesEndpoint::answering([quota(10_000.0)]);
    let world = world(&endpoint, 3).await;
    world.walk_started().await;
    let calls = bulk_calls(&endpoint);
    assert_eq!(calls.len(), 1);
    let call = &calls[0];
    assert_eq!(call["ConfigurationSetName"], "letters");
    assert_eq!(call["FromEmailAddress"], "Penny Post <news@penny.example>");
    let template = &call["DefaultContent"]["Template"]["TemplateContent"];
    assert_eq!(template["Subject"], "The first issue");
    assert!(template["Text"].as_str().expect("text").contains("{{n}}"));
    let entry = &call["BulkEmailEntries"][0];
    let values =
        &entry["ReplacementEmailContent"]["ReplacementTemplate"]["ReplacementTemplateData"];
    let values: Value = serde_json::from_str(values.as_str().expect("text")).expect("JSON");
    for key in ["n", "h", "u", "v", "l", "r", "b"] {
        assert!(values[key].is_string(), "{key}");
    }
    assert_eq!(tags_of(&entry["ReplacementTags"])["stage"], "test");
    let names = |list: &str| -> Vec<String> {
        let list = entry[list].as_array().expect("a list").iter();
        list.map(|one| one["Name"].as_str().expect("a name").to_owned())
            .collect()
    };
    assert_eq!(
        names("ReplacementHeaders"),
        ["List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"]
    );
    assert_eq!(
        names("ReplacementTags"),
        ["stage", "issue", "shard", "claim", "subscriber"]
    );
    let last = world.progress().await.pop().expect("a report");
    assert_eq!((last.counts.accepted, last.counts.held), (3, 0));
}

#[tokio::test(start_paused = true)]
async fn each_entry_has_its_own_result_and_what_failed_for_now_is_sent_again() {
    let first = vec![
        "SUCCESS",
        "MESSAGE_REJECTED",
        "TRANSIENT_FAILURE",
        "FAILED",
        "NEVER_HEARD_OF",
    ];
    let endpoint = SesEndpoint::answering([quota(10_000.0), Answer::Entries(first)]);
    let world = world(&endpoint, 5).await;
    world.walk_started().await;
    let last = world.progress().await.pop().expect("a report");
    let counts = last.counts;
    assert_eq!((counts.accepted, counts.failed, counts.held), (3, 1, 1));
    let told = format!("{:?}", world.exceptions().await);
    assert!(!told.contains("reader@"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_fault_of_the_account_pauses_the_issue_and_says_why() {
    for (status, reason) in [
        ("ACCOUNT_DAILY_QUOTA_EXCEEDED", "quota of the day"),
        ("ACCOUNT_SENDING_PAUSED", "paused"),
        ("ACCOUNT_SUSPENDED", "suspended"),
        ("MAIL_FROM_DOMAIN_NOT_VERIFIED", "verified"),
        ("CONFIGURATION_SET_NOT_FOUND", "configuration set"),
        ("CONFIGURATION_SET_DOES_NOT_EXIST", "configuration set"),
        ("CONFIGURATION_SET_SENDING_PAUSED", "paused"),
        ("TEMPLATE_NOT_FOUND", "template"),
        ("INVALID_SENDING_POOL_NAME", "pool"),
    ] {
        let answer = Answer::Entries(vec!["SUCCESS", status]);
        let endpoint = SesEndpoint::answering([quota(10_000.0), answer]);
        let world = world(&endpoint, 2).await;
        world.walk_started().await;
        let last = world.progress().await.pop().expect("a report");
        let told = last.reason.unwrap_or_default();
        assert!(told.contains(reason), "{status}: {told}");
        assert_eq!((last.counts.pending, last.counts.held), (1, 0), "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_not_answered_is_made_once_and_holds_its_readers() {
    for answer in [
        Answer::Never,
        Answer::Reset,
        Answer::Error(500, "InternalFailure", ""),
        Answer::Error(503, "ServiceUnavailable", ""),
        Answer::Raw(200, "{".to_owned()),
        Answer::Entries(vec!["SUCCESS"]),
    ] {
        let endpoint = SesEndpoint::answering([quota(10_000.0), answer]);
        let world = world(&endpoint, 2).await;
        world.walk_started().await;
        assert_eq!(bulk_calls(&endpoint).len(), 1, "no call is made again");
        let last = world.progress().await.pop().expect("a report");
        assert_eq!((last.counts.accepted, last.counts.held), (0, 2));
    }
}

#[tokio::test(start_paused = true)]
async fn a_throttled_call_left_nothing_and_is_made_again_later() {
    for (status, code) in [
        (429, "TooManyRequestsException"),
        (400, "ThrottlingException"),
    ] {
        let throttled = Answer::Error(status, code, "Maximum sending rate exceeded.");
        let endpoint = SesEndpoint::answering([quota(10_000.0), throttled.clone(), throttled]);
        let world = world(&endpoint, 2).await;
        world.walk_started().await;
        assert_eq!(bulk_calls(&endpoint).len(), 3);
        let last = world.progress().await.pop().expect("a report");
        assert_eq!((last.counts.accepted, last.counts.held), (2, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn one_address_that_ses_rejects_costs_nobody_else_their_mail() {
    let bad = Answer::Error(
        400,
        "BadRequestException",
        "Illegal address: reader@example.com",
    );
    let endpoint = SesEndpoint::answering([
        quota(10_000.0),
        bad.clone(),
        Answer::Entries(vec!["SUCCESS"]),
        bad,
        Answer::Entries(vec!["SUCCESS"]),
    ]);
    let world = world(&endpoint, 3).await;
    world.walk_started().await;
    let last = world.progress().await.pop().expect("a report");
    let counts = last.counts;
    assert_eq!((counts.accepted, counts.failed, counts.held), (2, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn readers_whose_addresses_ses_rejects_fail_and_do_not_pause_the_issue_alone_in_a_claim() {
    for message in [
        "Local address contains illegal character in string 'template..b'",
        "Missing final '@domain'",
        "Domain starts with dot",
        "Illegal address: template..b@example.com",
    ] {
        let bad = || Answer::Error(400, "BadRequestException", message);
        let endpoint = SesEndpoint::answering([quota(10_000.0), bad(), bad(), bad()]);
        let world = world(&endpoint, 2).await;
        world.walk_started().await;
        let last = world.progress().await.pop().expect("a report");
        assert_eq!(last.reason, None, "{message}");
        assert_eq!((last.counts.pending, last.counts.failed), (0, 2));
    }
}

#[tokio::test(start_paused = true)]
async fn an_issue_that_ses_rejects_for_everybody_pauses_and_fails_nobody() {
    for (message, readers, calls) in [
        ("Template is bad", 1, 1),
        ("Template is bad", 2, 1),
        // One request for all, and then one for each.
        ("something is not well", 6, 7),
        // Tried again up to the fifth time.
        ("something is not well", 1, 5),
    ] {
        let bad = || Answer::Error(400, "BadRequestException", message);
        let script = [quota(10_000.0)].into_iter().chain((0..100).map(|_| bad()));
        let endpoint = SesEndpoint::answering(script);
        let world = world(&endpoint, readers).await;
        world.walk_started().await;
        assert_eq!(bulk_calls(&endpoint).len(), calls, "{message}");
        let last = world.progress().await.pop().expect("a report");
        assert_eq!(last.reason.as_deref(), Some("SES rejects the issue"));
        assert_eq!(last.counts.pending, u64::from(readers));
    }
}

#[tokio::test(start_paused = true)]
async fn an_issue_that_ses_rejects_for_one_reader_after_the_other_pauses_and_fails_nobody() {
    let bad = || Answer::Error(400, "BadRequestException", "something is not well");
    let script = [quota(10.0)].into_iter().chain((0..100).map(|_| bad()));
    let endpoint = SesEndpoint::answering(script);
    let world = world(&endpoint, 12).await;
    world.walk_started().await;
    assert_eq!(bulk_calls(&endpoint).len(), 5);
    let last = world.progress().await.pop().expect("a report");
    assert_eq!(last.reason.as_deref(), Some("SES rejects the issue"));
    assert_eq!((last.counts.pending, last.counts.failed), (12, 0));
    world.takes(&resume(1)).await;
    world.walk_started().await;
    let last = world.progress().await.pop().expect("a report");
    assert_eq!(bulk_calls(&endpoint).len(), 10, "it begins anew");
    assert_eq!((last.counts.pending, last.counts.failed), (12, 0));
}

#[tokio::test(start_paused = true)]
async fn a_rejection_that_names_nobody_among_accepted_mails_is_tried_again() {
    let bad = || Answer::Error(400, "BadRequestException", "something is not well");
    let endpoint = SesEndpoint::default();
    endpoint.tells_of_the_account([quota(10.0)]);
    let fine = || Answer::Entries(vec!["SUCCESS"]);
    endpoint.follows((0..6).flat_map(|_| [bad(), fine()]));
    let world = world(&endpoint, 12).await;
    world.walk_started().await;
    let last = world.progress().await.pop().expect("a report");
    assert_eq!(last.reason, None);
    assert_eq!((last.counts.accepted, last.counts.failed), (12, 0));
}

#[tokio::test(start_paused = true)]
async fn single_calls_end_at_the_first_answer_that_is_not_about_a_reader() {
    let bad = || Answer::Error(400, "BadRequestException", "Illegal address");
    let endpoint = SesEndpoint::answering([
        quota(10_000.0),
        bad(),
        Answer::Entries(vec!["SUCCESS"]),
        Answer::Error(400, "SendingPausedException", ""),
    ]);
    let world = world(&endpoint, 5).await;
    world.walk_started().await;
    assert_eq!(bulk_calls(&endpoint).len(), 3);
    let last = world.progress().await.pop().expect("a report");
    assert_eq!(last.reason.as_deref(), Some("sending is paused in SES"));
    assert_eq!((last.counts.pending, last.counts.accepted), (4, 1));
}

#[tokio::test(start_paused = true)]
async fn single_calls_end_soon_after_a_pause_and_at_once_where_the_process_stops() {
    for stops in [false, true] {
        let bad = Answer::Error(400, "BadRequestException", "Illegal address");
        let slowly = (0..20).map(|_| Answer::Slowly(Duration::from_millis(800)));
        let endpoint = SesEndpoint::answering([quota(10_000.0), bad].into_iter().chain(slowly));
        let world = world(&endpoint, 15).await;
        let run = world.started().remove(0);
        world.app.steps().plan(&run).await.expect("planned");
        let ending = async {
            while bulk_calls(&endpoint).len() < 4 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            match stops {
                true => world.app.steps().stop(),
                false => world.takes(&pause(1)).await,
            }
            Instant::now()
        };
        let (sent, asked) = tokio::join!(world.send(&run, 1), ending);
        sent.expect("settled");
        let most = if stops { 1_000 } else { 2_000 };
        assert!(asked.elapsed() < Duration::from_millis(most));
        assert!(bulk_calls(&endpoint).len() <= 6);
        assert_eq!(world.exceptions().await.len(), 0, "nobody is held");
    }
}

/// Credentials that cannot be had for now.
#[derive(Debug)]
struct Missing(Arc<AtomicUsize>);

impl ProvideCredentials for Missing {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let before = self.0.fetch_add(1, Ordering::Relaxed);
        future::ProvideCredentials::ready(match before {
            0..2 => Err(CredentialsError::provider_error("no answer")),
            _ => Ok(Credentials::from_keys("key", "secret", None)),
        })
    }
}

#[tokio::test(start_paused = true)]
async fn without_credentials_nothing_left_and_it_goes_out_as_soon_as_there_are_some() {
    let endpoint = SesEndpoint::default();
    let mut world = World::new().await;
    world.takes(&confirmed(1, 2, second(0))).await;
    world.send_rate = Some("1000".parse().expect("a rate"));
    let asked = Arc::new(AtomicUsize::new(0));
    world.restart_with(Arc::new(endpoint.client_of(Missing(asked.clone()))));
    world.takes(&published(second(1))).await;
    world.walk_started().await;
    assert!(asked.load(Ordering::Relaxed) > 2);
    let last = world.progress().await.pop().expect("a report");
    assert_eq!((last.counts.accepted, last.counts.held), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_confirmation_is_the_mail_that_smtp_would_get() {
    let endpoint = SesEndpoint::default();
    let mut world = World::new().await;
    world.restart_with(Arc::new(endpoint.client()));
    world.takes(&registered(7, 7, 1, second(100))).await;
    let requests = endpoint.requests();
    assert_eq!(requests[0].0, "/v2/email/outbound-emails");
    assert!(requests[0].1["Content"]["Raw"]["Data"].is_string());
    let tags = tags_of(&requests[0].1["EmailTags"]);
    assert_eq!(tags["stage"], "test");
    assert_eq!(tags["subscriber"], subscriber(7).to_string());
    assert_eq!(tags["event"], Uuid::from_u128(7).to_string());
    assert_eq!(tags.len(), 3);
}

/// The tags of a mail by their names.
pub(crate) fn tags_of(tags: &Value) -> HashMap<String, String> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let tags = tags.as_array().expect("a list").iter();
    tags.map(|tag| (text(&tag["Name"]), text(&tag["Value"])))
        .collect()
}
