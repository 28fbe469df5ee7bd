//! The flags that say which services run here.

use std::{
    ffi::{OsStr, OsString},
    net::{IpAddr, SocketAddr},
};

use clap::{ArgMatches, Args, parser::ValueSource};
use url::{Host, Url};

use crate::{
    config::{ConfigError, optional, text},
    hosting::{Hosting, Service},
};

const ONLY: &str = "--only";
const PEER: &str = "--peer";

/// The flags that mean something to one of the services alone, as clap and as
/// people call them. Their variables mean nothing to the other service either,
/// but are no mistake: two processes can share an environment.
const FLAGS_OF_ONE: [(Service, &str, &str); 8] = [
    (Service::Subscriptions, "addr", "--addr"),
    (Service::Subscriptions, "public_url", "--public-url"),
    (Service::Subscriptions, "rebuild", "--rebuild"),
    (Service::Delivery, "from", "--from"),
    (Service::Delivery, "smtp_url", "--smtp-url"),
    (Service::Delivery, "ses", "--ses"),
    (Service::Delivery, "send_rate", "--send-rate"),
    (Service::Delivery, "settle_seconds", "--settle-seconds"),
];

/// Which services run here.
#[derive(Args)]
pub(crate) struct HostingFlags {
    /// Run only this service, subscriptions or delivery; the process at --peer
    /// runs the other [default: both]
    #[arg(long, value_name = "SERVICE", env = "PENNYPOST_ONLY")]
    only: Option<OsString>,
    /// Console of the process that runs the other service, such as
    /// http://127.0.0.1:8026
    #[arg(long, value_name = "URL", env = "PENNYPOST_PEER")]
    peer: Option<OsString>,
}

impl HostingFlags {
    pub(crate) fn hosting(self) -> Result<Hosting, ConfigError> {
        match (optional(self.only), optional(self.peer)) {
            (None, None) => Ok(Hosting::Both),
            (Some(only), Some(peer)) => Ok(Hosting::One {
                service: service(&only)?,
                peer: console(&peer)?,
            }),
            (Some(only), None) => {
                let other = service(&only)?.other();
                let problem = format!("--peer must say which process runs {other}");
                Err(ConfigError::new(ONLY, problem))
            }
            (None, Some(_)) => Err(ConfigError::new(
                PEER,
                "both services run here; --only chooses one",
            )),
        }
    }
}

/// Refuses what was typed for a service that does not run here.
pub(crate) fn refuse_flags_of_the_other(
    typed: &[&'static str],
    hosting: &Hosting,
) -> Result<(), ConfigError> {
    let misplaced = FLAGS_OF_ONE
        .iter()
        .find(|(owner, _, flag)| !hosting.runs(*owner) && typed.contains(flag));
    match misplaced {
        None => Ok(()),
        Some((owner, _, flag)) => {
            let problem = format!("{owner} has this flag, and does not run here");
            Err(ConfigError::new(flag, problem))
        }
    }
}

/// Those of [`FLAGS_OF_ONE`] that stand on the command line.
pub(crate) fn typed(matches: &ArgMatches) -> Vec<&'static str> {
    FLAGS_OF_ONE
        .iter()
        .filter(|(_, id, _)| matches.value_source(id) == Some(ValueSource::CommandLine))
        .map(|(_, _, flag)| *flag)
        .collect()
}

fn service(value: &OsStr) -> Result<Service, ConfigError> {
    let text = text(ONLY, value)?;
    [Service::Subscriptions, Service::Delivery]
        .into_iter()
        .find(|service| service.to_string() == text)
        .ok_or_else(|| {
            let problem = format!("{text:?} is neither subscriptions nor delivery");
            ConfigError::new(ONLY, problem)
        })
}

