//! What can be seen of requests from outside, and what must not be.

use std::{
    io,
    sync::{Arc, Mutex},
};

use axum::body::Body;
use contracts::events::{BounceKind, EmailBouncedV1};
use http::Method;
use telemetry::{Settings, Telemetry};
use tracing::{Subscriber, instrument::WithSubscriber};
use tracing_subscriber::{
    EnvFilter,
    fmt::{MakeWriter, format::FmtSpan},
};

use crate::helpers::{TestApp, local_path, request};

const TRACE_ID: &str = "5759e988bd862e3fe1be46a994272793";

/// All that our own crates log and trace, however fine.
#[derive(Clone, Default)]
struct Record(Arc<Mutex<Vec<u8>>>);

impl Record {
    fn subscriber(&self) -> impl Subscriber + Send + Sync + use<> {
        let ours = "subscriptions=trace,telemetry=trace,outbox=trace,dynamo=trace";
        tracing_subscriber::fmt()
            .with_ansi(false)
            .with_env_filter(EnvFilter::new(ours))
            .with_span_events(FmtSpan::NEW | FmtSpan::CLOSE)
            .with_writer(self.clone())
            .finish()
    }

    fn text(&self) -> String {
        let bytes = self.0.lock().expect("no panic").clone();
        String::from_utf8(bytes).expect("text")
    }
}

impl io::Write for Record {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Record {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_address_name_or_token_is_logged_or_traced() {
    let record = Record::default();
    let app = TestApp::spawn().await;
    let secrets = walk(&app).with_subscriber(record.subscriber()).await;
    let text = record.text();
    for span in [
        "POST /subscriptions\"",
        "GET /subscriptions/confirm\"",
        "POST /subscriptions/unsubscribe\"",
    ] {
        assert!(text.contains(span), "{span} is not in {text}");
    }
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret} is in {text}");
    }
}

#[tokio::test]
async fn no_token_password_or_address_of_a_program_is_logged_or_traced() {
    let record = Record::default();
    let app = TestApp::with_admin().await;
    let secrets = walk_by_program(&app)
        .with_subscriber(record.subscriber())
        .await;
    let text = record.text();
    for span in [
        "POST /v1/tokens\"",
        "GET /v1/subscribers/{id}\"",
        "http.request.id=\"a-request-of-ours\"",
    ] {
        assert!(text.contains(span), "{span} is not in {text}");
    }
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret} is in {text}");
    }
}

/// Goes the ways of a program, good and bad; tells what is secret of it.
async fn walk_by_program(app: &TestApp) -> Vec<String> {
    let id = app.confirmed_subscriber("seldom@address.example").await;
    app.ask_for_token("admin", "a seldom password", "Seldomtoken")
        .await
        .assert_status(401);
    let program = app.program().await;
    let path = format!("/v1/subscribers/{id}");
    let mut get = request(Method::GET, &path, None, Body::empty());
    let request_id = "a-request-of-ours".parse().expect("a header");
    get.headers_mut().insert("x-request-id", request_id);
    program.send(get).await.assert_status(200);
    app.store.is_down(true);
    program.get(&path).await.assert_status(503);
    app.store.is_down(false);
    let by_address = "/v1/subscribers?cursor=seldom@address.example";
    program.get(by_address).await.assert_status(400);
    program.delete(&path).await.assert_status(204);
    let token = format!("/v1/tokens/{}", program.token_id);
    program.delete(&token).await.assert_status(204);
    program.get(&path).await.assert_status(401);
    vec![
        "seldom@address".to_owned(),
        "a seldom password".to_owned(),
        "Seldomtoken".to_owned(),
        program.token.clone(),
    ]
}

/// Goes every way of a subscriber, good and bad; tells what is personal of it.
async fn walk(app: &TestApp) -> Vec<String> {
    app.subscribe("Seldomname", "seldom@address.example")
        .await
        .assert_status(200);
    let registered = app.registered().await.pop().expect("an event").data;
    let confirm = local_path(registered.confirmation_url.expose());
    let unsubscribe = local_path(registered.unsubscribe_url.expose());
    app.get(&confirm).await.assert_status(200);
    app.get(&format!("{confirm}x")).await.assert_status(401);
    app.get(&unsubscribe).await.assert_status(200);
    app.subscribe("Seldomname<", "seldom@address.example")
        .await
        .assert_status(400);
    app.subscribe("Seldomname", "seldom@address@example")
        .await
        .assert_status(400);
    let json = r#"{"name":"Seldomname","email":"seldom@address.example","#;
    app.post("/subscriptions", "application/json", json)
        .await
        .assert_status(400);
    app.store.is_down(true);
    app.subscribe("Seldomname", "seldom@address.example")
        .await
        .assert_status(503);
    app.get(&confirm).await.assert_status(503);
    app.store.is_down(false);
    let bounce = app.event_of_delivery(EmailBouncedV1 {
        subscriber_id: registered.subscriber_id,
        issue_id: None,
        kind: BounceKind::Permanent,
        diagnostic: "550 seldom@address.example".to_owned(),
        at: registered.expires_at,
    });
    app.receive(&bounce).await.expect("handled");
    app.post_form(&unsubscribe, "").await.assert_status(200);
    let token = |link: &str| link.split('=').next_back().expect("a token").to_owned();
    vec![
        "Seldomname".to_owned(),
        "seldom@address".to_owned(),
        token(&confirm),
        token(&unsubscribe),
    ]
}

#[tokio::test]
async fn the_trace_of_a_request_goes_on_in_its_event() {
    let telemetry = Telemetry::with(&Settings::default(), "subscriptions", io::sink);
    // With one subscriber only, tracing would ask that of whichever test's
    // thread comes to a span first, and remember the answer for all.
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    let telemetry = telemetry.expect("telemetry");
    let app = TestApp::spawn().await;
    let form = "application/x-www-form-urlencoded";
    let body = Body::from("name=a&email=a%40b.example");
    let mut post = request(Method::POST, "/subscriptions", Some(form), body);
    let traceparent = format!("00-{TRACE_ID}-53995c3f42cd8ad8-01");
    let headers = post.headers_mut();
    headers.insert("traceparent", traceparent.parse().expect("a header"));
    app.send(post)
        .with_subscriber(telemetry.dispatch())
        .await
        .assert_status(200);
    let event = app.registered().await.pop().expect("an event");
    let traceparent = event.traceparent.expect("a traceparent");
    assert!(traceparent.contains(TRACE_ID), "{traceparent}");
    assert!(
        !traceparent.contains("53995c3f42cd8ad8"),
        "the event has a span of its own"
    );
}
