//! What SES is asked, and what it answers, in its own words.
//! Source: SES API v2, SendBulkEmail, SendEmail, GetAccount, Common Errors.

use aws_sdk_sesv2::config::http::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    chance::Chance,
    mail::{About, Became},
};

/// One mail of a request.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) about: About,
    pub(super) to: String,
    /// Name and value.
    pub(super) tags: Vec<(String, String)>,
}

/// What a request is for.
pub(super) enum Request {
    Account,
    /// A mail by itself: its `Message-ID`, and to whom.
    Single(String, String),
    Bulk(Vec<Asked>),
}

impl Request {
    /// None: SES has no such thing.
    pub(super) fn parse(request: &HttpRequest) -> Option<Self> {
        let path = request.uri().split('?').next()?;
        let body = request.body().bytes().unwrap_or_default();
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        match path.rsplit("amazonaws.com").next()? {
            "/v2/email/account" => Some(Self::Account),
            "/v2/email/outbound-emails" => {
                let to = body["Destination"]["ToAddresses"][0].as_str()?;
                let raw = body["Content"]["Raw"]["Data"].as_str()?;
                Some(Self::Single(message_id(raw)?, to.to_owned()))
            }
            "/v2/email/outbound-bulk-emails" => {
                let entries = body["BulkEmailEntries"].as_array()?;
                let asked: Option<Vec<_>> = entries.iter().map(asked).collect();
                asked.filter(|asked| !asked.is_empty()).map(Self::Bulk)
            }
            _ => None,
        }
    }
}

fn message_id(raw: &str) -> Option<String> {
    let mime = BASE64_STANDARD.decode(raw).ok()?;
    let mime = String::from_utf8_lossy(&mime).into_owned();
    let id = mime.lines().find_map(|it| it.strip_prefix("Message-ID: "));
    Some(id?.trim_matches(['<', '>']).to_owned())
}

/// Whom an entry is for, by its tags.
fn asked(entry: &Value) -> Option<Asked> {
    let tags = entry["ReplacementTags"].as_array()?;
    let id = |name: &str| {
        let tag = tags.iter().find(|tag| tag["Name"] == name)?;
        tag["Value"].as_str()?.parse::<Uuid>().ok()
    };
    let about = About::Issue {
        issue: id("issue")?,
        subscriber: id("subscriber")?,
    };
    let to = entry["Destination"]["ToAddresses"][0].as_str()?;
    let text = |value: &Value| Some(value.as_str()?.to_owned());
    let tags = tags
        .iter()
        .map(|tag| Some((text(&tag["Name"])?, text(&tag["Value"])?)));
    Some(Asked {
        about,
        to: to.to_owned(),
        tags: tags.collect::<Option<_>>()?,
    })
}

/// One result of a call in bulk. What is unclear has a status of its own.
pub(super) fn result(chance: &Chance, became: Became) -> Value {
    let status = match became {
        Became::Accepted => return json!({"Status": "SUCCESS", "MessageId": "simulated"}),
        Became::LeftUnclear | Became::LostUnclear => "IN_LIMBO",
        Became::Refused => chance.one_of(&["MESSAGE_REJECTED", "INVALID_PARAMETER_VALUE"]),
        Became::Unsent => chance.one_of(&["FAILED", "TRANSIENT_FAILURE"]),
        Became::Throttled | Became::Unavailable => "ACCOUNT_THROTTLED",
        Became::AccountFault => chance.one_of(&[
            "ACCOUNT_DAILY_QUOTA_EXCEEDED",
            "ACCOUNT_SENDING_PAUSED",
            "MAIL_FROM_DOMAIN_NOT_VERIFIED",
        ]),
    };
    json!({"Status": status, "Error": "reader@example.com fares badly"})
}

pub(super) fn results(results: &[Value]) -> HttpResponse {
    answer(200, "", &json!({ "BulkEmailEntryResults": results }))
}

/// A request that is answered as a whole: nothing of it left.
pub(super) fn whole(chance: &Chance, became: Became) -> HttpResponse {
    let (status, code, message) = match became {
        Became::AccountFault => chance.one_of(&[
            (
                429,
                "TooManyRequestsException",
                "Daily message quota exceeded.",
            ),
            (400, "LimitExceededException", "The limit is exceeded."),
            (400, "SendingPausedException", "Sending is paused."),
            (403, "AccountSuspendedException", "It is suspended."),
        ]),
        Became::Unavailable => (421, "MisdirectedException", "Somewhere else."),
        _ => (
            429,
            "TooManyRequestsException",
            "Maximum sending rate exceeded.",
        ),
    };
    answer(status, code, &json!({ "message": message }))
}

/// A request that is rejected as a whole, perhaps for one reader's address.
pub(super) fn rejection(message: &str) -> HttpResponse {
    answer(400, "BadRequestException", &json!({ "message": message }))
}

pub(super) fn out_of_order() -> HttpResponse {
    answer(500, "InternalFailure", &json!({}))
}

/// A success that cannot be read.
pub(super) fn garbled() -> HttpResponse {
    response(200, "", "{".to_owned())
}

pub(super) fn accepted() -> HttpResponse {
    answer(200, "", &json!({"MessageId": "simulated"}))
}

pub(super) fn answer(status: u16, code: &'static str, body: &Value) -> HttpResponse {
    response(status, code, body.to_string())
}

fn response(status: u16, code: &'static str, body: String) -> HttpResponse {
    let response = http::Response::builder()
        .status(status)
        .header("x-amzn-errortype", code)
        .body(SdkBody::from(body))
        .expect("valid");
    HttpResponse::try_from(response).expect("valid")
}
