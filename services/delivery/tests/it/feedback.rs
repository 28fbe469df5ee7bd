//! What SES tells of mails, and what becomes of it.

use std::time::Duration;

use contracts::events::{
    BounceKind, EmailBouncedV1, EmailComplainedV1, ExceptionOutcome, IssueDeliveryProgressedV1,
};
use delivery::mail::Email;
use tokio::time::advance;

use crate::support::{
    Reply, SesEvent, World, address, confirmed, issue_id, published, registered, resolve, second,
    subscriber, unclear, unsent,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// An issue to one reader, whose mail is answered so, at its end; and the mail.
pub(crate) async fn mailed(reply: Option<Reply>) -> (World, Email) {
    let world = World::new().await;
    world.takes(&confirmed(1, 2, second(0))).await;
    world.mailbox.script(&address(1), reply);
    world.takes(&published(second(1))).await;
    world.walk_started().await;
    let mail = world.mailbox.mails().remove(0);
    (world, mail)
}

pub(crate) async fn bounced(world: &World) -> Vec<EmailBouncedV1> {
    let events = world.outbox().await.into_iter();
    events.map(|(_, event)| event).collect()
}

pub(crate) async fn complained(world: &World) -> Vec<EmailComplainedV1> {
    let events = world.outbox().await.into_iter();
    events.map(|(_, event)| event).collect()
}

pub(crate) async fn last(world: &World) -> IssueDeliveryProgressedV1 {
    world.progress().await.pop().expect("a report")
}

/// Who was told to be what, of all exceptions.
async fn told(world: &World) -> Vec<ExceptionOutcome> {
    let mut events = world.exceptions().await;
    events.sort_by_key(|event| event.row);
    let entries = events.into_iter().flat_map(|event| event.entries);
    entries.map(|entry| entry.outcome).collect()
}

#[tokio::test(start_paused = true)]
async fn that_a_mail_was_sent_which_was_accepted_is_nothing_new() {
    let (world, mail) = mailed(None).await;
    let before = world.stored_items().await;
    for kind in ["Send", "Delivery", "DeliveryDelay"] {
        world.hears(&SesEvent::new(kind, &mail)).await;
    }
    assert_eq!(world.stored_items().await, before);
}

#[tokio::test(start_paused = true)]
async fn who_is_held_and_was_sent_the_mail_is_accepted_after_all() {
    for kind in ["Send", "Delivery", "DeliveryDelay"] {
        let (world, mail) = mailed(Some(unclear())).await;
        assert_eq!(last(&world).await.counts.held, 1);
        // At once, since the counts have to agree with who is told of.
        world.hears(&SesEvent::new(kind, &mail)).await;
        let counts = last(&world).await.counts;
        assert_eq!((counts.accepted, counts.held), (1, 0), "{kind}");
        use ExceptionOutcome::{Accepted, Held};
        assert_eq!(told(&world).await, [Held, Accepted]);
        let before = world.stored_items().await;
        world.hears(&SesEvent::new(kind, &mail)).await;
        world.hears(&SesEvent::new("Send", &mail)).await;
        assert_eq!(world.stored_items().await, before, "{kind}");
        assert!(world.started().is_empty());
        world
            .takes(&resolve(1, contracts::events::HeldAction::Resend, None))
            .await;
        world.walk_started().await;
        assert_eq!(world.mailbox.mails().len(), 1, "nobody is sent it again");
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_put_off_and_was_sent_the_mail_is_not_mailed_again() {
    let world = World::new().await;
    world.takes(&confirmed(1, 2, second(0))).await;
    world.mailbox.script(&address(1), [unsent()]);
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    world.app.steps().plan(&run).await.expect("planned");
    world.send(&run, 1).await.expect("sent");
    let mail = world.mailbox.mails().remove(0);
    world.hears(&SesEvent::new("Send", &mail)).await;
    world.walk(&run).await.expect("walked");
    assert_eq!(world.mailbox.mails().len(), 1);
    let counts = last(&world).await.counts;
    assert_eq!((counts.recipients, counts.accepted), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn while_the_claim_is_open_acceptance_is_remembered_for_its_takeover() {
    let mut world = World::new().await;
    for number in [1, 17] {
        world.takes(&confirmed(number, 2, second(0))).await;
        world.mailbox.script(&address(number), [Reply::Hangs]);
    }
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    let killed = tokio::time::timeout(Duration::from_secs(5), world.walk(&run)).await;
    assert!(killed.is_err(), "the mails hang");
    let mails = world.mailbox.mails();
    let mail = mails.iter().find(|mail| mail.to.expose() == address(1));
    let mail = mail.expect("it left");
    let before = world.stored_items().await;
    for (kind, rows) in [("Reject", 0), ("Send", 0), ("Delivery", 1), ("Delivery", 1)] {
        world.hears(&SesEvent::new(kind, mail)).await;
        assert_eq!(world.stored_items().await, before + rows, "{kind}");
    }
    world.restart();
    world.walk(&run).await.expect("walked");
    let counts = last(&world).await.counts;
    assert_eq!((counts.accepted, counts.held), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_permanent_bounce_is_published_and_counted_once_however_often_and_late_it_is_told() {
    let (world, mail) = mailed(None).await;
    let bounce = SesEvent::bounce("Permanent", &mail, second(7));
    advance(DAY * 31).await;
    for _ in 0..3 {
        world.hears(&bounce).await;
        advance(DAY).await;
    }
    let events = bounced(&world).await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].subscriber_id, subscriber(1));
    assert_eq!(events[0].issue_id, Some(issue_id()));
    assert_eq!(events[0].kind, BounceKind::Permanent);
    assert_eq!(events[0].diagnostic, "Permanent/General 5.1.1");
    assert_eq!(events[0].at, second(7));
    let counts = last(&world).await.counts;
    assert_eq!((counts.accepted, counts.bounced), (1, 1));
    assert_eq!(world.delivered().await.len(), 1);
    assert!(world.app.unfinished_runs().await.expect("read").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_bounce_settles_a_hold_for_the_mail_had_left() {
    let (world, mail) = mailed(Some(unclear())).await;
    advance(Duration::from_secs(60)).await;
    world
        .hears(&SesEvent::bounce("Permanent", &mail, second(7)))
        .await;
    let counts = last(&world).await.counts;
    assert_eq!((counts.accepted, counts.held, counts.bounced), (1, 0, 1));
    use ExceptionOutcome::{Accepted, Held};
    assert_eq!(told(&world).await, [Held, Accepted]);
}

#[tokio::test(start_paused = true)]
async fn a_bounce_that_comes_before_the_answer_is_counted_with_it() {
    let world = World::new().await;
    world.takes(&confirmed(1, 2, second(0))).await;
    let slowly = Reply::Slowly(Duration::from_secs(10));
    world.mailbox.script(&address(1), [slowly]);
    world.takes(&published(second(1))).await;
    let run = world.started().remove(0);
    let bouncing = async {
        world.mailbox.reaches(1).await;
        let mail = world.mailbox.mails().remove(0);
        let bounce = SesEvent::bounce("Permanent", &mail, second(7));
        world.hears(&bounce).await;
        world.hears(&bounce).await;
    };
    let (walked, ()) = tokio::join!(world.walk(&run), bouncing);
    walked.expect("walked");
    let counts = last(&world).await.counts;
    assert_eq!((counts.accepted, counts.held, counts.bounced), (1, 0, 1));
    assert_eq!(bounced(&world).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_passing_bounce_is_published_once_and_counts_nothing() {
    for kind in ["Transient", "Undetermined"] {
        let (world, mail) = mailed(None).await;
        advance(Duration::from_secs(60)).await;
        let bounce = SesEvent::bounce(kind, &mail, second(7));
        world.hears(&bounce).await;
        let before = world.stored_items().await;
        world.hears(&bounce).await;
        assert_eq!(world.stored_items().await, before);
        let events = bounced(&world).await;
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].kind, BounceKind::Transient);
        assert_eq!(last(&world).await.counts.bounced, 0);
        // The same mail can come back for good afterwards.
        world
            .hears(&SesEvent::bounce("Permanent", &mail, second(9)))
            .await;
        assert_eq!(bounced(&world).await.len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_passing_bounce_proves_that_the_mail_had_left() {
    let (world, mail) = mailed(Some(unclear())).await;
    advance(Duration::from_secs(60)).await;
    world
        .hears(&SesEvent::bounce("Transient", &mail, second(7)))
        .await;
    let counts = last(&world).await.counts;
    assert_eq!((counts.accepted, counts.held, counts.bounced), (1, 0, 0));
    assert_eq!(bounced(&world).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_complaint_is_published_and_counted_once() {
    let (world, mail) = mailed(None).await;
    advance(Duration::from_secs(60)).await;
    let complaint = SesEvent::complaint(&mail, second(8));
    world.hears(&complaint).await;
    world.hears(&complaint).await;
    let events = complained(&world).await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].subscriber_id, subscriber(1));
    assert_eq!(events[0].issue_id, Some(issue_id()));
    assert_eq!(events[0].at, second(8));
    assert_eq!(last(&world).await.counts.complained, 1);
}

#[tokio::test(start_paused = true)]
async fn who_takes_a_mail_out_of_their_spam_complains_of_nothing() {
    let (world, mail) = mailed(None).await;
    let before = world.stored_items().await;
    let event = SesEvent::complaint(&mail, second(8));
    let event = event.saying("complaint", "complaintFeedbackType", "not-spam");
    world.hears(&event).await;
    assert_eq!(world.stored_items().await, before);
}

#[tokio::test(start_paused = true)]
async fn feedback_on_a_confirmation_names_no_issue() {
    let world = World::new().await;
    world.takes(&registered(7, 7, 1, second(100))).await;
    let mail = world.mailbox.mails().remove(0);
    for kind in ["Send", "Delivery", "Reject", "Rendering Failure"] {
        world.hears(&SesEvent::new(kind, &mail)).await;
    }
    for _ in 0..2 {
        world
            .hears(&SesEvent::bounce("Permanent", &mail, second(7)))
            .await;
        world.hears(&SesEvent::complaint(&mail, second(8))).await;
    }
    let (bounced, complained) = (bounced(&world).await, complained(&world).await);
    assert_eq!((bounced.len(), complained.len()), (1, 1));
    let named = (bounced[0].subscriber_id, bounced[0].issue_id);
    assert_eq!(named, (subscriber(7), None));
    let named = (complained[0].subscriber_id, complained[0].issue_id);
    assert_eq!(named, (subscriber(7), None));
}

#[tokio::test(start_paused = true)]
async fn who_is_held_and_was_not_sent_the_mail_has_failed() {
    for (kind, reason) in [
        ("Reject", "SES accepted the mail and then rejected it"),
        (
            "Rendering Failure",
            "SES accepted the mail and then could not render it",
        ),
    ] {
        let (world, mail) = mailed(Some(unclear())).await;
        advance(Duration::from_secs(60)).await;
        world.hears(&SesEvent::new(kind, &mail)).await;
        let counts = last(&world).await.counts;
        assert_eq!((counts.failed, counts.held), (1, 0), "{kind}");
        let mut events = world.exceptions().await;
        events.sort_by_key(|event| event.row);
        let entry = events.pop().expect("told").entries.remove(0);
        assert_eq!(entry.outcome, ExceptionOutcome::Failed);
        assert_eq!(entry.reason, reason);
        let before = world.stored_items().await;
        world.hears(&SesEvent::new(kind, &mail)).await;
        assert_eq!(world.stored_items().await, before);
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_accepted_stays_so_though_it_was_not_sent() {
    let (world, mail) = mailed(None).await;
    let before = world.stored_items().await;
    for kind in ["Reject", "Rendering Failure"] {
        world.hears(&SesEvent::new(kind, &mail)).await;
    }
    assert_eq!(world.stored_items().await, before);
}

#[tokio::test(start_paused = true)]
async fn a_second_mail_that_comes_back_counts_nobody_twice() {
    let (world, first) = mailed(Some(unclear())).await;
    world
        .takes(&resolve(1, contracts::events::HeldAction::Resend, None))
        .await;
    world.walk_started().await;
    let second_mail = world.mailbox.mails().remove(1);
    assert_ne!(first.tags, second_mail.tags, "each names its own claim");
    advance(Duration::from_secs(60)).await;
    for (mail, name) in [(second_mail, "two"), (first, "one")] {
        let bounce = SesEvent::bounce("Permanent", &mail, second(7));
        world.hears(&bounce.of_mail(name)).await;
    }
    assert_eq!(bounced(&world).await.len(), 2, "an event for each mail");
    let counts = last(&world).await.counts;
    assert_eq!((counts.accepted, counts.bounced), (1, 1));
}