fn console(value: &OsStr) -> Result<Url, ConfigError> {
    let problem = |what| ConfigError::new(PEER, what);
    let url = Url::parse(text(PEER, value)?)
        .map_err(|_| problem("it is not a URL such as http://127.0.0.1:8026"))?;
    if url.scheme() != "http" {
        return Err(problem("it does not begin with http://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(problem("it must not hold a user or a password"));
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(problem("it must end after the port"));
    }
    if url.port() == Some(0) {
        return Err(problem("port 0 is no address; name the real one"));
    }
    Ok(url)
}

/// Refuses a peer that is this process itself.
pub(crate) fn refuse_own_console(
    hosting: &Hosting,
    console: SocketAddr,
) -> Result<(), ConfigError> {
    let is_own = |peer: &Url| {
        let is_own_ip = match peer.host() {
            Some(Host::Domain(name)) => is_here(console.ip()) && name == "localhost",
            Some(Host::Ipv4(ip)) => is_same(console.ip(), ip.into()),
            Some(Host::Ipv6(ip)) => is_same(console.ip(), ip.into()),
            None => false,
        };
        is_own_ip && peer.port_or_known_default() == Some(console.port())
    };
    match hosting.peer().filter(|peer| is_own(peer)) {
        None => Ok(()),
        Some(_) => Err(ConfigError::new(
            PEER,
            "it is this process's own --console-addr; it must be the other's",
        )),
    }
}

/// Whether who listens at `own` is met at `ip` on this machine.
fn is_same(own: IpAddr, ip: IpAddr) -> bool {
    own == ip || (own.is_unspecified() && is_here(ip))
}

fn is_here(ip: IpAddr) -> bool {
    ip.is_loopback() || ip.is_unspecified()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Cli;

    const PEER_URL: &str = "--peer=http://127.0.0.1:8026";

    fn hosting(flags: &[&str]) -> Result<Hosting, String> {
        let arguments = ["pennypost"].iter().chain(flags);
        let cli = Cli::read_from(arguments).expect("known flags");
        match cli.settings() {
            Ok(settings) => Ok(settings.hosting),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn one_service_has_a_peer_and_both_have_none() {
        assert_eq!(hosting(&[]), Ok(Hosting::Both));
        assert_eq!(hosting(&["--only=", "--peer="]), Ok(Hosting::Both));
        for service in [Service::Subscriptions, Service::Delivery] {
            let one = hosting(&[&format!("--only={service}"), PEER_URL]).expect("one");
            assert!(one.runs(service) && !one.runs(service.other()));
            let peer = one.peer().map(Url::as_str);
            assert_eq!(peer, Some("http://127.0.0.1:8026/"));
        }
    }

    #[test]
    fn what_makes_no_pair_is_refused_by_its_flag() {
        for (flags, culprit) in [
            (vec!["--only=delivery"], ONLY),
            (vec!["--only=both", PEER_URL], ONLY),
            (vec![PEER_URL], PEER),
            (vec!["--only=delivery", "--peer=here"], PEER),
            (vec!["--only=delivery", "--peer=https://here"], PEER),
            (vec!["--only=delivery", "--peer=http://a:b@here"], PEER),
            (vec!["--only=delivery", "--peer=http://here/api"], PEER),
            (vec!["--only=delivery", "--peer=http://here/?a"], PEER),
            (vec!["--only=delivery", "--peer=http://127.0.0.1:0"], PEER),
            (
                vec!["--only=delivery", "--peer=http://127.0.0.1:8025"],
                PEER,
            ),
            (
                vec!["--only=delivery", "--peer=http://localhost:8025"],
                PEER,
            ),
            (
                vec![
                    "--only=delivery",
                    "--peer=http://[::1]:9",
                    "--console-addr=[::]:9",
                ],
                PEER,
            ),
            (
                vec!["--only=delivery", PEER_URL, "--addr=[::1]:0"],
                "--addr",
            ),
            (vec!["--only=delivery", PEER_URL, "--rebuild"], "--rebuild"),
            (
                vec!["--only=subscriptions", PEER_URL, "--smtp-url=smtp://here"],
                "--smtp-url",
            ),
        ] {
            let text = hosting(&flags).expect_err("no pair");
            assert!(text.starts_with(&format!("{culprit}: ")), "{text}");
            assert_eq!(text.lines().count(), 1, "{text}");
        }
    }

    #[test]
    fn clap_knows_every_flag_that_one_service_has() {
        let command = <Cli as clap::CommandFactory>::command();
        for (_, id, flag) in FLAGS_OF_ONE {
            let known = command.get_arguments().find(|it| it.get_id() == id);
            let long = known.and_then(clap::Arg::get_long).expect("a flag");
            assert_eq!(format!("--{long}"), flag);
        }
    }
}
