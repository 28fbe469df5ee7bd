//! What SES takes of an account, in a second and in a day.

use std::{sync::Arc, time::Duration};

use contracts::events::DeliveryStatus::{Cancelled, Paused};
use serde_json::json;
use tokio::time::Instant;

use crate::{
    ses::{bulk_calls, quota, world},
    support::{Answer, SesEndpoint, cancel, registered, resume, second},
};

#[tokio::test(start_paused = true)]
async fn a_quota_that_is_not_told_keeps_no_issue_waiting_and_is_asked_for_again() {
    let away = || Answer::Error(503, "ServiceUnavailable", "");
    let endpoint = SesEndpoint::default();
    endpoint.tells_of_the_account([away(), quota(10_000.0)]);
    let world = world(&endpoint, 15).await;
    let began = Instant::now();
    world.walk_started().await;
    let last = world.progress().await.pop().expect("a report");
    assert_eq!((last.counts.accepted, last.counts.held), (15, 0));
    let took = began.elapsed().as_secs_f64();
    // One a second, until it is asked for again.
    assert!((10.0..22.0).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn an_account_that_may_not_ask_or_send_pauses_the_issue_and_a_resume_asks_again() {
    let no_right = Answer::Error(403, "AccessDeniedException", "");
    for (answer, reason) in [(no_right, "ses:GetAccount"), (quota(0.0), "send nothing")] {
        let endpoint = SesEndpoint::answering([answer, quota(10_000.0)]);
        let world = world(&endpoint, 2).await;
        world.walk_started().await;
        let last = world.progress().await.pop().expect("a report");
        let told = last.reason.unwrap_or_default();
        assert!(told.contains(reason), "{told}");
        assert_eq!((last.status, last.counts.pending), (Paused, 2));
        world.takes(&resume(1)).await;
        world.walk_started().await;
        assert_eq!(world.delivered().await[0].counts.accepted, 2);
    }
}

#[tokio::test(start_paused = true)]
async fn an_issue_that_is_to_claim_nobody_does_not_ask_for_the_quota() {
    let away = || Answer::Error(403, "AccessDeniedException", "");
    let endpoint = SesEndpoint::answering((0..10).map(|_| away()));
    let world = world(&endpoint, 2).await;
    world.takes(&cancel(1)).await;
    world.walk_started().await;
    assert_eq!(endpoint.requests(), []);
    let last = world.progress().await.pop().expect("a report");
    assert_eq!((last.status, last.counts.skipped), (Cancelled, 2));
}

#[tokio::test(start_paused = true)]
async fn a_rate_of_ours_counts_where_it_is_slower_than_the_quota_and_only_there() {
    for (ours, least, most) in [("1", 9.0, 12.0), ("1000", 0.9, 3.0)] {
        let endpoint = SesEndpoint::answering([quota(10.0)]);
        let mut world = world(&endpoint, 10).await;
        world.send_rate = Some(ours.parse().expect("a rate"));
        let runs = world.app.unfinished_runs().await.expect("read");
        world.restart_with(Arc::new(endpoint.client()));
        let began = Instant::now();
        world.walk(&runs[0]).await.expect("walked");
        let took = began.elapsed().as_secs_f64();
        assert!((least..most).contains(&took), "{ours}: {took}");
    }
}

#[tokio::test(start_paused = true)]
async fn issues_leave_a_share_of_the_days_quota_to_confirmations() {
    let day = json!({"Max24HourSend": 200.0, "MaxSendRate": 1_000.0, "SentLast24Hours": 145.0});
    let day = Answer::Raw(200, json!({ "SendQuota": day }).to_string());
    let endpoint = SesEndpoint::answering([day]);
    let world = world(&endpoint, 15).await;
    let walked = world.started().remove(0);
    world.walk(&walked).await.expect("walked");
    let last = world.progress().await.pop().expect("a report");
    let told = last.reason.unwrap_or_default();
    assert!(told.contains("quota of the day"), "{told}");
    assert_eq!(last.counts.held, 0);
    assert!(last.counts.accepted <= 5, "fifty are left");
    world.takes(&registered(7, 7, 1, second(100))).await;
    let requests = endpoint.requests();
    assert_eq!(requests[requests.len() - 1].0, "/v2/email/outbound-emails");
}

/// Sends without a pause between slow calls until the quota is asked for anew,
/// which is not answered.
async fn asks_while_it_sends(endpoint: &SesEndpoint) {
    while endpoint
        .requests()
        .iter()
        .filter(|it| it.0 == ACCOUNT)
        .count()
        < 2
    {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
}

const ACCOUNT: &str = "/v2/email/account";

fn slow_endpoint() -> SesEndpoint {
    let slowly = (0..15).map(|_| Answer::Slowly(Duration::from_secs(5)));
    let endpoint = SesEndpoint::answering(slowly);
    endpoint.tells_of_the_account([quota(16.0), Answer::Never]);
    endpoint
}

#[tokio::test(start_paused = true)]
async fn a_stop_while_the_quota_is_asked_for_lets_nobody_be_claimed_any_more() {
    let endpoint = slow_endpoint();
    let world = world(&endpoint, 15).await;
    let run = world.started().remove(0);
    world.app.steps().plan(&run).await.expect("planned");
    tokio::time::sleep(Duration::from_secs(30)).await;
    let stopping = async {
        asks_while_it_sends(&endpoint).await;
        world.app.steps().stop();
        (bulk_calls(&endpoint).len(), world.stored_items().await)
    };
    let (sent, (calls, items)) = tokio::join!(world.send(&run, 1), stopping);
    sent.expect("settled");
    assert!((1..15).contains(&calls), "{calls}");
    assert_eq!(bulk_calls(&endpoint).len(), calls);
    assert_eq!(world.stored_items().await, items, "no claim and no settle");
}

#[tokio::test(start_paused = true)]
async fn no_second_sees_more_mails_than_the_quota_less_the_share_of_confirmations() {
    let endpoint = SesEndpoint::answering([quota(10.0)]);
    let world = world(&endpoint, 10).await;
    let began = Instant::now();
    world.walk_started().await;
    let took = began.elapsed().as_secs_f64();
    assert!((0.9..3.0).contains(&took), "{took}");
    assert_eq!(
        bulk_calls(&endpoint).len(),
        10,
        "a second's worth of a shard is one"
    );
}
