//! A mail server that does as a scenario says.

use std::sync::{Arc, Mutex, MutexGuard};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// How it takes mail.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Manner {
    /// It takes every mail.
    Takes,
    /// It takes every mail, and never says so.
    FallsSilent,
    /// It wants a log-in first (RFC 4954, section 6).
    WantsLogIn,
}

struct State {
    manner: Manner,
    /// The mails that it took, oldest first.
    mails: Vec<Taken>,
}

struct Taken {
    addressee: String,
    subject: String,
}

/// An SMTP server (RFC 5321), as far as scenarios need one.
pub(crate) struct MailServer {
    url: String,
    state: Arc<Mutex<State>>,
}

impl MailServer {
    pub(crate) async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let state = Arc::new(Mutex::new(State {
            manner,
            mails: Vec::new(),
        }));
        let kept = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Arc::clone(&kept)));
            }
        });
        Self {
            url: format!("smtp://{address}"),
            state,
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// From now on it takes mail so.
    pub(crate) fn behave(&self, manner: Manner) {
        locked(&self.state).manner = manner;
    }

    /// Whom it took mails with exactly this `subject` for, once for each mail.
    pub(crate) fn addressees(&self, subject: &str) -> Vec<String> {
        let state = locked(&self.state);
        let mails = state.mails.iter().filter(|mail| mail.subject == subject);
        mails.map(|mail| mail.addressee.clone()).collect()
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().expect("nobody panics with the lock")
}

/// Answers one client. An error ends the conversation: the client is gone.
async fn converse(stream: TcpStream, state: Arc<Mutex<State>>) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut addressee = String::new();
    write.write_all(b"220 here\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let manner = locked(&state).manner;
        let answer: &[u8] = match (verb.as_str(), manner) {
            ("MAIL", Manner::WantsLogIn) => b"530 log in first\r\n",
            ("RCPT", _) => {
                let path = line.split(['<', '>']).nth(1);
                path.unwrap_or_default().clone_into(&mut addressee);
                b"250 yes\r\n"
            }
            ("DATA", _) => {
                write.write_all(b"354 go on\r\n").await?;
                let mut subject = String::new();
                loop {
                    match lines.next_line().await? {
                        Some(line) if line == "." => break,
                        Some(line) => {
                            if let Some(value) = line.strip_prefix("Subject: ") {
                                value.clone_into(&mut subject);
                            }
                        }
                        // A client that is gone before the end sent no mail.
                        None => return Ok(()),
                    }
                }
                let addressee = std::mem::take(&mut addressee);
                locked(&state).mails.push(Taken { addressee, subject });
                if matches!(manner, Manner::FallsSilent) {
                    // Until the client is gone.
                    while lines.next_line().await?.is_some() {}
                    return Ok(());
                }
                b"250 kept\r\n"
            }
            ("QUIT", _) => b"221 bye\r\n",
            _ => b"250 yes\r\n",
        };
        write.write_all(answer).await?;
    }
    Ok(())
}
