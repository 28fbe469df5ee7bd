//! Queues behave as SQS does, also over the end of a process.

use std::{path::Path, sync::Arc, time::Duration};

use local::queue::{
    MAX_RECEIVED_AT_ONCE, MAX_RECEIVES, NewMessage, Queue, Queues, RETENTION, VISIBILITY_TIMEOUT,
    backoff,
};

use crate::clock::TestClock;

const QUEUE: &str = "a-queue";
const OTHER: &str = "another-queue";

async fn open(path: Option<&Path>, clock: &TestClock) -> Queues {
    Queues::open(path, &[QUEUE, OTHER], Arc::new(clock.clone()))
        .await
        .expect("queues")
}

async fn in_memory() -> (Queues, Queue, TestClock) {
    let clock = TestClock::new();
    let queues = open(None, &clock).await;
    let queue = queues.queue(QUEUE);
    (queues, queue, clock)
}

fn message(body: &str) -> NewMessage {
    NewMessage {
        queue: QUEUE,
        body: body.to_owned(),
        trace_header: Some("Root=1-5759e988-bd862e3fe1be46a994272793".to_owned()),
    }
}

async fn bodies(queue: &Queue) -> Vec<String> {
    let messages = queue.receive(MAX_RECEIVED_AT_ONCE).await.expect("messages");
    messages.into_iter().map(|message| message.body).collect()
}

#[tokio::test]
async fn a_received_message_is_invisible_until_its_time_is_over() {
    let (queues, queue, clock) = in_memory().await;
    queues.send(vec![message("one")]).await.expect("sent");
    let first = queue.receive(1).await.expect("messages").remove(0);
    assert_eq!((first.body.as_str(), first.receive_count), ("one", 1));
    assert!(first.trace_header.is_some());
    assert!(bodies(&queue).await.is_empty());

    clock.advance(VISIBILITY_TIMEOUT);
    let second = queue.receive(1).await.expect("messages").remove(0);
    assert_eq!((second.id, second.receive_count), (first.id, 2));
    // The first receipt is void: whoever has it does not delete the message.
    queue.delete(&first.receipt).await.expect("an answer");
    assert_eq!(queue.depth().await.expect("a depth").invisible, 1);
    queue.delete(&second.receipt).await.expect("an answer");
    assert_eq!(queue.depth().await.expect("a depth"), Default::default());
}

#[tokio::test]
async fn a_message_that_is_still_handled_stays_invisible() {
    let (queues, queue, clock) = in_memory().await;
    queues.send(vec![message("one")]).await.expect("sent");
    let received = queue.receive(1).await.expect("messages").remove(0);
    clock.advance(VISIBILITY_TIMEOUT - Duration::from_secs(1));
    queue.extend(&received.receipt).await.expect("an answer");
    clock.advance(VISIBILITY_TIMEOUT - Duration::from_secs(1));
    assert!(bodies(&queue).await.is_empty());
}

#[tokio::test]
async fn at_most_ten_are_received_at_once_in_the_order_they_were_sent() {
    let (queues, queue, _clock) = in_memory().await;
    let sent: Vec<_> = (10..25).map(|number| number.to_string()).collect();
    let messages = sent.iter().map(|body| message(body)).collect();
    queues.send(messages).await.expect("sent");
    let mut received = bodies(&queue).await;
    assert_eq!(received.len(), MAX_RECEIVED_AT_ONCE);
    received.extend(bodies(&queue).await);
    assert_eq!(received, sent);
}

#[tokio::test]
async fn a_failed_message_comes_again_after_its_backoff() {
    let (queues, queue, clock) = in_memory().await;
    queues.send(vec![message("one")]).await.expect("sent");
    for count in 1..5 {
        let received = queue.receive(1).await.expect("messages").remove(0);
        assert_eq!(received.receive_count, count);
        let reason = "the mail side is away".to_owned();
        queue
            .retry_later(&received, reason)
            .await
            .expect("given back");
        let wait = queue.until_next().await.expect("a wait");
        assert_eq!(wait, Some(backoff(count)));
        assert!(bodies(&queue).await.is_empty());
        clock.advance(backoff(count));
    }
}

