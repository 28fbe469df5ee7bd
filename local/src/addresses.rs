//! What is listened on.

use std::{io, net::SocketAddr};

use tokio::net::TcpListener;
use url::Url;

use crate::{hosting::Service, settings::Settings, system::StartError};

/// The sockets of a system, which nobody is served on yet.
pub(crate) struct Listeners {
    /// For the pages of subscribers and admins, if this system has them.
    pub(crate) pages: Option<TcpListener>,
    pub(crate) console: TcpListener,
}

/// Where a system is.
#[derive(Debug, Clone)]
pub(crate) struct Addresses {
    /// The pages of subscribers and admins, if this system has them.
    pub(crate) pages: Option<Pages>,
    pub(crate) console: Url,
}

/// Where the pages of subscribers and admins are.
#[derive(Debug, Clone)]
pub(crate) struct Pages {
    pub(crate) url: Url,
    /// The base of every link in a mail.
    pub(crate) public_url: Url,
}

impl Listeners {
    pub(crate) async fn bind(settings: &Settings) -> Result<Self, StartError> {
        let pages = if settings.hosting.runs(Service::Subscriptions) {
            Some(listen("--addr", settings.addr).await?)
        } else {
            None
        };
        Ok(Self {
            pages,
            console: listen("--console-addr", settings.console_addr).await?,
        })
    }

    /// Where they really listen.
    pub(crate) fn addresses(&self, settings: &Settings) -> Result<Addresses, StartError> {
        let pages = match &self.pages {
            None => None,
            Some(listener) => {
                let url = url_of("--addr", listener, settings.addr)?;
                let public_url = settings.public_url.clone().unwrap_or_else(|| url.clone());
                Some(Pages { url, public_url })
            }
        };
        Ok(Addresses {
            pages,
            console: url_of("--console-addr", &self.console, settings.console_addr)?,
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
