//! What is said on a connection, and what an answer means at its place.

use std::borrow::Cow;

use lettre::{
    address::Envelope,
    transport::smtp::{
        Error,
        client::AsyncSmtpConnection,
        commands::{Data, Mail, Rcpt},
        extension::{Extension, MailParameter},
    },
};

use crate::mail::SendResult;

/// "Service not available, closing transmission channel", at any place.
/// Source: RFC 5321, section 4.2.2.
const CLOSING: u16 = 421;

/// A mail was not accepted. The text never quotes the server, whose answers
/// often quote the address.
#[derive(Debug)]
pub(super) struct Fault {
    result: SendResult,
    /// The server answered and listens on.
    pub(super) usable: bool,
}

impl Fault {
    pub(super) fn unavailable(reason: impl Into<Cow<'static, str>>) -> Self {
        let reason = reason.into();
        Self::lost(SendResult::Unavailable { reason })
    }

    pub(super) fn unsent(reason: impl Into<Cow<'static, str>>) -> Self {
        let reason = reason.into();
        Self::lost(SendResult::Unsent { reason })
    }

    pub(super) fn withdrawn() -> Self {
        Self::lost(SendResult::withdrawn())
    }

    pub(super) fn unclear(reason: impl Into<Cow<'static, str>>) -> Self {
        let reason = reason.into();
        Self::lost(SendResult::Unclear { reason })
    }

    pub(super) fn result(self) -> SendResult {
        self.result
    }

    fn lost(result: SendResult) -> Self {
        Self {
            result,
            usable: false,
        }
    }

    fn answered(result: SendResult, code: u16) -> Self {
        Self {
            result,
            usable: code != CLOSING,
        }
    }

    /// Before the server was told whom the mail is for: whatever it says is
    /// about us, and no reason to give up on a reader.
    pub(super) fn before_recipient(error: &Error) -> Self {
        match error.status() {
            None => Self::unavailable("no connection to the mail server"),
            Some(code) => {
                let reason = format!("the mail server does not take our mail now ({code})").into();
                Self::answered(SendResult::Unavailable { reason }, code.into())
            }
        }
    }

    /// At the log-in, where a clear no is about the credentials, and so is a
    /// server that offers no way to log in.
    pub(super) fn at_login(error: &Error) -> Self {
        match error.status() {
            None if error.is_client() => Self::lost(account_fault(
                "the mail server offers no way to log in that is known here".to_owned(),
            )),
            Some(code) if error.is_permanent() => Self::refused_login(code.into()),
            _ => Self::before_recipient(error),
        }
    }

    /// At MAIL FROM: a clear no is about the sender.
    fn at_sender(error: &Error) -> Self {
        match error.status() {
            Some(code) if error.is_permanent() && !is_about_login(code.into()) => {
                let code = code.into();
                let reason = format!("the mail server does not take mail from our sender ({code})");
                Self::answered(account_fault(reason), code)
            }
            Some(code) if error.is_permanent() => Self::refused_login(code.into()),
            _ => Self::before_recipient(error),
        }
    }

    fn refused_login(code: u16) -> Self {
        let reason = format!("the mail server does not take our log-in ({code})");
        Self::answered(account_fault(reason), code)
    }

    /// Between that and the content. The recipient can be the cause of
    /// everything from there on, of a lost connection and of 421 too: it is
    /// counted, since a recipient who is to blame and is tried for ever would
    /// hold up all others. A server that is down tells so earlier next time.
    fn before_content(error: &Error) -> Self {
        Self::by_status(error)
            .unwrap_or_else(|| Self::unsent("the connection to the mail server was lost"))
    }

    /// Once the content may have gone out.
    fn in_content(error: &Error) -> Self {
        Self::by_status(error).unwrap_or_else(|| {
            Self::unclear("the connection was lost while the mail was handed over")
        })
    }

    /// What a clear answer means; none if there was no answer.
    fn by_status(error: &Error) -> Option<Self> {
        let code = error.status()?;
        if is_about_login(code.into()) {
            return Some(Self::refused_login(code.into()));
        }
        let reason = format!("the mail server answered {code}").into();
        let result = if error.is_permanent() {
            SendResult::Refused { reason }
        } else {
            SendResult::Unsent { reason }
        };
        Some(Self::answered(result, code.into()))
    }
}

/// Whether that answer, wherever it comes, is about the log-in: one is required,
/// it is too weak, or is wrong.
/// Source: RFC 4954, sections 4 and 6.
fn is_about_login(code: u16) -> bool {
    matches!(code, 530 | 534 | 535 | 538)
}

fn account_fault(reason: String) -> SendResult {
    let reason = reason.into();
    SendResult::AccountFault { reason }
}

/// Tells who the mail is from.
pub(super) async fn sender(
    connection: &mut AsyncSmtpConnection,
    envelope: &Envelope,
) -> Result<(), Fault> {
    let international = envelope
        .to()
        .iter()
        .any(|to| !AsRef::<str>::as_ref(to).is_ascii());
    let from = envelope.from().cloned();
    if !international {
        let told = connection.command(Mail::new(from, Vec::new())).await;
        return told.map(drop).map_err(|error| Fault::at_sender(&error));
    }
    if !connection
        .server_info()
        .supports_feature(Extension::SmtpUtfEight)
    {
        let reason = "the mail server does not take such an address".into();
        return Err(Fault {
            result: SendResult::Refused { reason },
            usable: true,
        });
    }
    // It is the recipient that asks for this.
    let told = connection
        .command(Mail::new(from, vec![MailParameter::SmtpUtfEight]))
        .await;
    told.map(drop)
        .map_err(|error| Fault::before_content(&error))
}

/// Tells whom the mail is for, and that the content comes.
pub(super) async fn recipient(
    connection: &mut AsyncSmtpConnection,
    envelope: &Envelope,
) -> Result<(), Fault> {
    for to in envelope.to() {
        connection
            .command(Rcpt::new(to.clone(), Vec::new()))
            .await
            .map_err(|error| Fault::before_content(&error))?;
    }
    connection
        .command(Data)
        .await
        .map_err(|error| Fault::before_content(&error))?;
    Ok(())
}

/// Hands the content over.
pub(super) async fn content(
    connection: &mut AsyncSmtpConnection,
    message: &[u8],
) -> Result<(), Fault> {
    connection
        .message(message)
        .await
        .map_err(|error| Fault::in_content(&error))?;
    Ok(())
}
