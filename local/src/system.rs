//! The composition root of everything.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use delivery::mail::{BadSmtpUrl, MailSender, Smtp};
use engine::OpenError;
use subscriptions::FirstAdminError;
use tokio::{net::TcpListener, task::JoinSet};
use tracing::instrument::WithSubscriber;
use url::Url;

use crate::{
    config::ADMIN_PASSWORD_VARIABLE,
    console::{self, Console},
    data_dir::{DataDir, DataDirError},
    first_admin,
    mailbox::Mailbox,
    parts::Parts,
    queue::{DatabaseError, Queues},
    settings::{Settings, Storage},
    shutdown::{GRACE, StopSwitch},
    tasks::Tasks,
    workflow_driver,
};

/// A running system. Dropping it ends it at once; [`System::stop`] in order.
#[derive(Debug)]
pub struct System {
    addresses: Addresses,
    data_dir: Option<PathBuf>,
    mailbox: Mailbox,
    queues: Queues,
    switch: StopSwitch,
    /// Each answers with its name when it ends.
    tasks: JoinSet<&'static str>,
    /// Last, so that the lock on it outlives what works in it.
    _lock: Option<DataDir>,
}

#[derive(Debug, Clone)]
struct Addresses {
    url: Url,
    console_url: Url,
    public_url: Url,
}

