//! Issues by SES, one reader a call.

use base64::{Engine, prelude::BASE64_STANDARD};

use crate::{
    ses::{bulk_calls, quota, tags_of, world_of},
    support::{Answer, SesEndpoint, issue_id, subscriber},
};

#[tokio::test(start_paused = true)]
async fn one_by_one_an_issue_goes_as_the_mails_that_smtp_would_get() {
    let endpoint = SesEndpoint::answering([quota(10_000.0)]);
    let world = world_of(endpoint.client().one_by_one(), 3).await;
    world.walk_started().await;
    assert!(bulk_calls(&endpoint).is_empty());
    let requests = endpoint.requests().into_iter();
    let calls: Vec<_> = requests
        .filter(|(path, _)| path == "/v2/email/outbound-emails")
        .map(|(_, body)| body)
        .collect();
    assert_eq!(calls.len(), 3);
    for (number, call) in (0..3).zip(&calls) {
        let mail = call["Content"]["Raw"]["Data"].as_str().expect("text");
        let mail = BASE64_STANDARD.decode(mail).expect("base64");
        let mail = String::from_utf8(mail).expect("UTF-8");
        for header in [
            "List-Id: <newsletter.penny.example>",
            "List-Unsubscribe: <http",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        ] {
            assert!(mail.contains(header), "{header}");
        }
        let tags = tags_of(&call["EmailTags"]);
        assert_eq!(tags["stage"], "test");
        assert_eq!(tags["issue"], issue_id().to_string());
        assert_eq!(tags["shard"], "1");
        assert_eq!(tags["claim"], "0");
        assert_eq!(tags["subscriber"], subscriber(16 * number + 1).to_string());
        assert_eq!(tags.len(), 5);
    }
    assert_eq!(
        world
            .progress()
            .await
            .pop()
            .expect("a report")
            .counts
            .accepted,
        3
    );
}

#[tokio::test(start_paused = true)]
async fn one_by_one_too_what_ses_rejects_for_whomever_pauses_the_issue_and_fails_nobody() {
    for (message, failed, reason) in [
        ("Illegal address", 1, None),
        ("Subject is bad", 0, Some("SES rejects the issue")),
    ] {
        let bad = Answer::Error(400, "BadRequestException", message);
        let endpoint = SesEndpoint::answering([quota(10_000.0), bad]);
        let world = world_of(endpoint.client().one_by_one(), 1).await;
        world.walk_started().await;
        let last = world.progress().await.pop().expect("a report");
        assert_eq!(last.counts.failed, failed, "{message}");
        assert_eq!(last.reason.as_deref(), reason, "{message}");
    }
}
