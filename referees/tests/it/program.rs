//! A Lambda program of ours, and a runtime API that gives it one event.
//!
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::{
    env, future,
    path::Path,
    process::{Child, Command},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderName, StatusCode},
    routing::{get, post},
};
use serde_json::Value;
use tokio::{net::TcpListener, sync::mpsc, time::timeout};

use crate::stand_in::{REGION, StandIn};

/// Names the folder with the programs, as `.ci/referees` builds them.
const PROGRAMS: &str = "PENNYPOST_REFEREE_PROGRAMS";
/// For one invocation, the program's start included.
const PATIENCE: Duration = Duration::from_secs(60);

/// A runtime API with one event.
#[derive(Clone)]
struct RuntimeApi {
    event: Arc<Mutex<Option<Value>>>,
    answers: mpsc::UnboundedSender<Value>,
}

/// The program while it runs.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It has no end of its own; if it ended all the same, so much the better.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// A service's Lambda program.
pub(crate) struct Program {
    /// The name of its file.
    pub(crate) name: &'static str,
    /// The variables beside those that every function has.
    pub(crate) variables: Vec<(&'static str, String)>,
}

impl Program {
    /// What it answers to `event` in a role, in a process of its own. AWS is moto.
    pub(crate) async fn answer(&self, role: &str, event: &Value) -> Value {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address").to_string();
        let (answers, mut answered) = mpsc::unbounded_channel();
        let api = RuntimeApi {
            event: Arc::new(Mutex::new(Some(event.clone()))),
            answers,
        };
        let serving = tokio::spawn(async { axum::serve(listener, routes(api)).await });
        let running = self.start(role, &address);
        let told = timeout(PATIENCE, answered.recv()).await;
        drop(running);
        serving.abort();
        told.expect("it answers in time").expect("it answers")
    }

    fn start(&self, role: &str, runtime_api: &str) -> Running {
        let programs = env::var(PROGRAMS);
        let programs =
            programs.unwrap_or_else(|_| panic!("{PROGRAMS} is not set: run .ci/referees"));
        let started = Command::new(Path::new(&programs).join(self.name))
            .env("_HANDLER", role)
            .env("AWS_LAMBDA_RUNTIME_API", runtime_api)
            .env("AWS_LAMBDA_FUNCTION_NAME", "referees")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_ENDPOINT_URL", StandIn::Moto.url())
            .env("AWS_REGION", REGION)
            .env("AWS_ACCESS_KEY_ID", "referee")
            .env("AWS_SECRET_ACCESS_KEY", "referee")
            .env("PENNYPOST_STAGE", "referees")
            .envs(self.variables.iter().cloned())
            .spawn();
        Running(started.expect("the program starts"))
    }
}

fn routes(api: RuntimeApi) -> Router {
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(take))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(take))
        .with_state(api)
}

async fn next(State(api): State<RuntimeApi>) -> ([(HeaderName, String); 3], Json<Value>) {
    let event = api.event.lock().unwrap_or_else(PoisonError::into_inner);
    let event = { event }.take();
    let Some(event) = event else {
        // Lambda freezes it now.
        return future::pending().await;
    };
    let deadline = SystemTime::now() + PATIENCE;
    let deadline = deadline.duration_since(UNIX_EPOCH).expect("it is later");
    let header = |name, value| (HeaderName::from_static(name), value);
    let headers = [
        header("lambda-runtime-aws-request-id", "1".to_owned()),
        header(
            "lambda-runtime-deadline-ms",
            deadline.as_millis().to_string(),
        ),
        header("lambda-runtime-invoked-function-arn", "none".to_owned()),
    ];
    (headers, Json(event))
}

async fn take(State(api): State<RuntimeApi>, answer: String) -> StatusCode {
    let answer = serde_json::from_str(&answer).expect("an answer is JSON");
    // Who asked may have given up.
    api.answers.send(answer).ok();
    StatusCode::ACCEPTED
}
