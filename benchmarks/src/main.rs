//! One command per figure: `cargo run -p benchmarks --profile measure -- FIGURE`.
#![expect(clippy::print_stdout, reason = "what a benchmark is for")]

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Duration,
};

use benchmarks::{Mail, OutsideProcess, Recorder, Sender, cpu_seconds, peak_kib, serve_outside};
use clap::{Parser, Subcommand};
use delivery::workflow::SHARDS;

/// What SES takes to answer.
const LATENCY: Duration = Duration::from_millis(50);
/// How many mails one bulk call is for.
const PER_CALL: u32 = 50;
/// Recipients of the smaller and the larger issue that are compared.
const SIZES: [u32; 2] = [100_000, 1_000_000];

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    figure: Figure,
}

#[derive(Subcommand)]
enum Figure {
    /// AWS requests and DynamoDB units per 1,000 mails.
    Requests {
        #[arg(long, default_value_t = 100_000)]
        recipients: u32,
    },
    /// The share of the throughput of a bare loop of SES calls.
    Throughput {
        #[arg(long, default_value_t = 200_000)]
        recipients: u32,
    },
    /// Memory and time at 100,000 and at 1,000,000 recipients.
    Scale,
    /// Mails a second and processor time by SMTP.
    Smtp {
        #[arg(long, default_value_t = 20_000)]
        recipients: u32,
    },
    /// One issue by SES, in a process of its own.
    #[command(hide = true)]
    Send {
        #[arg(long)]
        recipients: u32,
    },
    /// The stand-ins.
    #[command(hide = true)]
    Outside {
        #[arg(long)]
        recipients: u32,
        #[arg(long)]
        latency_ms: u64,
        #[arg(long)]
        directory: PathBuf,
    },
}

/// As `pennypost` has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() {
    match Arguments::parse().figure {
        Figure::Requests { recipients } => requests(recipients).await,
        Figure::Throughput { recipients } => throughput(recipients).await,
        Figure::Scale => {
            for recipients in SIZES {
                let program = env::current_exe().expect("this program");
                let send = Command::new(program)
                    .args(["send", "--recipients", &recipients.to_string()])
                    .status();
                assert!(send.expect("it runs").success());
            }
        }
        Figure::Smtp { recipients } => smtp(recipients).await,
        Figure::Send { recipients } => send(recipients).await,
        Figure::Outside {
            recipients,
            latency_ms,
            directory,
        } => outside(recipients, Duration::from_millis(latency_ms), &directory).await,
    }
}

async fn requests(recipients: u32) {
    let process = OutsideProcess::start(recipients, Duration::ZERO);
    let outside = &process.outside;
    let sender = Sender::new(outside, Mail::Ses.connect(outside));
    outside.count().await;
    sender.send().await;
    let puts = sender.relay().await;
    let (usage, taken) = (outside.usage().await, outside.taken().await);
    assert_eq!(taken.mails, u64::from(recipients));
    let thousands = f64::from(recipients) / 1_000.0;
    println!("for each 1,000 of {recipients} mails:");
    let requests = usage.total() + taken.calls + taken.quotas + puts;
    println!("{:8.2} AWS requests", requests as f64 / thousands);
    println!("{:8.2}   SendBulkEmail", taken.calls as f64 / thousands);
    for (operation, count) in &usage.requests {
        println!("{:8.2}   {operation}", *count as f64 / thousands);
    }
    println!("{:8.2}   GetAccount", taken.quotas as f64 / thousands);
    println!("{:8.2}   PutEvents", puts as f64 / thousands);
    println!("{:8.2} write units", usage.write_units as f64 / thousands);
    println!("{:8.2} read units", usage.read_units() / thousands);
}

async fn throughput(recipients: u32) {
    let process = OutsideProcess::start(recipients, LATENCY);
    let outside = &process.outside;
    let recorder = Recorder::new(Mail::Ses.connect(outside));
    let sender = Sender::new(outside, Arc::new(recorder.clone()));
    let cpu = cpu_seconds();
    let took = sender.send().await;
    let cpu = cpu_seconds() - cpu;
    let mails = |took: Duration| f64::from(recipients) / took.as_secs_f64();
    let (sending, whole) = (mails(took.sending), mails(took.whole()));
    println!("with the ledger: {sending:8.0} mails a second, {cpu:.1} s of processor time");
    println!("with the count:  {whole:8.0} mails a second, of the recipients before");
    let calls = (recipients / PER_CALL) as usize;
    let cpu = cpu_seconds();
    let bare = recorder.repeat(calls, SHARDS.into()).await;
    let cpu = cpu_seconds() - cpu;
    println!("the bare loop:   {bare:8.0} mails a second, {cpu:.1} s of processor time");
    println!(
        "share: {:.3}; with the count {:.3}",
        sending / bare,
        whole / bare
    );
}

async fn send(recipients: u32) {
    let process = OutsideProcess::start(recipients, LATENCY);
    let outside = &process.outside;
    let sender = Sender::new(outside, Mail::Ses.connect(outside));
    let before = peak_kib();
    let took = sender.send().await.whole();
    assert_eq!(outside.taken().await.mails, u64::from(recipients));
    let each = took.as_secs_f64() * 1_000.0 / (f64::from(recipients) / 1_000.0);
    println!(
        "{recipients:8} recipients: {:6.1} s, {each:6.2} ms for 1,000; {:.1} s of processor \
         time; peak memory {:.1} MiB ({:.1} MiB before)",
        took.as_secs_f64(),
        cpu_seconds(),
        peak_kib() as f64 / 1024.0,
        before as f64 / 1024.0,
    );
}

async fn smtp(recipients: u32) {
    let process = OutsideProcess::start(recipients, Duration::ZERO);
    let outside = &process.outside;
    let sender = Sender::new(outside, Mail::Smtp.connect(outside));
    let cpu = cpu_seconds();
    let took = sender.send().await.whole();
    let cpu = cpu_seconds() - cpu;
    println!(
        "{:.0} mails a second, {:.3} s of processor time for 1,000",
        f64::from(recipients) / took.as_secs_f64(),
        cpu * 1_000.0 / f64::from(recipients),
    );
}

async fn outside(recipients: u32, latency: Duration, directory: &Path) {
    let outside = serve_outside(recipients, latency, Some(directory)).await;
    let addresses = serde_json::to_string(&outside).expect("JSON");
    println!("{addresses}");
    // Until it is killed.
    std::future::pending::<()>().await;
}