/// The system cannot start. The text is one line that names the flag.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory cannot be used.
    #[error("--data-dir: {0}")]
    DataDir(#[from] DataDirError),
    /// An address cannot be listened on.
    #[error("{flag}: cannot listen on {address}: {source}")]
    Listen {
        /// The address's flag.
        flag: &'static str,
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The store of the services cannot be opened.
    #[error("--data-dir: store.db: {0}")]
    Store(#[from] OpenError),
    /// The tables cannot be made.
    #[error("--data-dir: store.db: {0}")]
    Table(#[from] dynamo::CommitError),
    /// The queues or the mailbox cannot be opened.
    #[error("--data-dir: {file}: {source}")]
    Database {
        /// Which of them.
        file: &'static str,
        /// Why.
        source: DatabaseError,
    },
    /// The SMTP server's URL cannot be used.
    #[error("--smtp-url: {0}")]
    SmtpUrl(#[from] BadSmtpUrl),
    /// Signals cannot be caught.
    #[error("signals cannot be caught: {0}")]
    Signals(#[source] io::Error),
    /// The first admin cannot have this password.
    #[error("{ADMIN_PASSWORD_VARIABLE}: {0}")]
    AdminPassword(String),
    /// The first admin's random password cannot be shown, so it is not theirs.
    #[error("{ADMIN_PASSWORD_VARIABLE}: unset, and a random password cannot be shown: {0}")]
    PasswordNotShown(#[source] io::Error),
    /// The first admin cannot be made.
    #[error("--data-dir: store.db: {0}")]
    FirstAdmin(FirstAdminError),
}

impl From<FirstAdminError> for StartError {
    fn from(error: FirstAdminError) -> Self {
        match error {
            FirstAdminError::Password(problem) => Self::AdminPassword(problem),
            FirstAdminError::Fault(_) => Self::FirstAdmin(error),
        }
    }
}

impl System {
    /// Starts everything. When it returns, both addresses answer.
    ///
    /// # Errors
    /// See [`StartError`]; nothing runs then.
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        let smtp = settings.smtp_url.as_ref().map(Smtp::new).transpose()?;
        let data_dir = match &settings.storage {
            Storage::Memory => None,
            Storage::Directory(path) => Some(DataDir::take(path)?),
        };
        let listener = listen("--addr", settings.addr).await?;
        let console_listener = listen("--console-addr", settings.console_addr).await?;
        let addresses = Addresses::of(&listener, &console_listener, &settings)?;
        let parts = Parts::open(data_dir.as_ref(), Arc::clone(&settings.clock)).await?;

        let (starter, driver) = workflow_driver::workflow(workflow_driver::DriverSettings {
            settle: settings.settle,
            clock: Arc::clone(&parts.clock),
            randomness: Arc::clone(&parts.randomness),
        });
        let mail_leaves = smtp.is_some();
        let mail: Arc<dyn MailSender> = match smtp {
            Some(smtp) => Arc::new(smtp),
            None => Arc::new(parts.mailbox.clone()),
        };
        let subscriptions = parts.subscriptions(addresses.public_url.clone());
        let delivery = parts.delivery(&settings, mail, starter.clone());
        let console = console::router(
            Console {
                mailbox: parts.mailbox.clone(),
                queues: parts.queues.clone(),
                public_url: addresses.public_url.clone(),
                mail_leaves,
            },
            settings.console_addr,
        );
        let (mailbox, queues) = (parts.mailbox.clone(), parts.queues.clone());
        first_admin::ensure(&subscriptions, &settings, &parts.randomness)
            .with_subscriber(settings.dispatches.subscriptions.clone())
            .await?;

        let (switch, stopping) = StopSwitch::new();
        let mut tasks = Tasks::new(parts, stopping, settings.dispatches);
        tasks.start_subscriptions(&subscriptions);
        tasks.start_delivery(&delivery, driver, starter);
        tasks.serve(
            "the pages of subscribers and admins",
            listener,
            tasks.hosted(&subscriptions),
        );
        tasks.serve("the dev console", console_listener, console);
        if data_dir.is_some() {
            tasks.keep_house();
        }
        Ok(Self {
            addresses,
            data_dir: data_dir.as_ref().map(|dir| dir.path().to_owned()),
            mailbox,
            queues,
            switch,
            tasks: tasks.into_running(),
            _lock: data_dir,
        })
    }

    /// Where subscribers' and admins' pages are served.
    pub fn url(&self) -> Url {
        self.addresses.url.clone()
    }

    /// Where the dev console is served.
    pub fn console_url(&self) -> Url {
        self.addresses.console_url.clone()
    }

    /// The base of every link in a mail.
    pub fn public_url(&self) -> Url {
        self.addresses.public_url.clone()
    }

    /// Where the data is; none if it is in memory.
    pub fn data_dir(&self) -> Option<&Path> {
        self.data_dir.as_deref()
    }

    /// The built-in mailbox.
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// The queues of both services.
    pub fn queues(&self) -> &Queues {
        &self.queues
    }

    /// Waits until a part of the system ends by itself, which none should;
    /// tells its name.
    pub async fn part_ended(&mut self) -> &'static str {
        match self.tasks.join_next().await {
            Some(Ok(name)) => name,
            Some(Err(_)) | None => "a part that panicked",
        }
    }

    /// Stops in order: accepts nothing new, and finishes what is under way,
    /// for [`GRACE`] at most. What is not finished by then is, like after a
    /// crash, by the next start.
    pub async fn stop(mut self) {
        self.switch.stop();
        let all_ended = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, all_ended).await.is_err() {
            tracing::warn!("something under way is left to the next start");
            self.tasks.shutdown().await;
        }
    }
}

impl Addresses {
    fn of(
        listener: &TcpListener,
        console_listener: &TcpListener,
        settings: &Settings,
    ) -> Result<Self, StartError> {
        let url = url_of("--addr", listener, settings.addr)?;
        Ok(Self {
            console_url: url_of("--console-addr", console_listener, settings.console_addr)?,
            public_url: settings.public_url.clone().unwrap_or_else(|| url.clone()),
            url,
        })
    }
}

async fn listen(flag: &'static str, address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| StartError::Listen {
            flag,
            address,
            source,
        })
}

/// The address that is really listened on, as a URL.
fn url_of(
    flag: &'static str,
    listener: &TcpListener,
    address: SocketAddr,
) -> Result<Url, StartError> {
    let unusable = |source| StartError::Listen {
        flag,
        address,
        source,
    };
    let actual = listener.local_addr().map_err(unusable)?;
    Url::parse(&format!("http://{actual}")).map_err(|error| unusable(io::Error::other(error)))
}
