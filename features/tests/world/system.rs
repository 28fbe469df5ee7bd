//! A system under test.

use std::{sync::Arc, time::Duration};

use local::Settings;
use reqwest::Url;

use super::{
    clock::MovableClock,
    machine::Machine,
    target::{Attached, Target},
};

/// The password of `admin` in systems of our own.
pub(crate) const ADMIN_PASSWORD: &str = "everything has to start somewhere";

/// How long an issue waits before it goes out: long enough for a scenario to pause
/// or cancel it first.
const SETTLE: Duration = Duration::from_secs(2);

/// A running system, its own or somebody else's.
pub(crate) enum System {
    /// Started for one scenario, in this process.
    Own(Box<Own>),
    /// A process of its own, started for one scenario, with its data on disk.
    Machine(Box<Machine>),
    /// Started by somebody else.
    Attached(Box<Attached>),
}

/// A system in this process, in memory.
pub(crate) struct Own {
    host: Option<local::System>,
    clock: Arc<MovableClock>,
    url: Url,
    console_url: Url,
    public_url: Url,
}

impl System {
    /// Starts a system, or finds the one that the environment names. An own
    /// one has `public_url`, or its address, as the base of its links.
    pub(crate) async fn start(public_url: Option<Url>) -> Self {
        match Target::from_environment() {
            Target::Attached(attached) => Self::Attached(attached),
            Target::Own => Self::Own(Box::new(Own::start(public_url).await)),
        }
    }

    /// Where subscribers and admins go.
    pub(crate) fn url(&self) -> &Url {
        match self {
            Self::Own(own) => &own.url,
            Self::Machine(machine) => machine.url(),
            Self::Attached(attached) => &attached.url,
        }
    }

    /// Where the dev console is.
    pub(crate) fn console_url(&self) -> &Url {
        match self {
            Self::Own(own) => &own.console_url,
            Self::Machine(machine) => machine.console_url(),
            Self::Attached(attached) => attached
                .console_url
                .as_ref()
                .expect("scenarios that need the mailbox have the tag @mailbox"),
        }
    }

    /// The base of the links in mails, where it is known.
    pub(crate) fn public_url(&self) -> Option<&Url> {
        match self {
            Self::Own(own) => Some(&own.public_url),
            Self::Machine(machine) => Some(machine.url()),
            Self::Attached(_) => None,
        }
    }

    /// The password of the user `admin`.
    pub(crate) fn admin_password(&self) -> &str {
        match self {
            Self::Own(_) | Self::Machine(_) => ADMIN_PASSWORD,
            Self::Attached(attached) => &attached.admin_password,
        }
    }

    /// Lets `time` go by in the system.
    ///
    /// # Panics
    /// If the system is somebody else's: scenarios that do this have the tag
    /// `@own-clock`.
    pub(crate) fn advance(&self, time: Duration) {
        match self {
            Self::Own(own) => own.clock.advance(time),
            Self::Machine(_) | Self::Attached(_) => {
                panic!("only an own system's clock can be moved")
            }
        }
    }

    /// The process that the scenario started.
    ///
    /// # Panics
    /// If it started none.
    pub(crate) fn machine(&mut self) -> &mut Machine {
        match self {
            Self::Machine(machine) => machine,
            Self::Own(_) | Self::Attached(_) => panic!("the scenario started no machine"),
        }
    }

    /// Stops an own system. A [`Machine`] ends when it is dropped.
    pub(crate) async fn stop(&mut self) {
        if let Self::Own(own) = self
            && let Some(host) = own.host.take()
        {
            host.stop().await;
        }
    }
}

impl Own {
    async fn start(public_url: Option<Url>) -> Self {
        let clock = Arc::new(MovableClock::default());
        let settings = Settings {
            public_url,
            admin_password: Some(ADMIN_PASSWORD.into()),
            clock: clock.clone(),
            settle: SETTLE,
            ..Settings::in_memory()
        };
        let host = local::System::start(settings).await;
        let host = host.expect("a system in memory starts");
        Self {
            clock,
            url: host.url().expect("both services run here"),
            console_url: host.console_url(),
            public_url: host.public_url().expect("both services run here"),
            host: Some(host),
        }
    }
}
