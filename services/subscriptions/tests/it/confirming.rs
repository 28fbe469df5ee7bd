//! `GET /subscriptions/confirm`

use std::sync::Arc;

use contracts::events::SubscriberConfirmedV1;
use http::Method;
use jiff::SignedDuration;

use crate::{
    faults::meanwhile,
    helpers::{TestApp, local_path, request},
};

const ADDRESS: &str = "ann@example.com";

/// Subscribes [`ADDRESS`]; tells the link that is mailed.
async fn link(app: &TestApp) -> String {
    app.subscribe("Ann", ADDRESS).await.assert_status(200);
    let registered = app.registered().await.pop().expect("an event").data;
    registered.confirmation_url.into_inner()
}

async fn unsubscribe(app: &TestApp) {
    let registered = app.registered().await.pop().expect("an event").data;
    let link = local_path(registered.unsubscribe_url.expose());
    app.post_form(&link, "").await.assert_status(200);
}

async fn confirmed(app: &TestApp) -> Vec<SubscriberConfirmedV1> {
    let events = app.events().await.into_iter();
    events.map(|event| event.data).collect()
}

#[tokio::test]
async fn confirmations_without_token_are_rejected_with_a_400() {
    let app = TestApp::spawn().await;
    for query in [
        "",
        "?",
        "?subscription_token=",
        "?subscription_token",
        "?token=x",
        "?subscription_token=x&subscription_token=x",
    ] {
        let path = format!("/subscriptions/confirm{query}");
        app.get(&path).await.assert_status(400);
    }
}

#[tokio::test]
async fn unknown_and_malformed_tokens_are_rejected_with_a_401() {
    let app = TestApp::spawn().await;
    let unknown = "A".repeat(43);
    let long = "A".repeat(5_000);
    for token in [
        &unknown,
        &long,
        "x",
        "%00",
        "%F0%9F%A6%80",
        "..%2F..",
        "' OR 1=1",
    ] {
        let token = token.replace(' ', "+");
        let path = format!("/subscriptions/confirm?subscription_token={token}");
        app.get(&path).await.assert_status(401);
    }
}

