//! The flags that say where mail goes, and how fast.

use std::ffi::{OsStr, OsString};

use clap::Args;
use delivery::{BadSendRate, SendRate};
use secrecy::SecretString;

use crate::{
    config::{ConfigError, optional, text},
    settings::MailSide,
};

const SMTP_URL: &str = "--smtp-url";
const SES: &str = "--ses";
const SEND_RATE: &str = "--send-rate";

/// Where mail goes, and how fast.
#[derive(Args)]
pub(crate) struct MailFlags {
    /// SMTP server that mail goes to, as smtp://user:password@host:port or
    /// smtps://…, with ?tls=required for STARTTLS [default: the built-in mailbox]
    #[arg(
        long,
        value_name = "URL",
        env = "PENNYPOST_SMTP_URL",
        hide_env_values = true
    )]
    smtp_url: Option<OsString>,
    /// Send by Amazon SES, with the region, credentials and endpoint that the AWS_*
    /// variables and files name
    #[arg(
        long,
        value_name = "BOOL",
        env = "PENNYPOST_SES",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true"
    )]
    ses: Option<OsString>,
    /// Emails of issues per second at the most [default: what the mail side takes]
    #[arg(long, value_name = "RATE", env = "PENNYPOST_SEND_RATE")]
    send_rate: Option<OsString>,
}

impl MailFlags {
    /// Where mail goes.
    pub(crate) fn side(&self) -> Result<MailSide, ConfigError> {
        let smtp_url = optional(self.smtp_url.clone());
        let ses = optional(self.ses.clone()).map(|value| yes_or_no(&value));
        match (smtp_url, ses.transpose()?.unwrap_or_default()) {
            (None, false) => Ok(MailSide::Mailbox),
            (None, true) => Ok(MailSide::Ses),
            (Some(url), false) => {
                let url = text(SMTP_URL, &url)?;
                Ok(MailSide::Smtp(SecretString::from(url)))
            }
            (Some(_), true) => Err(ConfigError::new(
                SES,
                "mail goes to the server of --smtp-url; only one of them can be chosen",
            )),
        }
    }

    /// How fast issues go out.
    pub(crate) fn send_rate(&self) -> Result<Option<SendRate>, ConfigError> {
        let rate = optional(self.send_rate.clone()).map(|value| {
            let rate = text(SEND_RATE, &value)?.trim().parse();
            rate.map_err(|error: BadSendRate| ConfigError::new(SEND_RATE, error.to_string()))
        });
        rate.transpose()
    }
}

fn yes_or_no(value: &OsStr) -> Result<bool, ConfigError> {
    match text(SES, value)? {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        other => {
            let problem = format!("{other:?} is neither true nor false");
            Err(ConfigError::new(SES, problem))
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        mail: MailFlags,
    }

    fn flags(flags: &[&str]) -> MailFlags {
        let arguments = ["pennypost"].iter().chain(flags);
        Cli::try_parse_from(arguments).expect("known flags").mail
    }

    #[test]
    fn mail_goes_to_one_place() {
        let side = |given: &[&str]| flags(given).side();
        assert!(matches!(side(&[]), Ok(MailSide::Mailbox)));
        assert!(matches!(side(&["--ses"]), Ok(MailSide::Ses)));
        assert!(matches!(side(&["--ses=false"]), Ok(MailSide::Mailbox)));
        let smtp = ["--smtp-url", "smtp://localhost"];
        assert!(matches!(side(&smtp), Ok(MailSide::Smtp(_))));
        let both = side(&["--ses", "--smtp-url", "smtp://localhost"]);
        let Err(error) = both else { panic!("both") };
        assert!(error.to_string().starts_with("--ses: "), "{error}");
    }

    #[test]
    fn a_bad_value_is_an_error_that_names_its_flag() {
        for rate in ["0", "-1", "fast", "1e9"] {
            let given = flags(&[&format!("--send-rate={rate}")]);
            let error = given.send_rate().expect_err("refused").to_string();
            assert!(error.starts_with("--send-rate: "), "{error}");
            assert_eq!(error.lines().count(), 1, "{error}");
        }
        let rate = flags(&["--send-rate", "12.5"]).send_rate().expect("a rate");
        assert_eq!(rate.map(SendRate::per_second), Some(12.5));
        let Err(error) = flags(&["--ses=perhaps"]).side() else {
            panic!("perhaps");
        };
        assert!(error.to_string().starts_with("--ses: "), "{error}");
    }

    #[test]
    fn help_shows_no_password_of_a_mail_server() {
        let help = Cli::command();
        let smtp = help.get_arguments().find(|it| it.get_id() == "smtp_url");
        assert!(smtp.expect("the flag").is_hide_env_values_set());
    }
}
