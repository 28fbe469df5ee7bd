//! The composition root of everything.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use delivery::mail::{BadSmtpUrl, MailSender, Smtp};
use engine::OpenError;
use outbox::HandleError;
use subscriptions::FirstAdminError;
use tokio::task::JoinSet;
use tracing::instrument::WithSubscriber;
use url::Url;

use crate::{
    addresses::{Addresses, Listeners, Pages},
    config::ADMIN_PASSWORD_VARIABLE,
    console::{self, Console},
    data_dir::{DataDir, DataDirError},
    first_admin,
    hosting::Service,
    mailbox::Mailbox,
    parts::Parts,
    peer::BadPeer,
    queue::{DatabaseError, Queues},
    rebuilding,
    ses::ses,
    settings::{MailSide, Settings, Storage},
    shutdown::{GRACE, StopSwitch},
    tasks::Tasks,
    workflow_driver,
};

/// A running system. Dropping it ends it at once; [`System::stop`] in order.
#[derive(Debug)]
pub struct System {
    addresses: Addresses,
    has_mails: bool,
    data_dir: Option<PathBuf>,
    mailbox: Mailbox,
    queues: Queues,
    switch: StopSwitch,
    /// Each answers with its name when it ends.
    tasks: JoinSet<&'static str>,
    /// Last, so that the lock on it outlives what works in it.
    _lock: Option<DataDir>,
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
    /// SES cannot be used.
    #[error("--ses: {0}")]
    Ses(&'static str),
    /// The other process cannot be called.
    #[error("--peer: {0}")]
    Peer(#[from] BadPeer),
    /// The subscribers cannot be published again.
    #[error("--rebuild: {0}")]
    Rebuild(#[source] HandleError),
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
    /// Starts all that `settings` ask for. When it returns, all addresses answer.
    ///
    /// # Errors
    /// See [`StartError`]; nothing runs then.
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        let has_mails = settings.hosting.runs(Service::Delivery);
        let mail = match &settings.mail {
            MailSide::Smtp(url) => Some(Arc::new(Smtp::new(url)?) as Arc<dyn MailSender>),
            MailSide::Ses if has_mails => Some(Arc::new(ses().await?) as Arc<dyn MailSender>),
            MailSide::Ses | MailSide::Mailbox => None,
        };
        let data_dir = match &settings.storage {
            Storage::Memory => None,
            Storage::Directory(path) => Some(DataDir::take(path)?),
        };
        let listeners = Listeners::bind(&settings).await?;
        let addresses = listeners.addresses(&settings)?;
        let parts = Parts::open(data_dir.as_ref(), &settings).await?;
        let (mailbox, queues) = (parts.mailbox.clone(), parts.queues.clone());
        let console = Console {
            has_mails,
            mailbox: mailbox.clone(),
            queues: queues.clone(),
            public_url: addresses
                .pages
                .as_ref()
                .map(|pages| pages.public_url.clone()),
            mail_leaves: mail.is_some(),
        };
        let console = console::router(console, &settings, parts.bus.queues());

        let (switch, stopping) = StopSwitch::new();
        let mut tasks = Tasks::new(parts, stopping, settings.dispatches.clone());
        if let (Some(listener), Some(pages)) = (listeners.pages, &addresses.pages) {
            let app = tasks.parts().subscriptions(pages.public_url.clone());
            first_admin::ensure(&app, &settings, &tasks.parts().randomness)
                .with_subscriber(settings.dispatches.subscriptions.clone())
                .await?;
            if settings.rebuild {
                rebuilding::rebuild(&app)
                    .with_subscriber(settings.dispatches.subscriptions.clone())
                    .await
                    .map_err(StartError::Rebuild)?;
            }
            tasks.start_subscriptions(&app);
            let router = tasks.hosted(&app);
            tasks.serve("the pages of subscribers and admins", listener, router);
        }
        if has_mails {
            let mail = mail.unwrap_or_else(|| Arc::new(mailbox.clone()));
            let (starter, driver) = workflow_driver::workflow(workflow_driver::DriverSettings {
                settle: settings.settle,
                clock: Arc::clone(&tasks.parts().clock),
                randomness: Arc::clone(&tasks.parts().randomness),
            });
            let app = tasks.parts().delivery(&settings, mail, starter.clone());
            tasks.start_delivery(&app, driver, starter);
        }
        tasks.serve("the dev console", listeners.console, console);
        if data_dir.is_some() {
            tasks.keep_house();
        }
        Ok(Self {
            addresses,
            has_mails,
            data_dir: data_dir.as_ref().map(|dir| dir.path().to_owned()),
            mailbox,
            queues,
            switch,
            tasks: tasks.into_running(),
            _lock: data_dir,
        })
    }

    /// Where subscribers' and admins' pages are served, if it is here.
    pub fn url(&self) -> Option<Url> {
        self.pages().map(|pages| pages.url.clone())
    }

    /// Where the dev console is served.
    pub fn console_url(&self) -> Url {
        self.addresses.console.clone()
    }

    /// The base of every link in a mail, if it is known here.
    pub fn public_url(&self) -> Option<Url> {
        self.pages().map(|pages| pages.public_url.clone())
    }

    fn pages(&self) -> Option<&Pages> {
        self.addresses.pages.as_ref()
    }

    /// Whether the console has the mailbox: delivery runs here.
    pub fn has_mails(&self) -> bool {
        self.has_mails
    }

    /// Where the data is; none if it is in memory.
    pub fn data_dir(&self) -> Option<&Path> {
        self.data_dir.as_deref()
    }

    /// The built-in mailbox; it stays empty where delivery does not run.
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// The queues of the services that run here.
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
