//! `/subscriptions/unsubscribe`

use axum::body::{Body, Bytes};
use contracts::events::{SubscriberUnsubscribedV1, UnsubscribeReason};
use futures::stream;
use http::Method;

use crate::helpers::{TestApp, local_path, request};

const ADDRESS: &str = "ann@example.com";

async fn link(app: &TestApp) -> String {
    let registered = app.registered().await.pop().expect("an event").data;
    local_path(registered.unsubscribe_url.expose())
}

async fn unsubscribed(app: &TestApp) -> Vec<SubscriberUnsubscribedV1> {
    let events = app.events().await.into_iter();
    events.map(|event| event.data).collect()
}

#[tokio::test]
async fn the_page_has_a_button_and_changes_nothing() {
    let app = TestApp::spawn().await;
    app.confirmed_subscriber(ADDRESS).await;
    let page = app.get(&link(&app).await).await;
    page.assert_status(200);
    assert!(
        page.body.contains("<form method=\"post\">"),
        "{}",
        page.body
    );
    assert!(page.body.contains("<button"));
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(unsubscribed(&app).await.is_empty());
}

#[tokio::test]
async fn posting_unsubscribes_once_and_answers_200_each_time() {
    let app = TestApp::spawn().await;
    let id = app.confirmed_subscriber(ADDRESS).await;
    let link = link(&app).await;
    for _ in 0..3 {
        let answer = app.post_form(&link, "").await;
        answer.assert_status(200);
        assert!(answer.header("set-cookie").is_empty());
        assert!(answer.header("location").is_empty());
    }
    let [event] = unsubscribed(&app).await.try_into().expect("one event");
    assert_eq!((event.subscriber_id, event.version), (id, 3));
    assert_eq!(event.reason, UnsubscribeReason::SelfService);
    assert_eq!(event.issue_id, None);
}

#[tokio::test]
async fn one_click_posts_come_from_any_site_with_any_body_type() {
    let multipart = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
    for (kind, body) in [
        (
            Some("application/x-www-form-urlencoded"),
            "List-Unsubscribe=One-Click",
        ),
        (Some("multipart/form-data; boundary=b"), multipart),
        (Some("text/plain"), "anything"),
        (None, ""),
    ] {
        let app = TestApp::spawn().await;
        app.confirmed_subscriber(ADDRESS).await;
        let link = link(&app).await;
        let mut post = request(Method::POST, &link, kind, Body::from(body));
        let headers = post.headers_mut();
        headers.insert("origin", "https://mail.example".parse().expect("a header"));
        headers.insert("sec-fetch-site", "cross-site".parse().expect("a header"));
        app.send(post).await.assert_status(200);
        assert_eq!(unsubscribed(&app).await.len(), 1, "{kind:?}");
    }
}

#[tokio::test]
async fn a_body_of_any_length_that_breaks_off_or_not_unsubscribes() {
    let chunk = Bytes::from(vec![b'a'; 1024 * 1024]);
    let endless = stream::repeat_with(move || Ok::<_, std::io::Error>(chunk.clone()));
    let broken = stream::iter([Err::<Bytes, _>(std::io::Error::other("gone"))]);
    let bodies = [
        Body::from(vec![b'a'; 1024 * 1024]),
        Body::from_stream(endless),
        Body::from_stream(broken),
    ];
    for body in bodies {
        let app = TestApp::spawn().await;
        app.confirmed_subscriber(ADDRESS).await;
        let answer = app.post_form(&link(&app).await, body).await;
        answer.assert_status(200);
        assert_eq!(unsubscribed(&app).await.len(), 1);
    }
}

#[tokio::test]
async fn a_missing_token_is_a_400_and_one_that_is_not_genuine_a_401() {
    let app = TestApp::spawn().await;
    app.confirmed_subscriber(ADDRESS).await;
    let mut forged = link(&app).await;
    let last = if forged.ends_with('A') { 'E' } else { 'A' };
    forged.pop();
    forged.push(last);
    for (path, status) in [
        ("/subscriptions/unsubscribe", 400),
        ("/subscriptions/unsubscribe?token=", 400),
        ("/subscriptions/unsubscribe?subscription_token=x", 400),
        ("/subscriptions/unsubscribe?token=x", 401),
        ("/subscriptions/unsubscribe?token=%00", 401),
        (&forged, 401),
    ] {
        app.get(path).await.assert_status(status);
        app.post_form(path, "").await.assert_status(status);
    }
    assert!(unsubscribed(&app).await.is_empty());
}

#[tokio::test]
async fn a_genuine_token_of_somebody_who_is_not_there_is_a_200() {
    let elsewhere = TestApp::spawn().await;
    elsewhere.confirmed_subscriber(ADDRESS).await;
    let app = TestApp::spawn().await;
    let link = link(&elsewhere).await;
    app.get(&link).await.assert_status(200);
    app.post_form(&link, "").await.assert_status(200);
    assert!(app.outbox().await.is_empty());
}

#[tokio::test]
async fn a_pending_subscriber_can_unsubscribe_and_the_mailed_link_confirms_no_more() {
    let app = TestApp::spawn().await;
    app.subscribe("Ann", ADDRESS).await.assert_status(200);
    app.post_form(&link(&app).await, "")
        .await
        .assert_status(200);
    assert_eq!(unsubscribed(&app).await.len(), 1);
    let registered = app.registered().await.pop().expect("an event").data;
    app.follow(registered.confirmation_url.expose())
        .await
        .assert_status(200);
    let events = app.outbox().await;
    assert!(
        events
            .iter()
            .all(|row| !row.detail_type.contains("confirmed"))
    );
}

#[tokio::test]
async fn who_unsubscribed_may_subscribe_again_and_must_confirm_again() {
    let app = TestApp::spawn().await;
    let id = app.confirmed_subscriber(ADDRESS).await;
    app.post_form(&link(&app).await, "")
        .await
        .assert_status(200);
    assert_eq!(app.confirmed_subscriber(ADDRESS).await, id);
    let versions: Vec<_> = app
        .registered()
        .await
        .iter()
        .map(|event| event.data.version)
        .collect();
    assert_eq!(versions, [1, 4]);
}
