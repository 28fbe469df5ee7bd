use super::{SubscriberStatus::*, *};

fn email(address: &str) -> SubscriberEmail {
    SubscriberEmail::parse(address).expect("valid")
}

fn name(name: &str) -> SubscriberName {
    SubscriberName::parse(name).expect("valid")
}

fn at(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
}

fn registered() -> Subscriber {
    let id = SubscriberId(Uuid::from_u128(1));
    Subscriber::register(id, email("ann@example.com"), name("Ann"), at(0))
}

fn again(subscriber: &Subscriber, now: Timestamp) -> Option<Subscriber> {
    subscriber.register_again(email("Ann@example.com"), name("Anna"), now)
}

fn gone(status: SubscriberStatus) -> Subscriber {
    Subscriber {
        status,
        ..registered()
    }
}

#[test]
fn a_new_subscriber_is_pending_in_version_1() {
    let new = registered();
    assert_eq!((new.status, new.version), (Pending, 1));
    assert_eq!(new.confirmation_mails, [at(0)]);
}

#[test]
fn a_pending_subscriber_gets_a_fresh_link() {
    let renewed = again(&registered(), at(1)).expect("a mail");
    assert_eq!((renewed.status, renewed.version), (Pending, 2));
    assert_eq!(renewed.email.as_str(), "Ann@example.com");
    assert_eq!(renewed.name.as_str(), "Anna");
    assert_eq!(renewed.subscribed_at, at(0));
}

#[test]
fn at_most_three_confirmation_mails_go_out_in_24_hours() {
    let second = again(&registered(), at(1)).expect("a second mail");
    let third = again(&second, at(2)).expect("a third mail");
    assert_eq!(again(&third, at(3)), None);
    let just_before = at(24) - SignedDuration::from_millis(1);
    assert_eq!(again(&third, just_before), None);
    let fourth = again(&third, at(24)).expect("the first mail is a day ago");
    assert_eq!(fourth.confirmation_mails, [at(1), at(2), at(24)]);
    assert_eq!(again(&fourth, at(24)), None);
}

#[test]
fn the_limit_outlasts_confirming_and_leaving() {
    let third = again(&again(&registered(), at(1)).expect("second"), at(2)).expect("third");
    let left = third.unsubscribe(at(2)).expect("a change");
    assert_eq!(again(&left, at(3)), None);
    assert_eq!(again(&left, at(25)).expect("a mail").status, Pending);
}

#[test]
fn a_confirmed_subscriber_is_mailed_no_confirmation() {
    let confirmed = registered().confirm(at(1)).expect("a change");
    assert_eq!(again(&confirmed, at(100)), None);
}

#[test]
fn who_is_gone_becomes_pending_again() {
    for status in [Unsubscribed, Bounced, Complained] {
        let back = again(&gone(status), at(5)).expect("a mail");
        assert_eq!((back.status, back.version), (Pending, 2));
        assert_eq!((back.subscribed_at, back.confirmed_at), (at(5), None));
    }
}

#[test]
fn a_link_confirms_only_who_is_pending() {
    let confirmed = registered().confirm(at(1)).expect("a change");
    assert_eq!((confirmed.status, confirmed.version), (Confirmed, 2));
    assert_eq!(confirmed.confirmed_at, Some(at(1)));
    assert_eq!(confirmed.confirm(at(2)), None);
    for status in [Unsubscribed, Bounced, Complained] {
        assert_eq!(gone(status).confirm(at(1)), None);
        let back = again(&gone(status), at(5)).expect("a mail");
        assert_eq!(back.confirm(at(6)).expect("a change").status, Confirmed);
    }
}

#[test]
fn pending_and_confirmed_subscribers_can_leave_and_the_first_reason_stays() {
    let confirmed = registered().confirm(at(1)).expect("a change");
    for subscribed in [registered(), confirmed] {
        for (left, status) in [
            (subscribed.unsubscribe(at(2)), Unsubscribed),
            (subscribed.bounce(None, at(2)), Bounced),
            (subscribed.complain(None, at(2)), Complained),
        ] {
            let left = left.expect("a change");
            assert_eq!(left.status, status);
            assert_eq!(left.version, subscribed.version + 1);
            assert_eq!(left.unsubscribe(at(3)), None);
            assert_eq!(left.bounce(None, at(3)), None);
            assert_eq!(left.complain(None, at(3)), None);
        }
    }
}

#[test]
fn a_late_bounce_of_an_earlier_mail_changes_nothing() {
    let back = again(&gone(Unsubscribed), at(5)).expect("a mail");
    assert_eq!(back.bounce(None, at(4)), None);
    assert_eq!(back.complain(None, at(4)), None);
    assert!(back.bounce(None, at(5)).is_some());
}

fn history(subscriber: &Subscriber) -> Vec<(ChangeKind, Timestamp)> {
    let changes = subscriber.history.iter();
    changes.map(|change| (change.what, change.at)).collect()
}

#[test]
fn every_change_is_in_the_history_with_its_time_and_its_issue() {
    let issue = Some(Uuid::from_u128(7));
    let pending = again(&registered(), at(1)).expect("a mail");
    let confirmed = pending.confirm(at(2)).expect("a change");
    let bounced = confirmed.bounce(issue, at(3)).expect("a change");
    let back = again(&bounced, at(30)).expect("a mail");
    let left = back.unsubscribe(at(31)).expect("a change");
    assert_eq!(
        history(&left),
        [
            (ChangeKind::Subscribed, at(0)),
            (ChangeKind::AskedAgain, at(1)),
            (ChangeKind::Confirmed, at(2)),
            (ChangeKind::Bounced, at(3)),
            (ChangeKind::Subscribed, at(30)),
            (ChangeKind::Unsubscribed, at(31)),
        ]
    );
    let issues: Vec<_> = left.history.iter().map(|change| change.issue_id).collect();
    assert_eq!(issues, [None, None, None, issue, None, None]);
}

#[test]
fn an_address_stays_suppressed_until_it_is_confirmed() {
    let suppression = |kind| Some(Suppression { kind, at: at(1) });
    let confirmed = registered().confirm(at(1)).expect("a change");
    let bounced = confirmed.bounce(None, at(1)).expect("a change");
    assert_eq!(bounced.suppression, suppression(SuppressionKind::Bounced));
    let complained = confirmed.complain(None, at(1)).expect("a change");
    let expected = suppression(SuppressionKind::Complained);
    assert_eq!(complained.suppression, expected);

    let back = again(&complained, at(5)).expect("a mail");
    assert_eq!(back.suppression, expected);
    let left = back.unsubscribe(at(6)).expect("a change");
    assert_eq!(left.suppression, expected);
    assert_eq!(back.confirm(at(6)).expect("a change").suppression, None);
    assert_eq!(
        confirmed.unsubscribe(at(2)).expect("left").suppression,
        None
    );
}

#[test]
fn a_subscriber_without_history_is_read() {
    let mut stored = serde_json::to_value(registered()).expect("plain data");
    let fields = stored.as_object_mut().expect("an object");
    fields.remove("history");
    let read: Subscriber = serde_json::from_value(stored).expect("a subscriber");
    assert!(read.history.is_empty());
    let confirmed = read.confirm(at(1)).expect("a change");
    assert_eq!(history(&confirmed), [(ChangeKind::Confirmed, at(1))]);
}
