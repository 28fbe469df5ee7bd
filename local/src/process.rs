//! The program `pennypost`.

use std::{
    env,
    io::{self, Write},
    process::ExitCode,
    thread,
    time::Duration,
};

use clap::error::ErrorKind;
use telemetry::{Telemetry, TelemetryError};
use tokio::runtime::Builder;

use crate::{
    config::{Cli, one_line},
    settings::{Dispatches, Settings},
    shutdown::{EXIT_AT_ONCE, Signals},
    system::{StartError, System},
};

/// The exit status if something is wrong with a flag, a variable, or what they
/// name.
const EXIT_MISCONFIGURED: u8 = 2;
/// The longest that threads which still block may hold up the end.
const RUNTIME_END: Duration = Duration::from_secs(1);
/// How many threads may block: for the databases, each of which does one thing at
/// a time, and passwords. Each thread keeps memory of its own.
const BLOCKING_THREADS: usize = 8;

/// Runs the program to its end.
pub fn run() -> ExitCode {
    let cli = match Cli::read_from(env::args_os()) {
        Ok(cli) => cli,
        Err(error) if is_answer(&error) => return answer(&error),
        Err(error) => return refuse(&one_line(&error)),
    };
    let settings = match cli.settings() {
        Ok(settings) => settings,
        Err(error) => return refuse(&error.to_string()),
    };
    let observers = match Observers::start() {
        Ok(observers) => observers,
        Err(error) => return refuse(&error.to_string()),
    };
    let runtime = match Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return refuse(&format!("no threads can be started: {error}")),
    };
    let ended = runtime.block_on(host(Settings {
        dispatches: observers.dispatches(),
        ..settings
    }));
    // While the runtime is there, so that a second signal still counts.
    observers.shutdown();
    runtime.shutdown_timeout(RUNTIME_END);
    match ended {
        Ok(code) => code,
        Err(error) => refuse(&error.to_string()),
    }
}

/// Runs the system until a signal ends it.
async fn host(settings: Settings) -> Result<ExitCode, StartError> {
    let mut signals = Signals::catch().map_err(StartError::Signals)?;
    let mut system = System::start(settings).await?;
    if let Err(error) = announce(&system) {
        tracing::warn!(%error, "standard output is closed");
    }
    let code = tokio::select! {
        () = signals.next() => ExitCode::SUCCESS,
        part = system.part_ended() => {
            tracing::error!(part, "a part of the system ended: start it again");
            ExitCode::FAILURE
        }
    };
    tokio::spawn(async move {
        signals.next().await;
        std::process::exit(EXIT_AT_ONCE);
    });
    system.stop().await;
    Ok(code)
}

/// Tells where everything is, and that it is ready.
fn announce(system: &System) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let console = system.console_url();
    writeln!(out, "Pennypost runs on this machine.\n")?;
    if let Some(url) = system.url() {
        writeln!(out, "  Subscribe   {url}")?;
        writeln!(out, "  Publish     {url}login (user admin)")?;
    }
    if system.has_mails() {
        writeln!(out, "  Mails       {console}")?;
    } else {
        writeln!(out, "  Queues      {console}queues")?;
    }
    if let Some(public_url) = system
        .public_url()
        .filter(|it| Some(it) != system.url().as_ref())
    {
        writeln!(out, "  Links       begin with {public_url}")?;
    }
    if let Some(path) = system.data_dir() {
        writeln!(out, "  Data        {}", path.display())?;
    }
    writeln!(out, "\nCtrl-C stops it.")?;
    match system.url() {
        Some(url) => writeln!(out, "ready {url} {console}")?,
        None => writeln!(out, "ready {console}")?,
    }
    out.flush()
}

/// Logs and traces of the services and of the host.
struct Observers {
    subscriptions: Telemetry,
    delivery: Telemetry,
    host: Telemetry,
}

impl Observers {
    /// Starts all, the host's as the one for whatever belongs to no service.
    fn start() -> Result<Self, TelemetryError> {
        let silent = telemetry::Settings {
            export: None,
            ..telemetry::Settings::from_env()?
        };
        let observers = Self {
            subscriptions: Telemetry::start("subscriptions")?,
            delivery: Telemetry::start("delivery")?,
            // The host draws no spans of its own.
            host: Telemetry::with(&silent, "local", io::stderr)?,
        };
        if tracing::dispatcher::set_global_default(observers.host.dispatch()).is_err() {
            tracing::debug!("somebody logs already");
        }
        Ok(observers)
    }

    fn dispatches(&self) -> Dispatches {
        Dispatches {
            subscriptions: self.subscriptions.dispatch(),
            delivery: self.delivery.dispatch(),
        }
    }

    /// Exports what is left, at the same time, so that a receiver that hangs
    /// is waited for once.
    fn shutdown(self) {
        thread::scope(|scope| {
            for telemetry in [self.subscriptions, self.delivery, self.host] {
                scope.spawn(|| telemetry.shutdown());
            }
        });
    }
}

/// Whether clap has what was asked for, and no error.
fn is_answer(error: &clap::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    )
}

fn answer(error: &clap::Error) -> ExitCode {
    match error.print() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Says what is wrong, in one line.
fn refuse(problem: &str) -> ExitCode {
    let line = problem.replace(['\n', '\r'], " ");
    // Without a standard error there is nobody to tell.
    let _told = writeln!(io::stderr(), "pennypost: {line}").is_ok();
    ExitCode::from(EXIT_MISCONFIGURED)
}