#[tokio::test]
async fn a_message_received_too_often_becomes_a_dead_letter_and_can_be_sent_again() {
    let (queues, queue, clock) = in_memory().await;
    queues.send(vec![message("one")]).await.expect("sent");
    for _ in 0..MAX_RECEIVES {
        let received = queue.receive(1).await.expect("messages").remove(0);
        let reason = "for now: the mail side is away".to_owned();
        queue
            .retry_later(&received, reason)
            .await
            .expect("given back");
        clock.advance(backoff(received.receive_count));
    }
    assert!(bodies(&queue).await.is_empty());
    let letters = queues.dead_letters(10).await.expect("letters");
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].reason, "for now: the mail side is away");
    assert_eq!(letters[0].receive_count, MAX_RECEIVES);
    assert_eq!(queue.depth().await.expect("a depth").dead, 1);

    assert!(queues.redrive(letters[0].id).await.expect("an answer"));
    assert!(
        !queues.redrive(letters[0].id).await.expect("an answer"),
        "only once"
    );
    let again = queue.receive(1).await.expect("messages").remove(0);
    assert_eq!((again.body.as_str(), again.receive_count), ("one", 1));
    assert!(again.trace_header.is_some());
}

#[tokio::test]
async fn a_buried_message_is_a_dead_letter_at_once() {
    let (queues, queue, _clock) = in_memory().await;
    queues
        .send(vec![message("one"), message("two")])
        .await
        .expect("sent");
    for received in queue.receive(10).await.expect("messages") {
        queue
            .bury(&received, "for good: no event".to_owned())
            .await
            .expect("buried");
    }
    let depth = queue.depth().await.expect("a depth");
    assert_eq!((depth.visible, depth.invisible, depth.dead), (0, 0, 2));
    assert_eq!(queues.redrive_all().await.expect("an answer"), 2);
    assert_eq!(bodies(&queue).await, ["one", "two"]);
}

#[tokio::test]
async fn after_two_weeks_messages_and_dead_letters_are_gone() {
    let (queues, queue, clock) = in_memory().await;
    queues
        .send(vec![message("dead"), message("alive")])
        .await
        .expect("sent");
    let received = queue.receive(1).await.expect("messages").remove(0);
    queue
        .bury(&received, "for good".to_owned())
        .await
        .expect("buried");
    clock.advance(RETENTION);
    assert_eq!(queues.delete_expired().await.expect("an answer"), 0);
    clock.advance(Duration::from_millis(1));
    assert_eq!(queues.delete_expired().await.expect("an answer"), 2);
    assert_eq!(queue.depth().await.expect("a depth"), Default::default());
}

#[tokio::test]
async fn what_a_former_process_had_received_is_visible_at_once() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("queues.db");
    let clock = TestClock::new();
    let queues = open(Some(&path), &clock).await;
    let messages = ["in flight", "backing off", "waiting", "dead"];
    queues
        .send(messages.map(message).to_vec())
        .await
        .expect("sent");
    let queue = queues.queue(QUEUE);
    let in_flight = queue.receive(2).await.expect("messages");
    queue
        .retry_later(&in_flight[1], "later".to_owned())
        .await
        .expect("given back");
    let dead = queue.receive(2).await.expect("messages").remove(1);
    queue
        .bury(&dead, "for good".to_owned())
        .await
        .expect("buried");
    drop((queues, queue));

    let queue = open(Some(&path), &clock).await.queue(QUEUE);
    assert_eq!(
        bodies(&queue).await,
        ["in flight", "backing off", "waiting"]
    );
    assert_eq!(queue.depth().await.expect("a depth").dead, 1);
}

#[tokio::test]
async fn a_sent_message_wakes_who_waits_for_its_queue() {
    let (queues, queue, _clock) = in_memory().await;
    let other = queues.queue(OTHER);
    queues.send(vec![message("one")]).await.expect("sent");
    let an_hour = Duration::from_secs(60 * 60);
    let woken = tokio::time::timeout(Duration::from_secs(5), queue.wait_for_messages(an_hour));
    woken.await.expect("the waiter is woken");
    assert!(bodies(&other).await.is_empty());
}
