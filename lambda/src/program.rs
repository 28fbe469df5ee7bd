//! A program from its start to its end.

use std::{panic, process::ExitCode};

use telemetry::{Settings, Telemetry, TelemetryError};
use tokio::runtime;

use crate::{aws, environment::BadVariable, environment::Environment, host::Host};

/// The program cannot start, or its loop ended. Lambda starts it again.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A variable cannot be used.
    #[error(transparent)]
    Variable(#[from] BadVariable),
    /// Logs and traces cannot be set up.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// The certificates that are built in cannot be used.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
    /// No thread or timer is to be had.
    #[error("the runtime cannot start: {0}")]
    Runtime(#[from] std::io::Error),
    /// Lambda's runtime API does not answer.
    #[error("the loop ended: {0}")]
    Loop(#[from] lambda_runtime::Error),
}

/// Runs the program of `service`: `serve` picks the role and serves it for good.
/// One thread, as a function of this size has one processor at the most; what
/// blocks has threads of its own.
pub fn run<F>(service: &'static str, serve: impl FnOnce(Host) -> F) -> ExitCode
where
    F: Future<Output = Result<(), StartError>>,
{
    match start(service, serve) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell(&error);
            ExitCode::FAILURE
        }
    }
}

fn start<F>(service: &'static str, serve: impl FnOnce(Host) -> F) -> Result<(), StartError>
where
    F: Future<Output = Result<(), StartError>>,
{
    let settings = Settings::from_env()?;
    let telemetry = Telemetry::with(&settings, service, std::io::stderr)?;
    let dispatch = telemetry.dispatch();
    tracing::dispatcher::set_global_default(dispatch).expect("nobody else sets it");
    panic::set_hook(Box::new(note_panic));
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let sdk = aws::sdk_config().await?;
        let exports = settings.export.is_some();
        let host = Host::new(Environment::of_process(), sdk, telemetry, exports);
        serve(host).await
    })
}

/// Where it happened, and not what it says, which can quote anything.
fn note_panic(panic: &panic::PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    tracing::error!(place, "a panic");
}

#[expect(
    clippy::print_stderr,
    reason = "without telemetry this is the only log there is"
)]
fn tell(error: &StartError) {
    eprintln!("{error}");
}
