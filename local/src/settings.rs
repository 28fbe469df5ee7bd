//! What a system is started with.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use ambient::{SharedClock, SystemClock};
use delivery::{SendRate, mail::Sender};
use secrecy::SecretString;
use tracing::Dispatch;
use url::Url;

use crate::hosting::Hosting;

/// The settings of one [`System`](crate::System).
#[derive(Clone)]
pub struct Settings {
    /// Which of the services run here.
    pub hosting: Hosting,
    /// Where subscriptions' API and admin pages are served; port 0 takes any.
    pub addr: SocketAddr,
    /// Where the dev console is served; port 0 takes any.
    pub console_addr: SocketAddr,
    /// Where data is kept.
    pub storage: Storage,
    /// The base of every link in a mail; `http://` and the address if none.
    pub public_url: Option<Url>,
    /// Who mails are from.
    pub from: Sender,
    /// Where mail goes.
    pub mail: MailSide,
    /// The most mails of issues in a second; none: what the mail side takes.
    pub send_rate: Option<SendRate>,
    /// How long an issue waits, once it is published, for confirmations that
    /// are still on their way.
    pub settle: Duration,
    /// Whether every subscriber's present state is published again, at the start.
    pub rebuild: bool,
    /// The first admin's password; none: a random one. It counts if there is
    /// no user yet.
    pub admin_password: Option<SecretString>,
    /// Shows somebody the random password, before it is anybody's: a process
    /// that ends in between makes another one the next time.
    pub show_password: ShowPassword,
    /// What the services take for the time.
    pub clock: SharedClock,
    /// Where the services log and trace.
    pub dispatches: Dispatches,
}

/// Shows a password to whoever starts the system, and returns when it was
/// shown.
pub type ShowPassword = fn(&SecretString) -> io::Result<()>;

/// Where mail goes.
#[derive(Debug, Clone)]
pub enum MailSide {
    /// To the built-in mailbox.
    Mailbox,
    /// To the SMTP server of this URL.
    Smtp(SecretString),
    /// To Amazon SES, as the SDK's own variables and files say.
    Ses,
}

/// Where data is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    /// Nowhere: it is gone with the system.
    Memory,
    /// In this directory, which is made if it is not there.
    Directory(PathBuf),
}

/// Where each service logs and traces.
#[derive(Debug, Clone)]
pub struct Dispatches {
    /// Subscriptions' way.
    pub subscriptions: Dispatch,
    /// Delivery's way.
    pub delivery: Dispatch,
}

impl Default for Dispatches {
    /// The caller's own way, for both.
    fn default() -> Self {
        let current = tracing::dispatcher::get_default(Dispatch::clone);
        Self {
            subscriptions: current.clone(),
            delivery: current,
        }
    }
}

/// Who mails are from by default.
pub(crate) const DEFAULT_FROM: &str = "Pennypost <newsletter@pennypost.localhost>";

impl Settings {
    /// A system that keeps nothing, on ports of its own, and sends at once: for
    /// tests, of which many can run in one process.
    ///
    /// # Panics
    /// Never: the default sender is one.
    pub fn in_memory() -> Self {
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            hosting: Hosting::Both,
            addr: any_port,
            console_addr: any_port,
            storage: Storage::Memory,
            public_url: None,
            from: DEFAULT_FROM.parse().expect("the default sender is one"),
            mail: MailSide::Mailbox,
            send_rate: None,
            settle: Duration::ZERO,
            rebuild: false,
            admin_password: None,
            show_password: |_| Ok(()),
            clock: Arc::new(SystemClock),
            dispatches: Dispatches::default(),
        }
    }
}
