//! An SMTP server that follows a script.

use std::{sync::Arc, time::Duration};

use delivery::mail::{Smtp, SmtpLimits};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::Mutex,
};

/// Where the server does something else than accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Script {
    pub(crate) greeting: Option<&'static str>,
    /// The answer to a log-in; none: it offers none.
    pub(crate) login: Option<&'static str>,
    pub(crate) mail: Option<&'static str>,
    pub(crate) rcpt: Option<&'static str>,
    pub(crate) data: Option<&'static str>,
    /// The answer to the content.
    pub(crate) content: Option<&'static str>,
    /// Closes the connection instead of answering the content.
    pub(crate) closes_in_data: bool,
    /// Closes the connection instead of answering RCPT.
    pub(crate) closes_at_rcpt: bool,
    /// Never answers the content.
    pub(crate) hangs_in_data: bool,
    /// Never greets.
    pub(crate) hangs_at_once: bool,
}

#[derive(Default)]
pub(crate) struct Log {
    pub(crate) connections: usize,
    pub(crate) contents: Vec<String>,
    pub(crate) recipients: Vec<String>,
}

pub(crate) struct TestServer {
    url: String,
    pub(crate) log: Arc<Mutex<Log>>,
}

impl TestServer {
    pub(crate) async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("smtp://{}", listener.local_addr().expect("an address"));
        let log = Arc::new(Mutex::new(Log::default()));
        let shared = log.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.lock().await.connections += 1;
                tokio::spawn(serve(stream, script, shared.clone()));
            }
        });
        Self { url, log }
    }

    /// A client with little patience.
    pub(crate) fn client(&self) -> Smtp {
        self.client_with_patience(Duration::from_millis(300))
    }

    /// A client that waits so long for everything.
    pub(crate) fn client_with_patience(&self, patience: Duration) -> Smtp {
        Smtp::with_limits(&self.url.as_str().into(), limits(patience)).expect("a URL")
    }

    /// A client with a name and a password.
    pub(crate) fn client_that_logs_in(&self) -> Smtp {
        let url = self.url.replace("smtp://", "smtp://user:secret@");
        let limits = limits(Duration::from_millis(300));
        Smtp::with_limits(&url.as_str().into(), limits).expect("a URL")
    }
}

fn limits(patience: Duration) -> SmtpLimits {
    SmtpLimits {
        connections: 2,
        prepare: patience,
        content: patience,
    }
}

async fn serve(stream: TcpStream, script: Script, log: Arc<Mutex<Log>>) -> Option<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    if script.hangs_at_once {
        std::future::pending::<()>().await;
    }
    let mut say = async |text: &str| {
        writer
            .write_all(format!("{text}\r\n").as_bytes())
            .await
            .ok()
    };
    say(script.greeting.unwrap_or("220 test")).await?;
    while let Some(line) = lines.next_line().await.ok()? {
        let answer = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" if script.login.is_some() => "250-test\r\n250 AUTH PLAIN",
            "EHLO" => "250 test",
            "AUTH" => script.login.unwrap_or("503 no"),
            "MAIL" => script.mail.unwrap_or("250 ok"),
            "RCPT" if script.closes_at_rcpt => return None,
            "RCPT" => {
                log.lock().await.recipients.push(line.clone());
                script.rcpt.unwrap_or("250 ok")
            }
            "DATA" => {
                let answer = script.data.unwrap_or("354 go on");
                say(answer).await?;
                if !answer.starts_with('3') {
                    continue;
                }
                let mut content = String::new();
                while let Some(line) = lines.next_line().await.ok()? {
                    if line == "." {
                        break;
                    }
                    content.push_str(&line);
                    content.push('\n');
                }
                if script.closes_in_data {
                    return None;
                }
                if script.hangs_in_data {
                    std::future::pending::<()>().await;
                }
                log.lock().await.contents.push(content);
                script.content.unwrap_or("250 queued")
            }
            "QUIT" => return None,
            _ => "250 ok",
        };
        say(answer).await?;
    }
    None
}
