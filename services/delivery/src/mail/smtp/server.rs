//! Which server, and how to begin with it.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use lettre::transport::smtp::{
    SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT,
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, TlsParameters},
    extension::ClientId,
};
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpStream;
use url::Url;

use super::conversation::Fault;

/// In the order in which they are tried.
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

/// The URL names no SMTP server that can be used. The text does not quote it:
/// it can hold a password.
#[derive(Debug, thiserror::Error)]
#[error("an SMTP URL is written as smtp://user:password@host:port?tls=required or smtps://…: {0}")]
pub struct BadSmtpUrl(&'static str);

/// What the URL says.
pub(super) struct Server {
    host: String,
    port: u16,
    tls: Tls,
    hello_name: ClientId,
    credentials: Option<Credentials>,
}

enum Tls {
    /// Never.
    None,
    /// By STARTTLS, if the server offers it.
    Opportunistic(TlsParameters),
    /// By STARTTLS, or not at all.
    Required(TlsParameters),
    /// From the first byte.
    Wrapped(TlsParameters),
}

impl Server {
    /// Reads a URL as lettre's own transport does.
    pub(super) fn parse(url: &SecretString) -> Result<Self, BadSmtpUrl> {
        let url = Url::parse(url.expose_secret()).map_err(|_| BadSmtpUrl("it is no URL"))?;
        let host = url
            .host_str()
            .filter(|host| !host.is_empty())
            .ok_or(BadSmtpUrl("it has no host"))?;
        let tls_parameters = || {
            TlsParameters::new(host.to_owned())
                .map_err(|_| BadSmtpUrl("TLS does not take its host"))
        };
        let asked = url.query_pairs().find(|(key, _)| key == "tls");
        let asked = asked.as_ref().map(|(_, value)| value.as_ref());
        let (tls, default_port) = match (url.scheme(), asked) {
            ("smtp", None) => (Tls::None, SMTP_PORT),
            ("smtp", Some("required")) => (Tls::Required(tls_parameters()?), SUBMISSION_PORT),
            ("smtp", Some("opportunistic")) => {
                (Tls::Opportunistic(tls_parameters()?), SUBMISSION_PORT)
            }
            ("smtps", _) => (Tls::Wrapped(tls_parameters()?), SUBMISSIONS_PORT),
            ("smtp", Some(_)) => {
                return Err(BadSmtpUrl("tls is neither required nor opportunistic"));
            }
            _ => return Err(BadSmtpUrl("its scheme is neither smtp nor smtps")),
        };
        Ok(Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(default_port),
            tls,
            hello_name: hello_name(&url)?,
            credentials: credentials(&url)?,
        })
    }

    /// Connects, greets, and logs in. The caller bounds the time it takes.
    pub(super) async fn connect(&self) -> Result<AsyncSmtpConnection, Fault> {
        // lettre 0.11 panics when a line of the answer to EHLO names nothing.
        let connected = AssertUnwindSafe(self.introduced()).catch_unwind().await;
        connected.unwrap_or_else(|_| {
            Err(Fault::unavailable(
                "the mail server introduces itself in a way that cannot be read",
            ))
        })
    }

    async fn introduced(&self) -> Result<AsyncSmtpConnection, Fault> {
        let mut connection = match &self.tls {
            Tls::Wrapped(parameters) => self.connect_wrapped(parameters.clone()).await?,
            _ => self.connect_plain().await?,
        };
        match &self.tls {
            Tls::Opportunistic(parameters) if connection.can_starttls() => {
                self.start_tls(&mut connection, parameters).await?;
            }
            Tls::Required(parameters) => self.start_tls(&mut connection, parameters).await?,
            _ => {}
        }
        if let Some(credentials) = &self.credentials {
            connection
                .auth(&MECHANISMS, credentials)
                .await
                .map_err(|error| Fault::at_login(&error))?;
        }
        Ok(connection)
    }

    async fn connect_wrapped(&self, tls: TlsParameters) -> Result<AsyncSmtpConnection, Fault> {
        let server = (self.host.as_str(), self.port);
        AsyncSmtpConnection::connect_tokio1(server, None, &self.hello_name, Some(tls), None)
            .await
            .map_err(|error| Fault::before_recipient(&error))
    }

    async fn connect_plain(&self) -> Result<AsyncSmtpConnection, Fault> {
        let stream = TcpStream::connect((self.host.as_str(), self.port))
            .await
            .map_err(|_| Fault::unavailable("no connection to the mail server"))?;
        // lettre writes a content and its end apart: with Nagle's algorithm
        // each mail would wait for a delayed acknowledgement.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(kind = ?error.kind(), "mails go out with delay");
        }
        AsyncSmtpConnection::connect_with_transport(Box::new(stream), &self.hello_name)
            .await
            .map_err(|error| Fault::before_recipient(&error))
    }

    async fn start_tls(
        &self,
        connection: &mut AsyncSmtpConnection,
        parameters: &TlsParameters,
    ) -> Result<(), Fault> {
        connection
            .starttls(parameters.clone(), &self.hello_name)
            .await
            .map_err(|error| Fault::before_recipient(&error))
    }
}

/// The name for EHLO: the URL's path, or else the machine's.
fn hello_name(url: &Url) -> Result<ClientId, BadSmtpUrl> {
    match url.path().trim_matches('/') {
        "" => Ok(ClientId::default()),
        name => Ok(ClientId::Domain(decoded(name)?)),
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, BadSmtpUrl> {
    let Some(password) = url.password() else {
        return Ok(None);
    };
    Ok(Some(Credentials::new(
        decoded(url.username())?,
        decoded(password)?,
    )))
}

fn decoded(text: &str) -> Result<String, BadSmtpUrl> {
    let text = percent_decode_str(text)
        .decode_utf8()
        .map_err(|_| BadSmtpUrl("a part of it is not UTF-8"))?;
    if text.chars().any(char::is_control) {
        return Err(BadSmtpUrl("a part of it holds a control character"));
    }
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Server, BadSmtpUrl> {
        Server::parse(&SecretString::from(url))
    }

    #[test]
    fn the_port_follows_from_scheme_and_tls_unless_it_is_named() {
        for (url, port) in [
            ("smtp://mail.example", 25),
            ("smtp://mail.example?tls=required", 587),
            ("smtp://mail.example?tls=opportunistic", 587),
            ("smtps://mail.example", 465),
            ("smtp://127.0.0.1:1025", 1025),
        ] {
            assert_eq!(parse(url).expect(url).port, port, "{url}");
        }
    }

    #[test]
    fn user_and_password_are_percent_decoded() {
        let server = parse("smtps://user%40mail:p%2Fw@mail.example").expect("valid");
        let expected = Credentials::new("user@mail".to_owned(), "p/w".to_owned());
        assert!(server.credentials == Some(expected));
    }

    #[test]
    fn a_bad_url_is_refused_and_not_quoted() {
        for url in [
            "",
            "mail.example:25",
            "http://user:secret@mail.example",
            "smtp://user:secret@mail.example?tls=maybe",
            "smtp://user:secret%0d%0a@mail.example",
        ] {
            let error = parse(url).err().expect(url).to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
