//! A function: the program in a process of its own.

use std::{
    net::SocketAddr,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    cloud::{Cloud, Deed},
    runtime_api::RuntimeApi,
};

/// How long an invocation may take, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often to look.
const INTERVAL: Duration = Duration::from_millis(10);

/// A function that runs until it is dropped.
pub(crate) struct Function {
    cloud: Cloud,
    runtime_api: RuntimeApi,
    child: Child,
}

impl Function {
    /// Starts the role.
    pub(crate) async fn start(cloud: &Cloud, role: &str) -> Self {
        let runtime_api = RuntimeApi::start(cloud).await;
        let mut command = command(cloud, runtime_api.address, role);
        let child = command.stderr(Stdio::null()).spawn();
        Self {
            cloud: cloud.clone(),
            runtime_api,
            child: child.expect("the program starts"),
        }
    }

    /// Invokes it, and waits for its answer; `Err` has the failure.
    pub(crate) async fn invoke(&self, event: Value) -> Result<Value, Value> {
        let before = self.cloud.deeds().len();
        self.runtime_api.invoke(event);
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let ended = self.cloud.deeds().split_off(before).into_iter();
            let mut ended = ended.filter_map(|deed| match deed {
                Deed::Answered(answer) => Some(Ok(answer)),
                Deed::Failed(failure) => Some(Err(failure)),
                _ => None,
            });
            if let Some(ended) = ended.next() {
                return ended;
            }
            tokio::time::sleep(INTERVAL).await;
        }
        panic!("waited {PATIENCE:?} in vain for the end of an invocation")
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }
}

/// Runs the program without one of its variables, to its end.
pub(crate) fn run_without(cloud: &Cloud, role: &str, variable: &str) -> Output {
    let mut command = command(cloud, cloud.address, role);
    let output = command.env_remove(variable).output();
    output.expect("the program starts")
}

fn command(cloud: &Cloud, runtime_api: SocketAddr, role: &str) -> Command {
    let address = cloud.address;
    let mut command = Command::new(env!("CARGO_BIN_EXE_subscriptions-lambda"));
    command.env_clear().envs([
        ("_HANDLER", role),
        ("AWS_ACCESS_KEY_ID", "nobody"),
        ("AWS_SECRET_ACCESS_KEY", "nothing"),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_LAMBDA_FUNCTION_NAME", "test"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ("AWS_LAMBDA_RUNTIME_API", &runtime_api.to_string()),
        ("AWS_ENDPOINT_URL", &format!("http://{address}")),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://{address}")),
        ("PENNYPOST_STAGE", "test"),
        ("PENNYPOST_TABLE", crate::cloud::TABLE),
        ("PENNYPOST_BUS", "default"),
        ("PENNYPOST_PUBLIC_URL", "https://news.example.com"),
        ("PENNYPOST_KEYS_SECRET", "arn:keys"),
        ("PENNYPOST_ADMIN_SECRET", "arn:admin"),
    ]);
    command
}
