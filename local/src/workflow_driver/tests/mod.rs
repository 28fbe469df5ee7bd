//! The driver over delivery as it is.

mod process;

use std::{collections::BTreeMap, io, time::Duration};

use ambient::SystemRandomness;
use telemetry::{Settings, Telemetry};
use tokio::time::Instant;

use self::process::{Mail, Process, READERS, TRACE_ID, address, engine};
use super::*;

fn once_each(
    titles: &[&str],
    numbers: impl Iterator<Item = u8>,
) -> BTreeMap<(String, String), usize> {
    let mails = numbers.flat_map(|number| {
        let mail = move |title: &&str| (((*title).to_owned(), address(number)), 1);
        titles.iter().map(mail).collect::<Vec<_>>()
    });
    mails.collect()
}

async fn until(condition: impl Fn() -> bool) {
    let holds = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let limit = Duration::from_secs(10);
    let held = tokio::time::timeout(limit, holds).await;
    held.expect("it happens");
}

#[tokio::test(start_paused = true)]
async fn readers_who_are_put_off_in_every_shard_hold_up_no_other_and_no_other_issue() {
    let engine = engine().await;
    let mail = Arc::new(Mail::that_puts_off((0..16).map(address)));
    let process = Process::start(&engine, Instant::now(), &mail);
    process.confirm_readers().await;
    let titles = ["one", "two", "three", "four", "five", "six"];
    for title in titles {
        process.publish(title).await;
    }
    let expected = once_each(&titles, 16..READERS);
    until(|| mail.accepted() == expected).await;
    process.stop().await;
}

#[tokio::test(start_paused = true)]
async fn who_is_being_mailed_when_it_is_time_to_stop_is_neither_held_nor_mailed_twice() {
    let engine = engine().await;
    let began = Instant::now();
    let mail = Arc::new(Mail::that_takes(Duration::from_secs(3)));
    let process = Process::start(&engine, began, &mail);
    process.confirm_readers().await;
    process.publish("one").await;
    // Some have left, and some are on their way.
    until(|| mail.begun() > 20).await;
    process.stop().await;
    assert_eq!(mail.accepted().len(), mail.begun());
    assert!(mail.begun() < usize::from(READERS));
    let process = Process::start(&engine, began, &mail);
    let expected = once_each(&["one"], 0..READERS);
    until(|| mail.accepted() == expected).await;
    process.stop().await;
    assert_eq!(mail.begun(), usize::from(READERS));
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("the lock").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_said_of_a_run_is_in_its_trace_and_it_can_be_stopped_while_it_waits() {
    let log = Log::default();
    let writer = log.clone();
    let telemetry =
        Telemetry::with(&Settings::default(), "test", move || writer.clone()).expect("telemetry");
    let process = async {
        let engine = engine().await;
        let process = Process::start(&engine, Instant::now(), &Arc::default());
        let of_no_issue = IssueRun {
            traceparent: Some(format!("00-{TRACE_ID}-53995c3f42cd8ad8-01")),
            ..run(1)
        };
        process.starter.start(&of_no_issue).await.expect("a start");
        let logged = || String::from_utf8_lossy(&log.0.lock().expect("the lock")).into_owned();
        until(|| logged().contains("a step fails")).await;
        process.stop().await;
        logged()
    };
    let log = process.with_subscriber(telemetry.dispatch()).await;
    let line = log.lines().find(|line| line.contains("a step fails"));
    let line = line.expect("the line");
    assert!(line.contains("ERROR") && line.contains(TRACE_ID), "{line}");
}

fn run(number: u64) -> IssueRun {
    IssueRun {
        issue_id: Uuid::nil(),
        cause: Cause::Row { shard: 0, number },
        attempt: 0,
        traceparent: None,
    }
}

fn no_process() -> (Starter, Driver) {
    workflow(DriverSettings {
        settle: Duration::ZERO,
        clock: Arc::new(ambient::SystemClock),
        randomness: Arc::new(SystemRandomness),
    })
}

#[tokio::test]
async fn a_run_under_way_is_not_started_again() {
    let (starter, mut driver) = no_process();
    starter.start(&run(1)).await.expect("a start");
    starter.start(&run(1)).await.expect("the same start again");
    starter.start(&run(2)).await.expect("another start");
    for (number, expected) in [(1, true), (2, true), (3, false)] {
        let is_under_way = starter.is_under_way(&run(number)).await;
        assert_eq!(is_under_way.expect("an answer"), expected, "{number}");
    }
    assert_eq!(driver.runs.recv().await, Some(run(1)));
    assert_eq!(driver.runs.recv().await, Some(run(2)));
    assert!(driver.runs.try_recv().is_err());
}

#[tokio::test]
async fn a_start_beyond_the_bound_is_refused_until_a_run_ends_but_all_are_resumed() {
    let (starter, driver) = no_process();
    let most = MAX_RUNS as u64;
    for number in 0..most {
        starter.start(&run(number)).await.expect("a start");
    }
    starter.start(&run(most)).await.expect_err("too many");
    let resumed = starter.start_if_below(usize::MAX, &run(most + 1));
    resumed.expect("resumed");
    driver.under_way.lock().remove(&key(&run(0)));
    driver.under_way.lock().remove(&key(&run(1)));
    starter.start(&run(most)).await.expect("room again");
}
