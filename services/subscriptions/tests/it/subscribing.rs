//! `POST /subscriptions`

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use contracts::events::SubscriberRegisteredV1;
use jiff::SignedDuration;
use serde_json::json;

use crate::helpers::{PUBLIC_URL, STAGE, TestApp};

const ADDRESS: &str = "ursula_le_guin@gmail.com";
/// When answers leave: see the service's `schedule`.
const BEAT: Duration = Duration::from_millis(100);

#[tokio::test]
async fn subscribe_returns_a_200_for_valid_form_data() {
    let app = TestApp::spawn().await;
    let body = "name=le%20guin&email=ursula_le_guin%40gmail.com";
    let answer = app.post_form("/subscriptions", body).await;
    answer.assert_status(200);
    assert!(answer.header("content-type").starts_with("text/html"));
    assert!(answer.body.contains("Thank you"));
}

#[tokio::test]
async fn subscribe_persists_the_new_subscriber() {
    let app = TestApp::spawn().await;
    app.subscribe("le guin", ADDRESS).await.assert_status(200);

    let events = app.registered().await;
    let [event] = events.as_slice() else {
        panic!("one event: {events:?}");
    };
    assert_eq!(event.stage, STAGE);
    let data = &event.data;
    assert_eq!(
        (data.name.expose(), data.email.expose()),
        ("le guin", ADDRESS)
    );
    assert_eq!(data.version, 1);
    assert_eq!(
        data.expires_at,
        event.time + SignedDuration::from_hours(7 * 24)
    );
    let confirm = format!("{PUBLIC_URL}/subscriptions/confirm?subscription_token=");
    let unsubscribe = format!("{PUBLIC_URL}/subscriptions/unsubscribe?token=");
    assert!(data.confirmation_url.expose().starts_with(&confirm));
    assert!(data.unsubscribe_url.expose().starts_with(&unsubscribe));
}

#[tokio::test]
async fn json_clients_are_answered_202_with_the_status() {
    let app = TestApp::spawn().await;
    let body = json!({ "name": "le guin", "email": ADDRESS, "other": [1] }).to_string();
    let answer = app
        .post("/subscriptions", "application/json; charset=utf-8", body)
        .await;
    answer.assert_status(202);
    assert_eq!(answer.json(), json!({ "status": "pending_confirmation" }));
    assert_eq!(app.registered().await.len(), 1);
}

#[tokio::test]
async fn the_address_is_kept_as_typed_and_case_makes_no_other_subscriber() {
    let app = TestApp::spawn().await;
    app.subscribe("Ann", "Ann@Example.com")
        .await
        .assert_status(200);
    app.subscribe(" Anna ", "ann@EXAMPLE.com ")
        .await
        .assert_status(200);
    let [first, second] = app.registered().await.try_into().expect("two mails");
    assert_eq!(first.data.subscriber_id, second.data.subscriber_id);
    assert_eq!(first.data.email.expose(), "Ann@Example.com");
    assert_eq!(second.data.email.expose(), "ann@EXAMPLE.com");
    assert_eq!(second.data.name.expose(), "Anna");
    assert_eq!((first.data.version, second.data.version), (1, 2));
    assert_ne!(first.data.confirmation_url, second.data.confirmation_url);
    assert_eq!(first.data.unsubscribe_url, second.data.unsubscribe_url);
}

#[tokio::test]
async fn at_most_three_confirmation_mails_go_to_one_address_in_24_hours() {
    let app = TestApp::spawn().await;
    for _ in 0..10 {
        app.subscribe("Ann", ADDRESS).await.assert_status(200);
    }
    assert_eq!(app.registered().await.len(), 3);
    app.clock.pass_hours(23);
    app.subscribe("Ann", ADDRESS).await.assert_status(200);
    assert_eq!(app.registered().await.len(), 3);
    app.clock.pass_hours(1);
    app.subscribe("Ann", ADDRESS).await.assert_status(200);
    assert_eq!(app.registered().await.len(), 4);
}

