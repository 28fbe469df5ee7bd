//! An issue that is announced in two versions of the event, however they come:
//! it is one issue, and everybody gets one mail, the same for all.

use contracts::events::IssuePublishedV1;
use outbox::HandleError;

use crate::support::{
    Fault, World, address, confirmed, issue_id, message, published, published_v2,
    published_v2_data, second,
};

/// In three shards, two of them in one.
const READERS: [u8; 4] = [1, 17, 2, 3];
const USUAL: &str = "Penny Post";
const FROM_V2: &str = "Ursula, of the Post";

fn v1() -> String {
    published(second(1))
}

fn v2() -> String {
    published_v2(second(1))
}

async fn world_with_readers() -> World {
    let world = World::new().await;
    for number in READERS {
        world.takes(&confirmed(number, 2, second(0))).await;
    }
    world
}

/// Everybody got one mail, and all of them the same; tells the sender's name.
fn sender_of_all(world: &World) -> String {
    let counts = READERS.map(|number| world.mailbox.count(&address(number)));
    assert_eq!(counts, [1; READERS.len()]);
    the_sender(world).expect("somebody was mailed")
}

/// The name that all mails are from, and the same goes for the preheader.
fn the_sender(world: &World) -> Option<String> {
    let mails = world.mailbox.mails();
    let names: Vec<_> = mails.iter().map(|mail| mail.from.name()).collect();
    assert!(names.windows(2).all(|pair| pair[0] == pair[1]), "{names:?}");
    for mail in &mails {
        let has_preheader = mail.html.contains("For &lt;you&gt;, Reader");
        assert_eq!(has_preheader, mail.from.name() == Some(FROM_V2));
    }
    names.first().copied().flatten().map(str::to_owned)
}

