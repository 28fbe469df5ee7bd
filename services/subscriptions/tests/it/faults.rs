//! A store that fails, and others who are quicker.

use std::sync::Arc;

use contracts::events::SubscriberConfirmedV1;

use crate::helpers::{TestApp, local_path};

const ADDRESS: &str = "ann@example.com";

/// Runs `work` to its end on another thread, since the caller is not async.
pub(crate) fn meanwhile(work: impl Future<Output = ()> + Send + 'static) {
    std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        runtime.expect("a runtime").block_on(work);
    })
    .join()
    .expect("no panic");
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_a_503_and_nothing_is_lost_later() {
    let app = TestApp::spawn().await;
    app.subscribe("Ann", ADDRESS).await.assert_status(200);
    let registered = app.registered().await.pop().expect("an event").data;
    let unsubscribe = local_path(registered.unsubscribe_url.expose());

    app.store.is_down(true);
    let form = app.subscribe("Ann", ADDRESS).await;
    form.assert_status(503);
    assert!(form.header("content-type").starts_with("text/html"));
    assert!(!form.header("retry-after").is_empty());
    let json = format!(r#"{{"name":"Ann","email":"{ADDRESS}"}}"#);
    let json = app.post("/subscriptions", "application/json", json).await;
    json.assert_status(503);
    assert_eq!(json.header("content-type"), "application/problem+json");
    app.follow(registered.confirmation_url.expose())
        .await
        .assert_status(503);
    app.post_form(&unsubscribe, "").await.assert_status(503);
    app.get("/health_check").await.assert_status(200);

    app.store.is_down(false);
    app.follow(registered.confirmation_url.expose())
        .await
        .assert_status(200);
    assert_eq!(app.events::<SubscriberConfirmedV1>().await.len(), 1);
}

#[tokio::test]
async fn a_decision_is_made_again_when_somebody_was_quicker() {
    let app = Arc::new(TestApp::spawn().await);
    let other = Arc::clone(&app);
    app.store.before_next_commit(move || {
        meanwhile(async move { other.subscribe("Other", ADDRESS).await.assert_status(200) });
    });
    app.subscribe("Ann", ADDRESS).await.assert_status(200);
    let [first, second] = app.registered().await.try_into().expect("two events");
    assert_eq!(first.data.subscriber_id, second.data.subscriber_id);
    assert_eq!((first.data.version, second.data.version), (1, 2));
    assert_eq!(second.data.name.expose(), "Ann");
}

#[tokio::test]
async fn who_unsubscribes_while_a_link_is_followed_is_not_confirmed_by_it_afterwards() {
    let app = Arc::new(TestApp::spawn().await);
    app.subscribe("Ann", ADDRESS).await.assert_status(200);
    let registered = app.registered().await.pop().expect("an event").data;
    let unsubscribe = local_path(registered.unsubscribe_url.expose());
    let other = Arc::clone(&app);
    app.store.before_next_commit(move || {
        meanwhile(async move { other.post_form(&unsubscribe, "").await.assert_status(200) });
    });
    app.follow(registered.confirmation_url.expose())
        .await
        .assert_status(200);
    assert!(app.events::<SubscriberConfirmedV1>().await.is_empty());
}

#[tokio::test]
async fn what_was_answered_is_in_the_outbox_for_whoever_comes_after_a_crash() {
    let app = TestApp::spawn().await;
    app.subscribe("Ann", ADDRESS).await.assert_status(200);
    // The process ends here: the row alone is left, and says everything.
    let [row] = app.outbox().await.try_into().expect("one row");
    assert_eq!(row.source, "pennypost.subscriptions");
    assert_eq!(row.detail_type, "pennypost.subscriber.registered.v1");
    let detail: serde_json::Value = serde_json::from_str(&row.detail).expect("JSON");
    assert_eq!(detail["id"], row.id.to_string());
    assert_eq!(detail["specversion"], "1.0");
    assert_eq!(detail["data"]["email"], ADDRESS);
}
