//! Which of the services a process runs.

use std::fmt;

use url::Url;

/// One of the services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Subscribers, admins and issues.
    Subscriptions,
    /// Recipients and mail.
    Delivery,
}

impl Service {
    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Subscriptions => Self::Delivery,
            Self::Delivery => Self::Subscriptions,
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Subscriptions => "subscriptions",
            Self::Delivery => "delivery",
        })
    }
}

/// Which services a system runs, and who runs the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hosting {
    /// Both.
    Both,
    /// One. The process whose console is at `peer` runs the other.
    One {
        /// The one.
        service: Service,
        /// Where the events of the one go, and those of the other come from.
        peer: Url,
    },
}

impl Hosting {
    /// Whether the system runs `service`.
    pub fn runs(&self, service: Service) -> bool {
        match self {
            Self::Both => true,
            Self::One { service: one, .. } => *one == service,
        }
    }

    /// The console of the process that runs the other service.
    pub fn peer(&self) -> Option<&Url> {
        match self {
            Self::Both => None,
            Self::One { peer, .. } => Some(peer),
        }
    }
}