#[tokio::test]
async fn another_address_has_a_limit_of_its_own() {
    let app = TestApp::spawn().await;
    for number in 0..5 {
        let address = format!("ann{number}@example.com");
        app.subscribe("Ann", &address).await.assert_status(200);
    }
    assert_eq!(app.registered().await.len(), 5);
}

#[tokio::test]
async fn a_confirmed_subscriber_is_not_mailed_a_confirmation() {
    let app = TestApp::spawn().await;
    app.confirmed_subscriber(ADDRESS).await;
    app.clock.pass_hours(100);
    app.subscribe("Ann", ADDRESS).await.assert_status(200);
    assert_eq!(app.registered().await.len(), 1);
}

#[tokio::test]
async fn the_answer_and_what_is_asked_of_the_store_do_not_tell_whether_an_address_is_known() {
    let app = TestApp::spawn().await;
    app.confirmed_subscriber("confirmed@example.com").await;
    let gone = app.subscribe("Ann", "gone@example.com").await;
    let link = app
        .events::<SubscriberRegisteredV1>()
        .await
        .pop()
        .expect("an event");
    let link = crate::helpers::local_path(link.data.unsubscribe_url.expose());
    app.post_form(&link, "").await.assert_status(200);
    for _ in 0..3 {
        app.subscribe("Ann", "enough@example.com")
            .await
            .assert_status(200);
    }
    app.subscribe("Ann", "pending@example.com")
        .await
        .assert_status(200);
    app.store.requests();

    for known in ["new", "pending", "enough", "confirmed", "gone"] {
        let answer = app.subscribe("Ann", &format!("{known}@example.com")).await;
        assert_eq!(answer, gone, "{known}");
        assert_eq!(
            app.store.requests(),
            ["GetItem", "GetItem", "TransactWriteItems 4"],
            "{known}"
        );
    }
}

#[tokio::test]
async fn what_is_written_is_about_as_large_whether_an_address_is_known_or_not() {
    let app = TestApp::spawn().await;
    let name = "A".repeat(200);
    app.confirmed_subscriber("known@example.com").await;
    app.store.written_bytes();
    app.subscribe(&name, "other@example.com")
        .await
        .assert_status(200);
    let new = app.store.written_bytes();
    app.subscribe(&name, "other@example.com")
        .await
        .assert_status(200);
    let again = app.store.written_bytes();
    app.subscribe(&name, "known@example.com")
        .await
        .assert_status(200);
    let known = app.store.written_bytes();
    for other in [again, known] {
        assert!(new.abs_diff(other) < new / 10, "{new} {again} {known}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_leave_on_the_beat_and_many_at_once() {
    let app = Arc::new(TestApp::spawn().await);
    let begun = Instant::now();
    app.subscribe("Ann", ADDRESS).await.assert_status(200);
    assert!(begun.elapsed() >= BEAT, "{:?}", begun.elapsed());

    let begun = Instant::now();
    let subscribers = (0..100).map(|number| {
        let app = Arc::clone(&app);
        tokio::spawn(async move {
            let address = format!("ann{number}@example.com");
            app.subscribe("Ann", &address).await.assert_status(200);
        })
    });
    for done in futures::future::join_all(subscribers).await {
        done.expect("no panic");
    }
    assert!(begun.elapsed() < 50 * BEAT, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn neither_address_nor_token_are_in_the_keys_of_the_table() {
    let app = TestApp::spawn().await;
    app.subscribe("Ann", ADDRESS).await.assert_status(200);
    let link = app
        .registered()
        .await
        .pop()
        .expect("an event")
        .data
        .confirmation_url;
    let token = link
        .expose()
        .split('=')
        .next_back()
        .expect("a token")
        .to_owned();
    let keys = app.keys().await;
    assert!(keys.len() >= 4, "{keys:?}");
    for key in keys {
        assert!(!key.contains(ADDRESS) && !key.contains(&token), "{key}");
    }
}
