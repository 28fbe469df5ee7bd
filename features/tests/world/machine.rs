//! The program as a process of its own, that can be killed and started again.

use std::{
    env,
    io::{self, BufRead, BufReader},
    process::{self, Child, ChildStdout, Command, ExitCode, Stdio},
    thread,
    time::Duration,
};

use reqwest::Url;
use tempfile::TempDir;

use super::{MailServer, system::ADMIN_PASSWORD};

/// Set for a process that is to be the program, and not to run scenarios: so
/// there is always one of the same build.
const BE_THE_PROGRAM: &str = "FEATURES_RUN_AS_THE_PROGRAM";
/// The longest that the program may take to be ready, on a busy machine.
const READY_LIMIT: Duration = Duration::from_secs(60);

/// Runs `pennypost` to its end, if this process was started to be that.
pub(crate) fn run_as_the_program_if_asked() -> Option<ExitCode> {
    env::var_os(BE_THE_PROGRAM)?;
    // Whoever started this process is gone when its standard input ends, and
    // nobody else would end it.
    thread::spawn(|| {
        let ended = io::copy(&mut io::stdin(), &mut io::sink());
        process::exit(i32::from(ended.is_err()));
    });
    Some(local::process::run())
}

/// A machine with a disk, and the program on it.
pub(crate) struct Machine {
    disk: TempDir,
    flags: Vec<String>,
    /// The mail server that it sends to; none: the built-in mailbox.
    mail_server: Option<MailServer>,
    running: Running,
}

impl Machine {
    /// Starts the program with these flags besides those for its addresses and
    /// its data.
    pub(crate) async fn start(mail_server: Option<MailServer>, flags: Vec<String>) -> Self {
        let disk = tempfile::tempdir().expect("a directory");
        let mut flags = flags;
        if let Some(server) = &mail_server {
            flags.extend(["--smtp-url".to_owned(), server.url().to_owned()]);
        }
        let running = Running::start(&disk, &flags).await;
        Self {
            disk,
            flags,
            mail_server,
            running,
        }
    }

    /// Kills the program (SIGKILL), and starts it again, elsewhere.
    pub(crate) async fn kill_and_start_again(&mut self) {
        self.running.kill();
        self.running = Running::start(&self.disk, &self.flags).await;
    }

    pub(crate) fn url(&self) -> &Url {
        &self.running.url
    }

    pub(crate) fn console_url(&self) -> &Url {
        &self.running.console_url
    }

    pub(crate) fn mail_server(&self) -> Option<&MailServer> {
        self.mail_server.as_ref()
    }
}

/// The process; dropping it kills it.
struct Running {
    child: Child,
    url: Url,
    console_url: Url,
    /// Open as long as the process runs, so that it can write.
    _said: BufReader<ChildStdout>,
}

impl Running {
    async fn start(disk: &TempDir, flags: &[String]) -> Self {
        let mut command = Command::new(env::current_exe().expect("this program is a file"));
        let ours = |name: &str| name.starts_with("PENNYPOST_") || name.starts_with("OTEL_");
        for (name, _) in env::vars().filter(|(name, _)| ours(name)) {
            command.env_remove(name);
        }
        command
            .env(BE_THE_PROGRAM, "1")
            .env("PENNYPOST_ADMIN_PASSWORD", ADMIN_PASSWORD)
            .env("RUST_LOG", "error")
            .args(["--addr", "127.0.0.1:0", "--console-addr", "127.0.0.1:0"])
            .arg("--data-dir")
            .arg(disk.path().join("data"))
            .args(flags)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let started = tokio::task::spawn_blocking(move || Self::ready(command));
        let started = tokio::time::timeout(READY_LIMIT, started).await;
        let started = started.expect("the program is ready in time");
        started.expect("the program starts")
    }

    fn ready(mut command: Command) -> Self {
        let mut child = command.spawn().expect("the program starts");
        let mut said = BufReader::new(child.stdout.take().expect("standard output"));
        loop {
            let mut line = String::new();
            let read = said.read_line(&mut line).expect("the program writes text");
            assert!(read > 0, "the program ended before it was ready");
            let Some(addresses) = line.trim_end().strip_prefix("ready ") else {
                continue;
            };
            let (url, console) = addresses.split_once(' ').expect("two addresses");
            let [url, console_url] = [url, console].map(|it| it.parse().expect("a URL"));
            return Self {
                child,
                url,
                console_url,
                _said: said,
            };
        }
    }

    fn kill(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _killed = self.child.kill().is_ok();
        let _waited = self.child.wait().is_ok();
    }
}
