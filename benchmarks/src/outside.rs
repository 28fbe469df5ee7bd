//! All that is outside of the sender: the store, SES, an SMTP server.

use std::{
    env,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
    time::Duration,
};

use ambient::{SystemClock, SystemRandomness};
use async_trait::async_trait;
use axum::Router;
use delivery::{
    App, Ports,
    mail::{Email, MailSender, SendResult},
    ports::{WorkflowStarter, WorkflowUnavailable},
    workflow::IssueRun,
};
use engine::Engine;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tempfile::TempDir;
use tokio::{net::TcpListener, runtime, sync::oneshot};

use crate::{TABLE, Taken, Usage, fill::fill, sender, ses, sink, store};

/// Where the stand-ins are.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Outside {
    /// DynamoDB.
    pub store: String,
    /// SES.
    pub ses: String,
    /// SMTP.
    pub smtp: String,
}

/// Where files are in memory. SQLite's own databases in memory get slower with
/// each page that they have.
const MEMORY: &str = "/dev/shm";

/// Starts the stand-ins in this process, over a store with so many recipients, in
/// `directory` or in memory; SES answers after `latency`.
pub async fn serve_outside(
    recipients: u32,
    latency: Duration,
    directory: Option<&Path>,
) -> Outside {
    let engine = match directory {
        Some(directory) => Engine::on_disk(&directory.join("store.db")),
        None => Engine::in_memory(),
    };
    let engine = engine.expect("SQLite begins");
    let client = engine.client();
    let created = dynamo::create_table(&client, TABLE).await;
    created.expect("the table is made");
    let ports = Ports {
        dynamodb: client.clone(),
        clock: Arc::new(SystemClock),
        randomness: Arc::new(SystemRandomness),
        mail: Arc::new(Nobody),
        workflow: Arc::new(Nobody),
    };
    fill(&App::new(sender::config(), ports), &client, recipients).await;
    let sink = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let smtp = sink.local_addr().expect("its address");
    tokio::spawn(sink::serve(sink));
    Outside {
        store: serve(store::router(engine)).await,
        ses: apart(ses::router(latency)).await,
        smtp: format!("smtp://{smtp}"),
    }
}

/// Serves it from a thread of its own: however busy the store is, it answers in
/// time.
async fn apart(router: Router) -> String {
    let (tell, address) = oneshot::channel();
    thread::spawn(move || {
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            tell.send(serve(router).await).expect("somebody waits");
            std::future::pending::<()>().await;
        });
    });
    address.await.expect("an address")
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        // It answers in one piece: waiting for more would add 40 ms.
        stream.set_nodelay(true).expect("an option of TCP");
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

impl Outside {
    /// Counts requests to the store from now on.
    pub async fn count(&self) {
        let started = reqwest::Client::new()
            .post(format!("{}/meter", self.store))
            .send();
        started.await.expect("an answer");
    }

    /// What came to the store since.
    pub async fn usage(&self) -> Usage {
        get(&format!("{}/meter", self.store)).await
    }

    /// What came to SES so far.
    pub async fn taken(&self) -> Taken {
        get(&format!("{}/taken", self.ses)).await
    }
}

async fn get<T: DeserializeOwned>(url: &str) -> T {
    let answer = reqwest::Client::new().get(url).send().await;
    answer.expect("an answer").json().await.expect("JSON")
}

/// The stand-ins in a process of their own, which ends when this is dropped.
#[derive(Debug)]
pub struct OutsideProcess {
    /// Where they are.
    pub outside: Outside,
    child: Child,
    /// Removed after the process has ended.
    _directory: TempDir,
}

impl OutsideProcess {
    /// Starts this program again, as the stand-ins, and waits until they are
    /// there, which blocks.
    pub fn start(recipients: u32, latency: Duration) -> Self {
        let directory = tempfile::tempdir_in(MEMORY).expect("a directory");
        let program = env::current_exe().expect("this program");
        let mut child = Command::new(program)
            .arg("outside")
            .args(["--recipients", &recipients.to_string()])
            .args(["--latency-ms", &latency.as_millis().to_string()])
            .arg("--directory")
            .arg(directory.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let out = child.stdout.take().expect("its output");
        let line = BufReader::new(out).lines().next();
        let line = line.expect("a line").expect("text");
        Self {
            outside: serde_json::from_str(&line).expect("addresses"),
            child,
            _directory: directory,
        }
    }
}

impl Drop for OutsideProcess {
    fn drop(&mut self) {
        // It may have ended already.
        let _killed = self.child.kill().is_ok();
        let _waited = self.child.wait().is_ok();
    }
}

/// While the store is filled there are neither mails nor runs.
struct Nobody;

#[async_trait]
impl MailSender for Nobody {
    async fn send(&self, _: &Email) -> SendResult {
        unreachable!("nothing is sent while the store is filled")
    }
}

#[async_trait]
impl WorkflowStarter for Nobody {
    async fn start(&self, _: &IssueRun) -> Result<(), WorkflowUnavailable> {
        unreachable!("nothing is published while the store is filled")
    }

    async fn is_under_way(&self, _: &IssueRun) -> Result<bool, WorkflowUnavailable> {
        unreachable!("nothing is published while the store is filled")
    }
}
