//! Flags and environment variables.

use std::{
    env,
    ffi::{OsStr, OsString},
    io::{self, Write},
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use ambient::SystemClock;
use clap::{CommandFactory, FromArgMatches, Parser};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::{
    hosting_flags::{HostingFlags, refuse_flags_of_the_other, refuse_own_console, typed},
    mail_flags::MailFlags,
    settings::{DEFAULT_FROM, Dispatches, Settings, Storage},
};

/// Holds the first admin's password. It is no flag: flags can be seen by
/// everybody on the machine.
pub const ADMIN_PASSWORD_VARIABLE: &str = "PENNYPOST_ADMIN_PASSWORD";

/// The longest settling: an issue that waits longer is held by mistake.
const MAX_SETTLE_SECONDS: u64 = 3_600;

/// A newsletter platform: subscriptions, delivery and a dev console in one
/// process, or in two.
///
/// PENNYPOST_ADMIN_PASSWORD sets the password of the user `admin` at the first
/// start; if unset, that start makes a random one and prints it once.
/// OTEL_EXPORTER_OTLP_ENDPOINT and the other OTEL_* variables export traces;
/// RUST_LOG sets what is logged (info).
#[derive(Parser)]
#[command(name = "pennypost", version, max_term_width = 100)]
pub struct Cli {
    /// Address of the subscribers' and admins' pages
    #[arg(
        long,
        value_name = "IP:PORT",
        env = "PENNYPOST_ADDR",
        default_value = "127.0.0.1:8000"
    )]
    addr: OsString,
    /// Address of the dev console
    #[arg(
        long,
        value_name = "IP:PORT",
        env = "PENNYPOST_CONSOLE_ADDR",
        default_value = "127.0.0.1:8025"
    )]
    console_addr: OsString,
    /// Directory that holds all data; made if it is not there
    #[arg(
        long,
        value_name = "DIRECTORY",
        env = "PENNYPOST_DATA_DIR",
        default_value = ".pennypost"
    )]
    data_dir: OsString,
    /// Base of every link in a mail [default: http:// and the address]
    #[arg(long, value_name = "URL", env = "PENNYPOST_PUBLIC_URL")]
    public_url: Option<OsString>,
    /// Sender of all mail; its domain makes the List-Id
    #[arg(long, value_name = "SENDER", env = "PENNYPOST_FROM", default_value = DEFAULT_FROM)]
    from: OsString,
    #[command(flatten)]
    mail: MailFlags,
    /// Seconds that a published issue waits for confirmations on their way
    #[arg(
        long,
        value_name = "SECONDS",
        env = "PENNYPOST_SETTLE_SECONDS",
        default_value = "1"
    )]
    settle_seconds: OsString,
    /// Once, before anything else, tell delivery of every subscriber again: for
    /// when its data was lost
    #[arg(long)]
    rebuild: bool,
    #[command(flatten)]
    hosting: HostingFlags,
    /// See [`typed`].
    #[arg(skip)]
    typed: Vec<&'static str>,
}

/// A flag, or its variable, has a value that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{flag}: {problem}")]
pub struct ConfigError {
    flag: &'static str,
    problem: String,
}

impl ConfigError {
    pub(crate) fn new(flag: &'static str, problem: impl Into<String>) -> Self {
        Self {
            flag,
            problem: problem.into(),
        }
    }
}

impl Cli {
    /// Reads the command line, the program's name first, and the environment.
    ///
    /// # Errors
    /// What is no flag, or is given too often; or the answer to `--help`.
    pub fn read_from<I>(arguments: I) -> Result<Self, clap::Error>
    where
        I: IntoIterator,
        I::Item: Into<OsString> + Clone,
    {
        let matches = Self::command().try_get_matches_from(arguments)?;
        Ok(Self {
            typed: typed(&matches),
            ..Self::from_arg_matches(&matches)?
        })
    }

    /// Checks all values.
    ///
    /// # Errors
    /// [`ConfigError`] for the first that cannot be used.
    pub fn settings(self) -> Result<Settings, ConfigError> {
        let hosting = self.hosting.hosting()?;
        refuse_flags_of_the_other(&self.typed, &hosting)?;
        let console_addr = address("--console-addr", &self.console_addr)?;
        refuse_own_console(&hosting, console_addr)?;
        Ok(Settings {
            hosting,
            addr: address("--addr", &self.addr)?,
            console_addr,
            storage: Storage::Directory(directory("--data-dir", self.data_dir)?),
            public_url: optional(self.public_url)
                .map(|url| public_url("--public-url", &url))
                .transpose()?,
            from: text("--from", &self.from)?.parse().map_err(
                |error: delivery::mail::BadSender| ConfigError::new("--from", error.to_string()),
            )?,
            mail: self.mail.side()?,
            send_rate: self.mail.send_rate()?,
            settle: settle("--settle-seconds", &self.settle_seconds)?,
            rebuild: self.rebuild,
            admin_password: admin_password(env::var_os(ADMIN_PASSWORD_VARIABLE))?,
            show_password,
            clock: Arc::new(SystemClock),
            dispatches: Dispatches::default(),
        })
    }
}

