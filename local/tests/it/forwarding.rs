//! The bus between two processes, each side against a stand-in of the other.

use std::{sync::Arc, time::Duration};

use ambient::{SystemClock, SystemRandomness};
use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use local::{
    Hosting, Service, Settings, System,
    bus::{LocalBus, Rule},
    peer::Peer,
    queue::Queues,
};
use outbox::{BusEntry, EntryOutcome, EventBus};
use serde_json::{Value, json};
use url::Url;

use crate::reader::eventually;

const PATH: &str = "/api/bus/v1/events";
const QUEUE: &str = "a-queue";
const EVENT: &str = "another.v1";
const REGISTERED: &str =
    include_str!("../../../contracts/examples/pennypost.subscriber.registered.v1.json");
const NOBODY: &str = "http://127.0.0.1:9";

/// A delivery whose peer is not there.
async fn delivery() -> System {
    System::start(Settings {
        hosting: Hosting::One {
            service: Service::Delivery,
            peer: NOBODY.parse().expect("a URL"),
        },
        ..Settings::in_memory()
    })
    .await
    .expect("a system")
}

fn registered() -> Value {
    let mut detail: Value = serde_json::from_str(REGISTERED).expect("JSON");
    detail["data"]["expires_at"] = "2999-01-01T00:00:00Z".into();
    json!({
        "event": {
            "version": "0",
            "detail-type": detail["type"],
            "source": detail["source"],
            "detail": detail,
        },
        "trace_header": "Root=1-5759e988-bd862e3fe1be46a994272793",
        "from_a_later_version": true,
    })
}

async fn forward(system: &System, body: String) -> reqwest::Response {
    let url = system.console_url().join(PATH).expect("a URL");
    reqwest::Client::new()
        .post(url)
        .header("content-type", "application/json")
        .body(body)
        .send()
        .await
        .expect("an answer")
}

async fn emptied(system: &System) {
    eventually(|| async {
        for queue in system.queues().all() {
            let depth = queue.depth().await.expect("a depth");
            assert_eq!(depth.dead, 0);
            if depth.visible + depth.invisible > 0 {
                return None;
            }
        }
        Some(())
    })
    .await;
}

#[tokio::test]
async fn what_is_forwarded_twice_is_handled_once() {
    let system = delivery().await;
    let unknown =
        json!({"event": {"detail-type": "pennypost.unheard.v9", "source": "x", "detail": {}}});
    let nothing = json!({"event": ["no event"]});
    let body = json!({"entries": [registered(), unknown, nothing]}).to_string();
    for _ in 0..2 {
        let answer = forward(&system, body.clone()).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let answer: Value = answer.json().await.expect("JSON");
        let expected = json!({"entries": [
            {"accepted": true},
            {"accepted": true},
            {"accepted": false, "error": "MalformedEvent"},
        ]});
        assert_eq!(answer, expected);
    }
    emptied(&system).await;
    let url = system
        .console_url()
        .join("/api/v1/messages")
        .expect("a URL");
    let mails = reqwest::get(url).await.expect("an answer");
    let mails: Value = mails.json().await.expect("JSON");
    assert_eq!(mails["total"], 1, "{mails}");
    system.stop().await;
}

#[tokio::test]
async fn a_process_of_the_same_service_takes_nothing_and_says_so() {
    let system = delivery().await;
    let peer = Peer::new(&system.console_url(), Service::Delivery).expect("a peer");
    let (bus, queues) = bus_to(peer).await;
    let error = bus.put(&[entry("{}")]).await.expect_err("the same service");
    assert!(error.to_string().contains("delivery too"), "{error}");
    assert_eq!(stored(&queues).await, 0);

    let peer = Peer::new(&system.console_url(), Service::Subscriptions).expect("a peer");
    let (bus, _queues) = bus_to(peer).await;
    let outcomes = bus.put(&[entry("{}")]).await.expect("the other service");
    assert_eq!(outcomes, [EntryOutcome::Accepted]);
    system.stop().await;
}

