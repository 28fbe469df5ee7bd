//! An SMTP server outside of the program.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::reader::eventually;

/// How long to wait before counting again.
const POLL: Duration = Duration::from_millis(1);
/// The longest wait for a number of mails, on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// An SMTP server that accepts everything and keeps it.
pub(crate) struct Sink {
    pub(crate) url: String,
    mails: Arc<Mutex<Vec<String>>>,
    answer_after: Arc<Mutex<Duration>>,
}

impl Sink {
    pub(crate) async fn start() -> Self {
        Self::slow(Duration::ZERO).await
    }

    /// One that answers a mail only after so long.
    pub(crate) async fn slow(answer_after: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let mails = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&mails);
        let answer_after = Arc::new(Mutex::new(answer_after));
        let slowness = Arc::clone(&answer_after);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, slowness) = (Arc::clone(&kept), Arc::clone(&slowness));
                tokio::spawn(converse(stream, kept, slowness));
            }
        });
        Self {
            url: format!("smtp://{address}"),
            mails,
            answer_after,
        }
    }

    /// From now on it answers a mail only after so long.
    pub(crate) fn answers_after(&self, slowness: Duration) {
        *self.answer_after.lock().expect("the lock") = slowness;
    }

    pub(crate) fn with(&self, text: &str) -> Vec<String> {
        let mails = self.mails.lock().expect("the lock");
        mails
            .iter()
            .filter(|mail| mail.contains(text))
            .cloned()
            .collect()
    }

    /// How many mails came.
    pub(crate) fn count(&self) -> usize {
        self.mails.lock().expect("the lock").len()
    }

    /// Waits until so many mails have come.
    pub(crate) async fn has_got(&self, mails: usize) {
        let came = async {
            while self.count() < mails {
                tokio::time::sleep(POLL).await;
            }
        };
        let came = tokio::time::timeout(LIMIT, came).await;
        assert!(came.is_ok(), "{} of {mails} mails came", self.count());
    }

    pub(crate) async fn first_with(&self, text: &str) -> String {
        eventually(|| async { self.with(text).into_iter().next() }).await
    }
}

/// Answers one client (RFC 5321). An error ends the conversation: the client
/// is gone.
async fn converse(
    stream: TcpStream,
    mails: Arc<Mutex<Vec<String>>>,
    answer_after: Arc<Mutex<Duration>>,
) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 sink\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer: &[u8] = match verb.as_str() {
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut mail = String::new();
                loop {
                    match lines.next_line().await? {
                        Some(line) if line == "." => break,
                        Some(line) => {
                            mail.push_str(line.strip_prefix('.').unwrap_or(&line));
                            mail.push('\n');
                        }
                        // A client that is gone before the end sent no mail.
                        None => return Ok(()),
                    }
                }
                mails.lock().expect("the lock").push(mail);
                let slowness = *answer_after.lock().expect("the lock");
                tokio::time::sleep(slowness).await;
                b"250 kept\r\n"
            }
            "QUIT" => b"221 bye\r\n",
            _ => b"250 yes\r\n",
        };
        write.write_all(answer).await?;
    }
    Ok(())
}

/// The text of a quoted-printable mail (RFC 2045, section 6.7), as far as
/// links need it.
pub(crate) fn unfolded(mail: &str) -> String {
    mail.replace("=\n", "").replace("=3D", "=")
}
