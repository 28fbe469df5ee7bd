//! Events of subscriptions, as they stand in a queue.

use contracts::{
    BusEvent, CloudEvent, ContentHash, EventData,
    events::{
        AllHeld, HeldAction, HeldSelection, IssueCancelRequestedV1, IssueHeldResolutionRequestedV1,
        IssuePauseRequestedV1, IssuePublishedV1, IssuePublishedV2, IssueResumeRequestedV1,
        SubscriberConfirmedV1, SubscriberErasedV1, SubscriberRegisteredV1,
        SubscriberUnsubscribedV1, SubscribersImportedV1, UnsubscribeReason,
    },
};
use delivery::mail::MailTags;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// The moment that the tests begin at.
pub(crate) fn start() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().expect("a timestamp")
}

/// So many seconds after the start.
pub(crate) fn second(seconds: i64) -> Timestamp {
    start() + SignedDuration::from_secs(seconds)
}

/// A subscriber's id; the number decides the shard.
pub(crate) fn subscriber(number: u8) -> Uuid {
    let mut bytes = [0xA0; 16];
    bytes[14] = number;
    bytes[15] = number;
    Uuid::from_bytes(bytes)
}

pub(crate) fn address(number: u8) -> String {
    format!("reader-{number}@example.com")
}

/// The tags of some mail.
pub(crate) fn mail_tags() -> MailTags {
    MailTags::Confirmation {
        subscriber_id: subscriber(1),
        event_id: Uuid::from_u128(0xE),
    }
}

pub(crate) fn issue_id() -> Uuid {
    Uuid::from_u128(0xF00D)
}

/// The message body of an event.
pub(crate) fn message<D: EventData>(id: u128, data: D) -> String {
    message_of(start(), id, data)
}

/// The same, of an event of that moment.
pub(crate) fn message_of<D: EventData>(time: Timestamp, id: u128, data: D) -> String {
    let event = CloudEvent::new(Uuid::from_u128(id), time, "test", None, data);
    let detail = serde_json::value::to_raw_value(&event).expect("an event serialises");
    serde_json::to_string(&BusEvent {
        detail_type: D::TYPE.to_owned(),
        source: D::SOURCE.to_string(),
        detail,
    })
    .expect("an envelope serialises")
}

pub(crate) fn confirmed_data(
    number: u8,
    version: u64,
    confirmed_at: Timestamp,
) -> SubscriberConfirmedV1 {
    SubscriberConfirmedV1 {
        subscriber_id: subscriber(number),
        version,
        email: address(number).as_str().into(),
        name: format!("Reader {number}").as_str().into(),
        unsubscribe_url: format!("http://127.0.0.1/u?token={number}").as_str().into(),
        confirmed_at,
    }
}

pub(crate) fn confirmed(number: u8, version: u64, confirmed_at: Timestamp) -> String {
    message(0x100, confirmed_data(number, version, confirmed_at))
}

pub(crate) fn imported(numbers: &[u8], confirmed_at: Timestamp) -> String {
    message(
        0x200,
        SubscribersImportedV1 {
            import_id: Uuid::from_u128(1),
            chunk: 0,
            subscribers: numbers
                .iter()
                .map(|number| confirmed_data(*number, 1, confirmed_at))
                .collect(),
        },
    )
}

pub(crate) fn unsubscribed(number: u8, version: u64) -> String {
    unsubscribed_at(number, version, start())
}

pub(crate) fn unsubscribed_at(number: u8, version: u64, at: Timestamp) -> String {
    message(
        0x300,
        SubscriberUnsubscribedV1 {
            subscriber_id: subscriber(number),
            version,
            reason: UnsubscribeReason::SelfService,
            issue_id: None,
            at,
        },
    )
}

pub(crate) fn erased(number: u8, version: u64) -> String {
    erased_at(number, version, start())
}

pub(crate) fn erased_at(number: u8, version: u64, at: Timestamp) -> String {
    message(
        0x400,
        SubscriberErasedV1 {
            subscriber_id: subscriber(number),
            version,
            at,
        },
    )
}

pub(crate) fn registered(
    event_id: u128,
    number: u8,
    version: u64,
    expires_at: Timestamp,
) -> String {
    message(
        event_id,
        SubscriberRegisteredV1 {
            subscriber_id: subscriber(number),
            version,
            email: address(number).as_str().into(),
            name: "Ann <b>".into(),
            confirmation_url: "http://127.0.0.1/subscriptions/confirm?subscription_token=T&x=1"
                .into(),
            unsubscribe_url: "http://127.0.0.1/u?token=1".into(),
            expires_at,
        },
    )
}

pub(crate) fn published(published_at: Timestamp) -> String {
    message(
        0x500,
        IssuePublishedV1 {
            issue_id: issue_id(),
            title: "The first issue".to_owned(),
            html_content: "<html><body><p>Hello {{name}}</p></body></html>".to_owned(),
            text_content: "Hello {{name}}".to_owned(),
            published_at,
        },
    )
}

pub(crate) fn pause(version: u64) -> String {
    message(
        0x700 + u128::from(version),
        IssuePauseRequestedV1 {
            issue_id: issue_id(),
            version,
            at: start(),
        },
    )
}

pub(crate) fn resume(version: u64) -> String {
    message(
        0x700 + u128::from(version),
        IssueResumeRequestedV1 {
            issue_id: issue_id(),
            version,
            at: start(),
        },
    )
}

pub(crate) fn cancel(version: u64) -> String {
    message(
        0x700 + u128::from(version),
        IssueCancelRequestedV1 {
            issue_id: issue_id(),
            version,
            at: start(),
        },
    )
}

/// What is to become of those of the readers who are held, or of all: decided a
/// minute after the start, and later the greater the version is.
/// Of a host whose clock is an hour behind: no clock has a part in decisions.
pub(crate) fn resolve(version: u64, action: HeldAction, numbers: Option<&[u8]>) -> String {
    let ids = |numbers: &[u8]| numbers.iter().copied().map(subscriber).collect();
    message_of(
        second(-3_600),
        0x800 + u128::from(version),
        IssueHeldResolutionRequestedV1 {
            issue_id: issue_id(),
            version,
            action,
            subscriber_ids: numbers.map_or(HeldSelection::All(AllHeld::All), |numbers| {
                HeldSelection::These(ids(numbers))
            }),
        },
    )
}

/// What v2 says of the issue that [`published`] tells of as v1.
pub(crate) fn published_v2_data(published_at: Timestamp) -> IssuePublishedV2 {
    let title = "The first issue".to_owned();
    let html_content = "<html><body><p>Hello {{name}}</p></body></html>".to_owned();
    let text_content = "Hello {{name}}".to_owned();
    IssuePublishedV2 {
        issue_id: issue_id(),
        preheader: Some("For <you>, {{name}}".to_owned()),
        sender_name: Some("Ursula, of the Post".into()),
        content_sha256: ContentHash::of(&title, &html_content, &text_content),
        title,
        html_content,
        text_content,
        published_at,
    }
}

pub(crate) fn published_v2(published_at: Timestamp) -> String {
    message(0x600, published_v2_data(published_at))
}
