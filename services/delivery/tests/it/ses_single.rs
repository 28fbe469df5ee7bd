//! One mail by SES, against answers that follow a script.

use contracts::Personal;
use delivery::mail::{Email, MailSender, SendResult};

use crate::support::{Answer, SesEndpoint, mail_tags, ses_at, start};

fn email(to: &str) -> Email {
    Email {
        message_id: "one@penny.example".to_owned(),
        date: start(),
        from: "Pénny Post <news@penny.example>".parse().expect("a sender"),
        to: Personal::new(to),
        subject: "Hello".to_owned(),
        text: "Hello".to_owned(),
        html: "<p>Hello</p>".to_owned(),
        headers: Vec::new(),
        tags: mail_tags(),
    }
}

fn kind(result: &SendResult) -> (&'static str, &str) {
    match result {
        SendResult::Accepted => ("accepted", ""),
        SendResult::Unavailable { reason } => ("unavailable", reason),
        SendResult::Throttled { reason } => ("throttled", reason),
        SendResult::AccountFault { reason } => ("account fault", reason),
        SendResult::Unsent { reason } => ("unsent", reason),
        SendResult::Unexplained { reason } => ("unexplained", reason),
        SendResult::Refused { reason } => ("refused", reason),
        SendResult::Unclear { reason } => ("unclear", reason),
    }
}

#[tokio::test(start_paused = true)]
async fn what_ses_says_of_a_single_mail_is_told_without_the_address() {
    for (answer, expected) in [
        (
            Answer::Raw(200, "{\"MessageId\":\"m\"}".to_owned()),
            "accepted",
        ),
        (
            Answer::Error(429, "TooManyRequestsException", "slow"),
            "throttled",
        ),
        (
            Answer::Error(
                429,
                "TooManyRequestsException",
                "Daily message quota exceeded.",
            ),
            "account fault",
        ),
        (
            Answer::Error(400, "LimitExceededException", ""),
            "account fault",
        ),
        (
            Answer::Error(400, "AccountSuspendedException", ""),
            "account fault",
        ),
        (
            Answer::Error(400, "SendingPausedException", ""),
            "account fault",
        ),
        (
            Answer::Error(400, "MailFromDomainNotVerifiedException", ""),
            "account fault",
        ),
        (Answer::Error(404, "NotFoundException", ""), "account fault"),
        (
            Answer::Error(403, "ExpiredTokenException", ""),
            "account fault",
        ),
        (
            Answer::Error(400, "MessageRejected", "reader@example.com is bad"),
            "refused",
        ),
        (
            Answer::Error(400, "BadRequestException", "reader@example.com is bad"),
            "refused",
        ),
        (
            Answer::Error(
                400,
                "MessageRejected",
                "Email address is not verified. The following identities failed the check in \
                 region EU-WEST-1: reader@example.com",
            ),
            "account fault",
        ),
        (Answer::Error(418, "Teapot", ""), "unavailable"),
        (Answer::Error(500, "InternalFailure", ""), "unclear"),
        (Answer::Error(408, "RequestTimeout", ""), "unclear"),
        (Answer::Reset, "unclear"),
        (Answer::Never, "unclear"),
    ] {
        let endpoint = SesEndpoint::answering([answer]);
        let result = endpoint.client().send(&email("reader@example.com")).await;
        let (kind, reason) = kind(&result);
        assert_eq!(kind, expected, "{reason}");
        assert!(!reason.contains('@'), "{reason}");
        assert_eq!(
            endpoint.requests().len(),
            1,
            "{kind}: no call is made again"
        );
    }
}

#[tokio::test]
async fn where_nobody_listens_nothing_left() {
    // A port that was free a moment ago, and that nobody listens on.
    let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = socket.local_addr().expect("an address").port();
    drop(socket);
    let client = ses_at(port);
    let result = client.send(&email("reader@example.com")).await;
    assert_eq!(kind(&result).0, "unavailable");
}

#[tokio::test]
async fn an_address_that_ses_cannot_take_is_refused_without_a_call() {
    let endpoint = SesEndpoint::default();
    for to in ["näme@example.com", "a b@example.com", "nobody"] {
        let result = endpoint.client().send(&email(to)).await;
        assert_eq!(kind(&result).0, "refused");
    }
    assert_eq!(endpoint.requests(), []);
}
