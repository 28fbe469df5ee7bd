//! `email.bounced` and `email.complained`

use ambient::Clock;
use contracts::events::{
    BounceKind, EmailBouncedV1, EmailComplainedV1, SubscriberUnsubscribedV1, UnsubscribeReason,
};
use outbox::HandleError;
use uuid::Uuid;

use crate::helpers::{TestApp, local_path};

const ADDRESS: &str = "ann@example.com";

fn bounce(app: &TestApp, subscriber_id: Uuid, kind: BounceKind) -> EmailBouncedV1 {
    EmailBouncedV1 {
        subscriber_id,
        issue_id: Some(Uuid::from_u128(7)),
        kind,
        diagnostic: "550 5.1.1".to_owned(),
        at: app.clock.now(),
    }
}

async fn unsubscribed(app: &TestApp) -> Vec<SubscriberUnsubscribedV1> {
    let events = app.events().await.into_iter();
    events.map(|event| event.data).collect()
}

#[tokio::test]
async fn a_permanent_bounce_ends_the_subscription_once_however_often_it_is_told() {
    let app = TestApp::spawn().await;
    let id = app.confirmed_subscriber(ADDRESS).await;
    let event = app.event_of_delivery(bounce(&app, id, BounceKind::Permanent));
    for _ in 0..3 {
        app.receive(&event).await.expect("handled");
    }
    let [told] = unsubscribed(&app).await.try_into().expect("one event");
    assert_eq!((told.subscriber_id, told.version), (id, 3));
    assert_eq!(told.reason, UnsubscribeReason::Bounce);
    assert_eq!(told.issue_id, Some(Uuid::from_u128(7)));
}

#[tokio::test]
async fn a_transient_bounce_ends_nothing() {
    let app = TestApp::spawn().await;
    let id = app.confirmed_subscriber(ADDRESS).await;
    let event = app.event_of_delivery(bounce(&app, id, BounceKind::Transient));
    app.receive(&event).await.expect("handled");
    assert!(unsubscribed(&app).await.is_empty());
}

#[tokio::test]
async fn a_complaint_ends_the_subscription() {
    let app = TestApp::spawn().await;
    let subscriber_id = app.confirmed_subscriber(ADDRESS).await;
    let event = app.event_of_delivery(EmailComplainedV1 {
        subscriber_id,
        issue_id: None,
        at: app.clock.now(),
    });
    app.receive(&event).await.expect("handled");
    app.receive(&event).await.expect("handled");
    let [told] = unsubscribed(&app).await.try_into().expect("one event");
    assert_eq!(told.reason, UnsubscribeReason::Complaint);
}

#[tokio::test]
async fn a_late_bounce_of_somebody_who_unsubscribed_changes_nothing() {
    let app = TestApp::spawn().await;
    let id = app.confirmed_subscriber(ADDRESS).await;
    let link = app
        .registered()
        .await
        .pop()
        .expect("an event")
        .data
        .unsubscribe_url;
    app.post_form(&local_path(link.expose()), "")
        .await
        .assert_status(200);
    let event = app.event_of_delivery(bounce(&app, id, BounceKind::Permanent));
    app.receive(&event).await.expect("handled");
    let [told] = unsubscribed(&app).await.try_into().expect("one event");
    assert_eq!(told.reason, UnsubscribeReason::SelfService);
}

#[tokio::test]
async fn a_repeated_or_late_bounce_does_not_hit_who_subscribed_again_since() {
    let app = TestApp::spawn().await;
    let id = app.confirmed_subscriber(ADDRESS).await;
    let event = app.event_of_delivery(bounce(&app, id, BounceKind::Permanent));
    let of_the_same_time = app.event_of_delivery(bounce(&app, id, BounceKind::Permanent));
    app.receive(&event).await.expect("handled");
    app.confirmed_subscriber(ADDRESS).await;
    app.receive(&event).await.expect("handled");
    app.receive(&of_the_same_time).await.expect("handled");
    assert_eq!(unsubscribed(&app).await.len(), 1);
}

#[tokio::test]
async fn a_repetition_is_known_by_its_id_even_if_the_mail_side_has_a_fast_clock() {
    let app = TestApp::spawn().await;
    let id = app.confirmed_subscriber(ADDRESS).await;
    let mut data = bounce(&app, id, BounceKind::Permanent);
    data.at += jiff::SignedDuration::from_hours(1);
    let event = app.event_of_delivery(data);
    app.receive(&event).await.expect("handled");
    app.confirmed_subscriber(ADDRESS).await;
    app.receive(&event).await.expect("handled");
    assert_eq!(unsubscribed(&app).await.len(), 1);
}

#[tokio::test]
async fn a_bounce_of_the_confirmation_mail_ends_a_pending_subscription() {
    let app = TestApp::spawn().await;
    app.subscribe("Ann", ADDRESS).await.assert_status(200);
    let id = app
        .registered()
        .await
        .pop()
        .expect("an event")
        .data
        .subscriber_id;
    let mut data = bounce(&app, id, BounceKind::Permanent);
    data.issue_id = None;
    app.receive(&app.event_of_delivery(data))
        .await
        .expect("handled");
    let [told] = unsubscribed(&app).await.try_into().expect("one event");
    assert_eq!((told.version, told.issue_id), (2, None));
}

#[tokio::test]
async fn feedback_on_somebody_who_is_not_there_is_acknowledged() {
    let app = TestApp::spawn().await;
    let event = app.event_of_delivery(bounce(&app, Uuid::from_u128(1), BounceKind::Permanent));
    app.receive(&event).await.expect("handled");
    assert!(app.outbox().await.is_empty());
}

#[tokio::test]
async fn messages_that_nobody_can_handle_belong_to_the_dead_letters() {
    let app = TestApp::spawn().await;
    let inbound = app.app.inbound();
    for body in [
        "",
        "hello",
        "{}",
        r#"{"detail-type":"pennypost.email.opened.v1","source":"x","detail":{}}"#,
        r#"{"detail-type":"pennypost.email.bounced.v1","source":"x","detail":{}}"#,
    ] {
        let error = inbound.handle(body).await.expect_err(body);
        assert!(error.is_permanent(), "{body}: {error}");
    }
}

#[tokio::test]
async fn while_the_store_is_down_a_message_comes_again_later() {
    let app = TestApp::spawn().await;
    let id = app.confirmed_subscriber(ADDRESS).await;
    let event = app.event_of_delivery(bounce(&app, id, BounceKind::Permanent));
    app.store.is_down(true);
    let error = app.receive(&event).await.expect_err("down");
    assert!(matches!(error, HandleError::Transient(_)), "{error}");
    app.store.is_down(false);
    app.receive(&event).await.expect("handled");
    assert_eq!(unsubscribed(&app).await.len(), 1);
}
