//! What an issue costs, on a small scale, so that it does not rot.

use std::time::Duration;

use benchmarks::{Mail, Sender, Usage, serve_outside};

/// Recipients of the smaller issue, and of the larger one: 1 and 4 calls of SES
/// for each of 16 shards.
const FEW: u32 = 800;
const MANY: u32 = 3_200;

/// AWS requests, and what DynamoDB's are, of an issue to so many.
async fn cost(recipients: u32) -> (u64, Usage) {
    let outside = serve_outside(recipients, Duration::ZERO, None).await;
    let sender = Sender::new(&outside, Mail::Ses.connect(&outside));
    outside.count().await;
    sender.send().await;
    let puts = sender.relay().await;
    let (usage, taken) = (outside.usage().await, outside.taken().await);
    assert_eq!(taken.mails, u64::from(recipients), "each of them is mailed");
    assert_eq!(taken.calls, u64::from(recipients) / 50);
    let requests = usage.total() + taken.calls + taken.quotas + puts;
    (requests, usage)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_mails_take_no_more_requests_and_units_than_was_promised() {
    let (few, many) = (cost(FEW).await, cost(MANY).await);
    let thousands = f64::from(MANY - FEW) / 1_000.0;
    let requests = (many.0 - few.0) as f64 / thousands;
    assert!(requests <= 45.0, "{requests} requests for 1,000: {many:?}");
    let writes = (many.1.write_units - few.1.write_units) as f64 / thousands;
    assert!(writes <= 50.0, "{writes} write units for 1,000: {many:?}");
    let reads = (many.1.read_units() - few.1.read_units()) / thousands;
    assert!(reads <= 100.0, "{reads} read units for 1,000: {many:?}");
    // What an issue takes however many read it: at 100,000 of them, two requests
    // for each 1,000.
    let once = few.0 as f64 - requests * f64::from(FEW) / 1_000.0;
    assert!(once <= 300.0, "{once} requests beside: {few:?}");
}