#[tokio::test(start_paused = true)]
async fn in_whatever_order_they_come_it_is_one_issue_and_all_of_it_is_used() {
    for (order, sender) in [
        (vec![v1()], USUAL),
        (vec![v2()], FROM_V2),
        (vec![v1(), v2()], FROM_V2),
        (vec![v2(), v1()], FROM_V2),
        (vec![v1(), v1(), v2(), v2()], FROM_V2),
        (vec![v2(), v1(), v2(), v1()], FROM_V2),
    ] {
        let world = world_with_readers().await;
        for message in &order {
            world.takes(message).await;
        }
        world.walk_started().await;
        assert_eq!(sender_of_all(&world), sender);
        let delivered = world.delivered().await;
        assert_eq!(delivered.len(), 1);
        assert_eq!(delivered[0].counts.accepted, READERS.len() as u64);
        // And once more, now that it is delivered.
        for message in &order {
            world.takes(message).await;
        }
        world.walk_started().await;
        assert_eq!(sender_of_all(&world), sender);
        assert_eq!(world.delivered().await.len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn what_comes_after_the_sending_began_changes_no_mail() {
    let world = world_with_readers().await;
    world.takes(&v1()).await;
    let run = world.started().remove(0);
    world.app.steps().plan(&run).await.expect("planned");
    world.send(&run, 1).await.expect("one shard is sent");
    world.takes(&v2()).await;
    world.walk(&run).await.expect("walked");
    assert_eq!(sender_of_all(&world), USUAL);
    world.takes(&v2()).await;
    world.takes(&confirmed(4, 2, second(0))).await;
    world.walk_started().await;
    assert_eq!(world.mailbox.count(&address(4)), 1);
    assert_eq!(sender_of_all(&world), USUAL, "a late reader's is the same");
}

#[tokio::test(start_paused = true)]
async fn both_at_the_same_moment_are_one_issue() {
    for ahead in 0..12 {
        let world = world_with_readers().await;
        let (first, second) = if ahead % 2 == 0 {
            (v1(), v2())
        } else {
            (v2(), v1())
        };
        let later = async {
            yields(ahead).await;
            until_taken(&world, &second).await;
        };
        tokio::join!(until_taken(&world, &first), later);
        world.walk_started().await;
        assert_eq!(sender_of_all(&world), FROM_V2);
        assert_eq!(world.delivered().await.len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_v2_that_comes_while_the_sending_begins_is_used_for_all_or_for_nobody() {
    let mut met = std::collections::BTreeSet::new();
    for ahead in 0..12 {
        let world = world_with_readers().await;
        world.takes(&v1()).await;
        let run = world.started().remove(0);
        let walk = async {
            yields(ahead).await;
            world.walk(&run).await.expect("walked");
        };
        let late = v2();
        tokio::join!(walk, until_taken(&world, &late));
        met.insert(sender_of_all(&world));
    }
    assert_eq!(met.len(), 2, "both happen: {met:?}");
}

async fn yields(count: usize) {
    for _ in 0..count {
        tokio::task::yield_now().await;
    }
}

/// Handles `message` as a queue does.
async fn until_taken(world: &World, message: &str) {
    for _ in 0..5 {
        match world.handle(message).await {
            Ok(()) => return,
            Err(error) => assert!(!error.is_permanent(), "{error}"),
        }
    }
    panic!("the message is never taken");
}

#[tokio::test(start_paused = true)]
async fn wherever_the_process_dies_between_the_two_everybody_gets_one_complete_mail() {
    for order in [[v1(), v2()], [v2(), v1()]] {
        for effect in 0.. {
            let mut world = world_with_readers().await;
            let fault = Fault::at(effect);
            world.restart_mortal(&fault);
            for message in &order {
                if world.handle(message).await.is_err() {
                    break;
                }
            }
            world.restart();
            // The queue brings again what was not acknowledged, and more.
            for message in &order {
                world.takes(message).await;
            }
            for run in world.app.unfinished_runs().await.expect("read") {
                world.walk(&run).await.expect("walked");
            }
            assert_eq!(sender_of_all(&world), FROM_V2, "effect {effect}");
            let delivered = world.delivered().await;
            assert_eq!(delivered.len(), 1, "effect {effect}");
            assert_eq!(delivered[0].counts.accepted, READERS.len() as u64);
            if !fault.is_dead() {
                assert!(effect >= 3, "only {effect} effects were met");
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_content_that_is_not_the_hashed_one_is_refused_for_good_and_mailed_to_nobody() {
    let world = world_with_readers().await;
    let mut torn = published_v2_data(second(1));
    torn.html_content.truncate(10);
    let refused = world.handle(&message(0x601, torn)).await;
    let reason = permanent(refused);
    assert!(reason.contains("content_sha256"), "{reason}");
    assert!(reason.contains(&issue_id().to_string()), "{reason}");
    assert!(world.started().is_empty());
    // The whole one goes on.
    world.takes(&v2()).await;
    world.walk_started().await;
    assert_eq!(sender_of_all(&world), FROM_V2);
}

#[tokio::test(start_paused = true)]
async fn of_two_contents_under_one_id_the_first_stays_and_the_other_is_refused_for_good() {
    let mut other_v2 = published_v2_data(second(1));
    other_v2.title = "Another title".to_owned();
    other_v2.content_sha256 = contracts::ContentHash::of(
        &other_v2.title,
        &other_v2.html_content,
        &other_v2.text_content,
    );
    let other_v1 = IssuePublishedV1 {
        issue_id: issue_id(),
        title: "Another title".to_owned(),
        html_content: other_v2.html_content.clone(),
        text_content: other_v2.text_content.clone(),
        published_at: second(1),
    };
    let mut other_name = published_v2_data(second(1));
    other_name.sender_name = None;
    for (first, then) in [
        (v1(), message(0x602, other_v2.clone())),
        (v2(), message(0x602, other_v2)),
        (v2(), message(0x603, other_v1)),
        (v2(), message(0x604, other_name)),
    ] {
        let world = world_with_readers().await;
        world.takes(&first).await;
        let reason = permanent(world.handle(&then).await);
        assert!(reason.contains("another content"), "{reason}");
        world.walk_started().await;
        sender_of_all(&world);
        let mails = world.mailbox.mails();
        assert!(mails.iter().all(|mail| mail.subject == "The first issue"));
        permanent(world.handle(&then).await);
    }
}

/// The reason of an error that belongs to the dead letters.
fn permanent(handled: Result<(), HandleError>) -> String {
    let error = handled.expect_err("it is refused");
    assert!(error.is_permanent(), "{error}");
    error.to_string()
}

#[tokio::test(start_paused = true)]
async fn what_v2_adds_stands_where_it_belongs_in_the_mail() {
    let world = world_with_readers().await;
    world.takes(&v2()).await;
    world.walk_started().await;
    let mails = world.mailbox.mails();
    let mail = &mails[0];
    assert_eq!(mail.from.name(), Some(FROM_V2));
    assert_eq!(mail.from.address(), "news@penny.example");
    let (before, after) = mail
        .html
        .split_once("For &lt;you&gt;")
        .expect("it is there");
    assert!(before.starts_with("<html><body><div style=\"display:none;"));
    assert!(after.contains("<p>Hello Reader"));
    assert!(!mail.text.contains("For <you>"));
    assert!(
        mail.text.contains("you subscribed to Penny Post"),
        "the newsletter's name stays"
    );
}