#[tokio::test]
async fn what_is_no_batch_is_refused() {
    let system = delivery().await;
    let eleven = json!({"entries": vec![registered(); 11]});
    let oversize = json!({"entries": [], "padding": "x".repeat(600 * 1024)});
    for (body, status) in [
        (eleven.to_string(), StatusCode::BAD_REQUEST),
        (oversize.to_string(), StatusCode::PAYLOAD_TOO_LARGE),
        ("ada@example.com".to_owned(), StatusCode::BAD_REQUEST),
        (
            r#"{"entries":"ada@example.com"}"#.to_owned(),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        let answer = forward(&system, body).await;
        assert_eq!(answer.status(), status);
        let text = answer.text().await.expect("text");
        assert!(!text.contains("ada@"), "{text}");
    }
    let depth = system.queues().all()[0].depth().await.expect("a depth");
    assert_eq!((depth.visible, depth.invisible), (0, 0));
    system.stop().await;
}

#[tokio::test]
async fn no_page_of_another_site_and_no_system_without_a_peer_takes_events() {
    let system = delivery().await;
    let url = system.console_url().join(PATH).expect("a URL");
    let foreign = reqwest::Client::new()
        .post(url)
        .header("origin", "http://evil.example")
        .json(&json!({"entries": []}));
    let answer = foreign.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    system.stop().await;

    let both = System::start(Settings::in_memory())
        .await
        .expect("a system");
    let answer = forward(&both, json!({"entries": []}).to_string()).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    both.stop().await;
}

/// Somebody at `--peer` who gives that answer to everything.
async fn somebody<F>(answer: F) -> Url
where
    F: Fn() -> Response + Clone + Send + Sync + 'static,
{
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("its address");
    let router = Router::new().route(PATH, post(async move || answer()));
    let served = axum::serve(listener, router);
    tokio::spawn(served.into_future());
    format!("http://{address}").parse().expect("a URL")
}

async fn bus(peer: &Url) -> (LocalBus, Queues) {
    bus_to(Peer::new(peer, Service::Subscriptions).expect("a peer")).await
}

async fn bus_to(peer: Peer) -> (LocalBus, Queues) {
    let queues = Queues::open(None, &[QUEUE], Arc::new(SystemClock))
        .await
        .expect("queues");
    let rule = Rule {
        queue: QUEUE,
        event_types: &[EVENT],
    };
    let bus = LocalBus::new(
        queues.clone(),
        vec![rule],
        Arc::new(SystemClock),
        Arc::new(SystemRandomness),
    );
    (bus.with_peer(peer), queues)
}

fn entry(detail: &str) -> BusEntry {
    BusEntry {
        source: "pennypost.subscriptions".to_owned(),
        detail_type: EVENT.to_owned(),
        detail: detail.to_owned(),
        trace_header: None,
    }
}

async fn stored(queues: &Queues) -> usize {
    queues
        .queue(QUEUE)
        .receive(10)
        .await
        .expect("messages")
        .len()
}

#[tokio::test]
async fn nothing_is_published_that_the_peer_did_not_say_it_has() {
    let accepted = || json!({"entries": [{"accepted": true}]}).to_string();
    let away: Url = NOBODY.parse().expect("a URL");
    for (case, peer) in [
        ("away", away),
        (
            "failing",
            somebody(|| StatusCode::INTERNAL_SERVER_ERROR.into_response()).await,
        ),
        (
            "another site",
            somebody(|| "<p>Welcome</p>".into_response()).await,
        ),
        (
            "elsewhere",
            somebody(|| Redirect::temporary("/").into_response()).await,
        ),
        (
            "short",
            somebody(|| r#"{"entries":[]}"#.into_response()).await,
        ),
        (
            "silent",
            somebody(|| r#"{"entries":[{}]}"#.into_response()).await,
        ),
        (
            "long",
            somebody(move || (accepted() + &" ".repeat(20_000)).into_response()).await,
        ),
        (
            "created",
            somebody(move || (StatusCode::CREATED, accepted()).into_response()).await,
        ),
    ] {
        let (bus, queues) = bus(&peer).await;
        let put = bus.put(&[entry(r#""ada@example.com""#)]).await;
        let error = put.expect_err(case).to_string();
        assert!(error.contains("the peer"), "{case}: {error}");
        assert!(!error.contains("ada@"), "{case}: {error}");
        assert_eq!(stored(&queues).await, 0, "{case}");
    }
}

#[tokio::test]
async fn a_peer_that_hangs_is_given_up_on() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("its address");
    let (bus, _queues) = bus(&format!("http://{address}").parse().expect("a URL")).await;
    let entries = [entry("{}")];
    let put = bus.put(&entries);
    let put = tokio::time::timeout(Duration::from_secs(20), put).await;
    let error = put.expect("it gives up").expect_err("no answer");
    assert!(error.to_string().contains("in time"), "{error}");
}

#[tokio::test]
async fn each_entry_has_the_peers_verdict_and_only_the_accepted_are_kept_here() {
    let answer = || {
        let answer = json!({"entries": [
            {"accepted": true},
            {"accepted": false, "error": "MalformedEvent"},
        ]});
        answer.to_string().into_response()
    };
    let (bus, queues) = bus(&somebody(answer).await).await;
    let entries = [entry("no json"), entry("{}"), entry("[]")];
    let outcomes = bus.put(&entries).await.expect("outcomes");
    let refused = |code: &str| EntryOutcome::Refused(code.to_owned());
    assert_eq!(
        outcomes,
        [
            refused("MalformedDetail"),
            EntryOutcome::Accepted,
            refused("MalformedEvent")
        ]
    );
    assert_eq!(stored(&queues).await, 1);
}