/// On standard output. Not to be shown is an error: nobody could sign in.
fn show_password(password: &SecretString) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let password = password.expose_secret();
    writeln!(out, "Password of admin, shown only now: {password}\n")?;
    out.flush()
}

/// The first line of what clap says, which names the flag.
pub fn one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    first.strip_prefix("error: ").unwrap_or(first).to_owned()
}

pub(crate) fn text<'a>(flag: &'static str, value: &'a OsStr) -> Result<&'a str, ConfigError> {
    value
        .to_str()
        .ok_or_else(|| ConfigError::new(flag, "the value is not Unicode"))
}

/// A variable that is set to nothing counts as unset.
pub(crate) fn optional(value: Option<OsString>) -> Option<OsString> {
    value.filter(|value| !value.is_empty())
}

fn address(flag: &'static str, value: &OsStr) -> Result<SocketAddr, ConfigError> {
    let text = text(flag, value)?;
    // The one name that needs no name server.
    let numeric = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    numeric.parse().map_err(|_| {
        ConfigError::new(
            flag,
            format!("{text:?} is not an IP address and a port, such as 127.0.0.1:8000"),
        )
    })
}

fn directory(flag: &'static str, value: OsString) -> Result<PathBuf, ConfigError> {
    if value.is_empty() {
        return Err(ConfigError::new(flag, "it names no directory"));
    }
    Ok(PathBuf::from(value))
}

fn public_url(flag: &'static str, value: &OsStr) -> Result<Url, ConfigError> {
    let problem = |what| ConfigError::new(flag, what);
    let url = Url::parse(text(flag, value)?)
        .map_err(|_| problem("it is not a URL such as https://news.example.com"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(problem("it does not begin with http:// or https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(problem("it must not hold a user or a password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(problem("it must not have a query or a fragment"));
    }
    Ok(url)
}

fn settle(flag: &'static str, value: &OsStr) -> Result<Duration, ConfigError> {
    let text = text(flag, value)?;
    match text.parse() {
        Ok(seconds @ 1..=MAX_SETTLE_SECONDS) => Ok(Duration::from_secs(seconds)),
        _ => Err(ConfigError::new(
            flag,
            format!("{text:?} is not a whole number from 1 to {MAX_SETTLE_SECONDS}"),
        )),
    }
}

fn admin_password(value: Option<OsString>) -> Result<Option<SecretString>, ConfigError> {
    optional(value)
        .map(|value| text(ADMIN_PASSWORD_VARIABLE, &value).map(SecretString::from))
        .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::MailSide;

    fn parse(flags: &[&str]) -> Result<Settings, ConfigError> {
        let arguments = ["pennypost"].iter().chain(flags);
        Cli::read_from(arguments).expect("known flags").settings()
    }

    fn error(flags: &[&str]) -> String {
        match parse(flags) {
            Ok(_) => panic!("{flags:?} should be refused"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn defaults_are_what_the_documentation_says() {
        let settings = parse(&[]).expect("defaults");
        assert_eq!(settings.addr.to_string(), "127.0.0.1:8000");
        assert_eq!(settings.console_addr.to_string(), "127.0.0.1:8025");
        assert_eq!(settings.storage, Storage::Directory(".pennypost".into()));
        assert_eq!(settings.public_url, None);
        assert_eq!(settings.from.address(), "newsletter@pennypost.localhost");
        assert_eq!(settings.settle, Duration::from_secs(1));
        assert!(matches!(settings.mail, MailSide::Mailbox));
        assert_eq!(settings.send_rate, None);
    }

    #[test]
    fn a_bad_value_is_an_error_that_names_its_flag() {
        for (flag, value) in [
            ("--addr", "nonsense"),
            ("--addr", "127.0.0.1:99999"),
            ("--console-addr", ""),
            ("--data-dir", ""),
            ("--public-url", "no url"),
            ("--public-url", "ftp://files.example"),
            ("--public-url", "https://a:b@example.com"),
            ("--public-url", "https://example.com/?a=b"),
            ("--from", "nobody"),
            ("--settle-seconds", "0"),
            ("--settle-seconds", "-1"),
            ("--settle-seconds", "soon"),
        ] {
            let text = error(&[&format!("{flag}={value}")]);
            assert!(text.starts_with(&format!("{flag}: ")), "{text}");
            assert_eq!(text.lines().count(), 1, "{text}");
        }
    }

    #[test]
    fn localhost_is_an_address_too() {
        let settings = parse(&["--addr", "localhost:0"]).expect("an address");
        assert_eq!(settings.addr.to_string(), "127.0.0.1:0");
    }

    #[test]
    fn an_unknown_flag_is_named_in_one_line() {
        let error = Cli::read_from(["pennypost", "--adr", "x"])
            .map(|_| ())
            .expect_err("unknown");
        let line = one_line(&error);
        assert!(line.contains("--adr") && !line.contains('\n'), "{line}");
    }
}
