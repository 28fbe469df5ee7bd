//! The built program: started, read, killed, stopped.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// The longest that the program may take to be ready, on a busy machine.
const READY_LIMIT: Duration = Duration::from_secs(60);
/// The password of the user `admin` in tests.
pub(crate) const PASSWORD: &str = "everything has to start somewhere";

/// A running program; dropping it kills it.
pub(crate) struct Program {
    child: Child,
    pub(crate) url: String,
    pub(crate) console: String,
    /// What it said on standard output until it was ready.
    pub(crate) said: Vec<String>,
}

/// The program, on ports of its own, with its data in `data_dir` and nothing
/// of this process's settings.
pub(crate) fn command(data_dir: &Path) -> Command {
    let mut command = command_without_pages(data_dir);
    command.args(["--addr", "127.0.0.1:0", "--console-addr", "127.0.0.1:0"]);
    command
}

/// The same, without an address: not every process has both.
pub(crate) fn command_without_pages(data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pennypost"));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("PENNYPOST_") || name.starts_with("OTEL_") {
            command.env_remove(name);
        }
    }
    command
        .arg("--data-dir")
        .arg(data_dir)
        .env("RUST_LOG", "info")
        .stdin(Stdio::null());
    command
}

impl Program {
    /// Starts it with an admin password, and waits until it is ready.
    pub(crate) fn start(data_dir: &Path) -> Self {
        Self::start_as(command(data_dir).env("PENNYPOST_ADMIN_PASSWORD", PASSWORD))
    }

    /// Starts `command` and waits until it is ready.
    pub(crate) fn start_as(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let out = child.stdout.take().expect("standard output");
        let (sender, lines) = mpsc::channel();
        // Ends with the program's standard output.
        thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let mut program = Self {
            child,
            url: String::new(),
            console: String::new(),
            said: Vec::new(),
        };
        program.wait_until_ready(&lines);
        program
    }

    fn wait_until_ready(&mut self, lines: &mpsc::Receiver<String>) {
        let deadline = Instant::now() + READY_LIMIT;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = lines.recv_timeout(left).expect("the program gets ready");
            if let Some(addresses) = line.strip_prefix("ready ") {
                // Delivery by itself has no pages.
                let (url, console) = addresses.split_once(' ').unwrap_or(("", addresses));
                url.trim_end_matches('/').clone_into(&mut self.url);
                console.trim_end_matches('/').clone_into(&mut self.console);
                return;
            }
            self.said.push(line);
        }
    }

    /// The process's id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it with SIGKILL.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }

    /// Ends it with SIGTERM, and tells how it ended and how long that took.
    pub(crate) fn terminate(mut self) -> (ExitStatus, Duration) {
        let asked = Instant::now();
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(sent.expect("kill runs").success());
        (self.child.wait().expect("it ends"), asked.elapsed())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _killed = self.child.kill().is_ok();
        let _waited = self.child.wait().is_ok();
    }
}

/// Runs `command`, which is to end by itself, within a bound.
pub(crate) fn output(command: &mut Command) -> Output {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let deadline = Instant::now() + READY_LIMIT;
    let status = loop {
        if let Some(status) = child.try_wait().expect("its state") {
            break status;
        }
        if Instant::now() > deadline {
            child.kill().expect("it can be killed");
            panic!("the program runs on");
        }
        thread::sleep(Duration::from_millis(10));
    };
    let mut output = Output {
        status,
        stdout: Vec::new(),
        stderr: Vec::new(),
    };
    child
        .stdout
        .take()
        .expect("a pipe")
        .read_to_end(&mut output.stdout)
        .expect("text");
    child
        .stderr
        .take()
        .expect("a pipe")
        .read_to_end(&mut output.stderr)
        .expect("text");
    output
}
