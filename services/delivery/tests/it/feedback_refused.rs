//! Events of SES that are not about our mails, or not to be read.

use outbox::HandleError;

use crate::{
    feedback::{bounced, last, mailed},
    support::{SesEvent, address, second, unclear},
};

#[tokio::test(start_paused = true)]
async fn mails_of_others_and_kinds_of_no_use_are_passed_over() {
    let (world, mail) = mailed(Some(unclear())).await;
    let before = world.stored_items().await;
    let bounce = || SesEvent::bounce("Permanent", &mail, second(7));
    world.hears(&bounce().tagged("stage", "production")).await;
    world.hears(&bounce().untagged("stage")).await;
    world.hears(&bounce().untagged("subscriber")).await;
    for kind in ["Open", "Click", "Subscription", "Never heard of"] {
        world.hears(&SesEvent::new(kind, &mail)).await;
    }
    let no_mail = r#"{"source":"aws.ses","detail-type":"Advisor Recommendation","detail":{}}"#;
    world.app.feedback().handle(no_mail).await.expect("nothing");
    assert_eq!(world.stored_items().await, before);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_refused_for_good_and_not_repeated() {
    let (world, mail) = mailed(None).await;
    let before = world.stored_items().await;
    let bounce = || SesEvent::bounce("Permanent", &mail, second(7));
    let complaint = || SesEvent::complaint(&mail, second(7));
    let lies = address(1);
    let ours = bounce().body();
    for body in [
        bounce().tagged("claim", &lies).body(),
        bounce().tagged("issue", &lies).body(),
        bounce().tagged("shard", "2").body(),
        bounce().untagged("issue").body(),
        bounce().saying("bounce", "bounceType", &*lies).body(),
        bounce().saying("bounce", "timestamp", &*lies).body(),
        complaint().saying("complaint", "timestamp", &*lies).body(),
        SesEvent::new("Bounce", &mail).body(),
        ours.replace("aws.ses", "somebody.else"),
        ours.replace("\"mail\"", "\"post\""),
        format!(r#"{{"source":"aws.ses","detail-type":"x","detail":"{lies}"}}"#),
        lies.clone(),
    ] {
        let refused = world.app.feedback().handle(&body).await;
        let refused = refused.expect_err("refused");
        assert!(matches!(refused, HandleError::Permanent(_)), "{refused}");
        assert!(!refused.to_string().contains('@'), "{refused}");
    }
    assert_eq!(world.stored_items().await, before);
}

#[tokio::test(start_paused = true)]
async fn a_bounce_of_a_mail_that_the_log_does_not_know_is_published_all_the_same() {
    let (world, mail) = mailed(None).await;
    for (claim, of) in [("5", "one"), ("99999999999", "two")] {
        let bounce = SesEvent::bounce("Permanent", &mail, second(7));
        let bounce = bounce.tagged("claim", claim).of_mail(of);
        world.hears(&bounce).await;
        world.hears(&bounce).await;
    }
    assert_eq!(bounced(&world).await.len(), 2);
    assert_eq!(last(&world).await.counts.bounced, 0);
}
