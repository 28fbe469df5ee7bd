//! The same thing several times at the same moment.

use std::sync::Arc;

use contracts::events::{SubscriberConfirmedV1, SubscriberUnsubscribedV1};
use futures::future::join_all;

use crate::helpers::{Answer, TestApp, local_path};

/// Does `what` to the service `times` times in parallel.
async fn at_once<F>(
    app: &Arc<TestApp>,
    times: usize,
    what: impl Fn(Arc<TestApp>) -> F,
) -> Vec<Answer>
where
    F: Future<Output = Answer> + Send + 'static,
{
    let tasks = (0..times).map(|_| tokio::spawn(what(Arc::clone(app))));
    let answers = join_all(tasks).await.into_iter();
    answers.map(|answer| answer.expect("no panic")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_subscriptions_of_one_address_at_once_are_all_answered_and_mail_three_times() {
    let app = Arc::new(TestApp::spawn().await);
    let subscribe =
        |app: Arc<TestApp>| async move { app.subscribe("Ann", "ann@example.com").await };
    for answer in at_once(&app, 100, subscribe).await {
        answer.assert_status(200);
    }
    let mut versions: Vec<_> = app
        .registered()
        .await
        .iter()
        .map(|event| event.data.version)
        .collect();
    versions.sort_unstable();
    assert_eq!(versions, [1, 2, 3]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn clicks_on_one_link_at_once_confirm_once() {
    let app = Arc::new(TestApp::spawn().await);
    app.subscribe("Ann", "ann@example.com")
        .await
        .assert_status(200);
    let link = app
        .registered()
        .await
        .pop()
        .expect("an event")
        .data
        .confirmation_url;
    let click = |app: Arc<TestApp>| {
        let link = link.expose().to_owned();
        async move { app.follow(&link).await }
    };
    for answer in at_once(&app, 20, click).await {
        answer.assert_status(200);
    }
    assert_eq!(app.events::<SubscriberConfirmedV1>().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn unsubscribing_several_times_at_once_happens_once() {
    let app = Arc::new(TestApp::spawn().await);
    app.confirmed_subscriber("ann@example.com").await;
    let link = app
        .registered()
        .await
        .pop()
        .expect("an event")
        .data
        .unsubscribe_url;
    let click = |app: Arc<TestApp>| {
        let link = local_path(link.expose());
        async move { app.post_form(&link, "").await }
    };
    for answer in at_once(&app, 20, click).await {
        answer.assert_status(200);
    }
    assert_eq!(app.events::<SubscriberUnsubscribedV1>().await.len(), 1);
}
