//! Which system the scenarios drive.

use std::env;

use reqwest::Url;

/// The base URL of a running system to drive instead of own ones.
const URL: &str = "PENNYPOST_TEST_URL";
/// The base URL of its dev console, whose mailbox the scenarios read.
const CONSOLE_URL: &str = "PENNYPOST_TEST_CONSOLE_URL";
/// The password of its user `admin`, who must not have to change it.
const ADMIN_PASSWORD: &str = "PENNYPOST_TEST_ADMIN_PASSWORD";
/// The release of the contracts (`N` of `contracts-vN`) that one of its services
/// was built with; none: today's.
const CONTRACTS: &str = "PENNYPOST_TEST_CONTRACTS";
/// Before the first release of the contracts that a scenario needs, in a tag.
const SINCE: &str = "since-contracts-v";

/// The system under test.
pub(crate) enum Target {
    /// One of its own for each scenario, in this process, in memory.
    Own,
    /// A running one that all scenarios share.
    Attached(Box<Attached>),
}

/// A system somebody else started.
pub(crate) struct Attached {
    /// Where it serves.
    pub(crate) url: Url,
    /// Where its dev console serves, if it has one.
    pub(crate) console_url: Option<Url>,
    /// The password of the user `admin`.
    pub(crate) admin_password: String,
    /// The release of the contracts that it knows; none: today's.
    contracts: Option<u32>,
}

impl Attached {
    /// Whether it knows the contracts that a scenario with these tags needs.
    fn knows_contracts_of(&self, tags: &[&str]) -> bool {
        let Some(known) = self.contracts else {
            return true;
        };
        tags.iter()
            .filter_map(|tag| tag.strip_prefix(SINCE))
            .all(|since| {
                let since: u32 = since
                    .parse()
                    .unwrap_or_else(|_| panic!("@{SINCE}{since} names no release"));
                since <= known
            })
    }
}

impl Target {
    /// Reads the environment.
    ///
    /// # Panics
    /// If what it says is incomplete or no URL.
    pub(crate) fn from_environment() -> Self {
        let Some(url) = base_url(URL) else {
            return Self::Own;
        };
        Self::Attached(Box::new(Attached {
            url,
            console_url: base_url(CONSOLE_URL),
            admin_password: variable(ADMIN_PASSWORD)
                .unwrap_or_else(|| panic!("{ADMIN_PASSWORD} must be set when {URL} is")),
            contracts: variable(CONTRACTS).map(|number| {
                let number = number.parse();
                number.unwrap_or_else(|_| panic!("{CONTRACTS} is no number"))
            }),
        }))
    }

    /// Whether a scenario with these tags can run here.
    pub(crate) fn runs(&self, tags: &[&str]) -> bool {
        let known = match self {
            Self::Own => true,
            Self::Attached(attached) => attached.knows_contracts_of(tags),
        };
        known
            && !self
                .left_out()
                .iter()
                .any(|(left_out, _)| tags.contains(left_out))
    }

    /// One line for whoever reads the run: what is driven, and what is not
    /// run there and why.
    pub(crate) fn announcement(&self) -> String {
        match self {
            Self::Own => "driving a system of its own per scenario".to_owned(),
            Self::Attached(attached) => {
                let mut left_out: Vec<String> = self
                    .left_out()
                    .iter()
                    .map(|(tag, why)| format!("no @{tag} scenarios ({why})"))
                    .collect();
                if let Some(known) = attached.contracts {
                    left_out.push(format!("none that need more than contracts-v{known}"));
                }
                format!("driving {}: {}", attached.url, left_out.join(", "))
            }
        }
    }

    /// The tags that cannot run here, each with the reason.
    fn left_out(&self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Own => Vec::new(),
            Self::Attached(attached) => {
                let mut left_out = vec![
                    ("own-clock", "its clock cannot be moved"),
                    ("own-system", "they would disturb the others"),
                ];
                if attached.console_url.is_none() {
                    left_out.push(("mailbox", "PENNYPOST_TEST_CONSOLE_URL is not set"));
                }
                left_out
            }
        }
    }
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn base_url(name: &str) -> Option<Url> {
    let value = variable(name)?;
    Some(Url::parse(&value).unwrap_or_else(|error| panic!("{name} is no URL: {error}")))
}