#[tokio::test]
async fn the_link_returned_by_subscribe_returns_a_200_if_called() {
    let app = TestApp::spawn().await;
    let link = link(&app).await;
    let answer = app.follow(&link).await;
    answer.assert_status(200);
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn clicking_on_the_confirmation_link_confirms_a_subscriber() {
    let app = TestApp::spawn().await;
    let link = link(&app).await;
    let registered = app.registered().await.pop().expect("an event").data;
    app.follow(&link).await.assert_status(200);
    let [confirmed] = confirmed(&app).await.try_into().expect("one event");
    assert_eq!(confirmed.subscriber_id, registered.subscriber_id);
    assert_eq!(confirmed.version, 2);
    assert_eq!(
        (confirmed.name.expose(), confirmed.email.expose()),
        ("Ann", ADDRESS)
    );
    assert_eq!(confirmed.unsubscribe_url, registered.unsubscribe_url);
}

#[tokio::test]
async fn a_link_that_was_used_answers_the_same_and_changes_nothing() {
    let app = TestApp::spawn().await;
    let link = link(&app).await;
    let first = app.follow(&link).await;
    assert_eq!(app.follow(&link).await, first);
    assert_eq!(confirmed(&app).await.len(), 1);
}

#[tokio::test]
async fn every_unexpired_link_confirms() {
    for chosen in 0..3 {
        let app = TestApp::spawn().await;
        let mut links = Vec::new();
        for _ in 0..3 {
            links.push(link(&app).await);
        }
        app.follow(&links[chosen]).await.assert_status(200);
        assert_eq!(confirmed(&app).await.len(), 1);
        for link in &links {
            app.follow(link).await.assert_status(200);
        }
        assert_eq!(confirmed(&app).await.len(), 1);
    }
}

#[tokio::test]
async fn a_link_expires_after_seven_days_used_or_not() {
    let app = TestApp::spawn().await;
    let old = link(&app).await;
    app.clock
        .pass(SignedDuration::from_hours(7 * 24) - SignedDuration::from_mins(1));
    let young = link(&app).await;
    app.clock.pass(SignedDuration::from_mins(1));
    app.follow(&old).await.assert_status(401);
    assert!(confirmed(&app).await.is_empty());
    app.follow(&young).await.assert_status(200);
    assert_eq!(confirmed(&app).await.len(), 1);
    app.clock.pass_hours(7 * 24);
    app.follow(&young).await.assert_status(401);
}

#[tokio::test]
async fn a_link_confirms_until_its_last_moment() {
    let app = TestApp::spawn().await;
    let link = link(&app).await;
    app.clock
        .pass(SignedDuration::from_hours(7 * 24) - SignedDuration::from_secs(1));
    app.follow(&link).await.assert_status(200);
    assert_eq!(confirmed(&app).await.len(), 1);
}

#[tokio::test]
async fn a_used_link_never_subscribes_anybody_again() {
    let app = TestApp::spawn().await;
    let used = link(&app).await;
    app.follow(&used).await.assert_status(200);
    unsubscribe(&app).await;
    app.follow(&used).await.assert_status(200);
    assert_eq!(confirmed(&app).await.len(), 1);

    let fresh = link(&app).await;
    app.follow(&used).await.assert_status(200);
    assert_eq!(
        confirmed(&app).await.len(),
        1,
        "not for who asked anew either"
    );
    app.follow(&fresh).await.assert_status(200);
    let [first, second] = confirmed(&app).await.try_into().expect("two events");
    assert_eq!(first.subscriber_id, second.subscriber_id);
    assert!(second.version > first.version);
}

#[tokio::test]
async fn a_link_that_was_never_used_confirms_who_asked_anew_and_nobody_who_left() {
    let app = TestApp::spawn().await;
    let (used, unused) = (link(&app).await, link(&app).await);
    app.follow(&used).await.assert_status(200);
    unsubscribe(&app).await;
    let answer = app.follow(&unused).await;
    answer.assert_status(200);
    assert!(
        answer.body.contains("does not work any more"),
        "{}",
        answer.body
    );
    assert_eq!(confirmed(&app).await.len(), 1, "who left stays away");

    link(&app).await;
    app.follow(&unused).await.assert_status(200);
    assert_eq!(confirmed(&app).await.len(), 2);
}

#[tokio::test]
async fn a_link_that_was_followed_after_another_one_had_confirmed_is_used_too() {
    let app = TestApp::spawn().await;
    let (first, second) = (link(&app).await, link(&app).await);
    let confirming = app.follow(&first).await;
    assert_eq!(app.follow(&second).await, confirming);
    unsubscribe(&app).await;
    link(&app).await;
    for used in [&first, &second] {
        app.follow(used).await.assert_status(200);
    }
    assert_eq!(confirmed(&app).await.len(), 1);
}

#[tokio::test]
async fn a_link_that_is_used_while_it_is_being_followed_confirms_once() {
    let app = Arc::new(TestApp::spawn().await);
    let followed = link(&app).await;
    let (other, link_of_other) = (Arc::clone(&app), followed.clone());
    // Between the reading of the link and that of the subscriber: used, left,
    // asked anew. To who reads the subscriber only now, they wait for a link.
    app.store.before_read(2, move || {
        meanwhile(async move {
            other.follow(&link_of_other).await.assert_status(200);
            unsubscribe(&other).await;
            link(&other).await;
        });
    });
    app.follow(&followed).await.assert_status(200);
    assert_eq!(confirmed(&app).await.len(), 1);
}

#[tokio::test]
async fn a_head_request_confirms_nobody() {
    let app = TestApp::spawn().await;
    let link = local_path(&link(&app).await);
    let head = request(Method::HEAD, &link, None, axum::body::Body::empty());
    app.send(head).await.assert_status(405);
    assert!(confirmed(&app).await.is_empty());
}
