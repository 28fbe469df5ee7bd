//! A receiver that is in trouble is not in the services' way.

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use telemetry::{SHUTDOWN_LIMIT, Telemetry, server_span};

use crate::{captured_log::CapturedLog, receiver::exporting_to};

/// More spans than the queue (2048) and a batch (512) hold together.
const MANY: usize = 10_000;

/// Far more than that many spans take, far less than one export's timeout.
const PROMPT: Duration = Duration::from_secs(4);

/// What stopping may take beyond its limit on a busy machine.
const SLACK: Duration = Duration::from_secs(3);

fn make_many_spans(telemetry: &Telemetry) -> Duration {
    let begin = Instant::now();
    tracing::dispatcher::with_default(&telemetry.dispatch(), || {
        for _ in 0..MANY {
            drop(server_span("GET", "/health_check", None).entered());
        }
    });
    begin.elapsed()
}

#[test]
fn a_receiver_that_hangs_delays_neither_spans_nor_the_end() {
    // Connections are taken by the kernel and never answered.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}/v1/traces", silent.local_addr().unwrap());
    let log = CapturedLog::default();
    let telemetry = log.telemetry("subscriptions", &exporting_to(&endpoint));

    let spent = make_many_spans(&telemetry);
    assert!(spent < PROMPT, "spans took {spent:?}");

    let begin = Instant::now();
    telemetry.shutdown();
    let spent = begin.elapsed();
    assert!(spent < SHUTDOWN_LIMIT + SLACK, "the end took {spent:?}");
    let lines = log.lines();
    let last = lines.last().unwrap();
    assert_eq!(last["message"], "the last spans could not be exported");
}

#[test]
fn a_receiver_that_is_gone_is_reported_once() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}/v1/traces", closed.local_addr().unwrap());
    drop(closed);
    let log = CapturedLog::default();
    let telemetry = log.telemetry("subscriptions", &exporting_to(&endpoint));

    for _ in 0..2 {
        let spent = make_many_spans(&telemetry);
        assert!(spent < PROMPT, "spans took {spent:?}");
        telemetry.flush();
    }

    let lines = log.lines();
    let reports = lines
        .iter()
        .filter(|line| line["message"] == "spans cannot be exported");
    assert_eq!(reports.count(), 1, "{lines:?}");
}
