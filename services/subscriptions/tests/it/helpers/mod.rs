//! What the tests of this crate share.

mod answer;
mod browser;
mod clock;
mod import_queue;
mod program;
mod store_probe;

use std::{net::IpAddr, sync::Arc};

use ambient::SystemRandomness;
use axum::{Router, body::Body, extract::Request};
use contracts::{CloudEvent, EventData};
use dynamo::{Query, Table};
use engine::Engine;
use http::{Method, header::CONTENT_TYPE};
use outbox::{HandleError, OutboxRow};
use serde_json::json;
use subscriptions::{App, ClientAddress, Config, Ports, Secrets};
use tower::ServiceExt;
use uuid::Uuid;

pub(crate) use answer::Answer;
pub(crate) use browser::{ADMIN_PASSWORD, Browser};
pub(crate) use clock::ManualClock;
pub(crate) use import_queue::ImportMessages;
pub(crate) use program::{JSON, Program};
pub(crate) use store_probe::StoreProbe;

/// The base of the links in events; it has a path on purpose.
pub(crate) const PUBLIC_URL: &str = "https://news.example/letters";
/// The stage that events carry.
pub(crate) const STAGE: &str = "test";
const TABLE: &str = "subscriptions";
const FORM: &str = "application/x-www-form-urlencoded";
/// Where requests seem to come from (RFC 5737).
const CLIENT: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

type Attributes = std::collections::HashMap<String, aws_sdk_dynamodb::types::AttributeValue>;

/// The service over an empty store of its own.
pub(crate) struct TestApp {
    pub(crate) app: App,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) store: StoreProbe,
    pub(crate) import_messages: ImportMessages,
    router: Router,
    client: aws_sdk_dynamodb::Client,
}

impl TestApp {
    pub(crate) async fn spawn() -> Self {
        Self::at(PUBLIC_URL).await
    }

    /// The service with links below `public_url`.
    pub(crate) async fn at(public_url: &str) -> Self {
        let engine = Engine::in_memory().expect("an engine");
        let store = StoreProbe::default();
        let client = store.watch(&engine.client());
        dynamo::create_table(&client, TABLE).await.expect("a table");
        let clock = Arc::new(ManualClock::default());
        let import_messages = ImportMessages::default();
        let config = Config {
            table: TABLE.to_owned(),
            stage: STAGE.to_owned(),
            public_url: public_url.parse().expect("a URL"),
            secrets: Secrets {
                unsubscribe_key: vec![1; 32].into(),
                address_key: vec![2; 32].into(),
            },
        };
        let ports = Ports {
            dynamodb: client.clone(),
            clock: clock.clone(),
            randomness: Arc::new(SystemRandomness),
            import_queue: Arc::new(import_messages.clone()),
        };
        let app = App::new(config, ports);
        Self {
            router: app.router(),
            app,
            clock,
            store,
            import_messages,
            client,
        }
    }

    pub(crate) fn table(&self) -> Table {
        self.app.table()
    }

    /// Sends a request as the host would, and reads the whole answer.
    pub(crate) async fn send(&self, mut request: Request) -> Answer {
        if request.extensions().get::<ClientAddress>().is_none() {
            request.extensions_mut().insert(ClientAddress(CLIENT));
        }
        let answered = self.router.clone().oneshot(request).await;
        Answer::read(answered.expect("the router cannot fail")).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(request(Method::GET, path, None, Body::empty()))
            .await
    }

    /// Posts `body` as the content type `kind`.
    pub(crate) async fn post(&self, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
        self.send(request(Method::POST, path, Some(kind), body.into()))
            .await
    }

    pub(crate) async fn post_form(&self, path: &str, form: impl Into<Body>) -> Answer {
        self.post(path, FORM, form).await
    }

    pub(crate) async fn subscribe(&self, name: &str, email: &str) -> Answer {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("name", name)
            .append_pair("email", email)
            .finish();
        self.post_form("/subscriptions", form).await
    }

    /// Subscribes and confirms; tells the subscriber's id.
    pub(crate) async fn confirmed_subscriber(&self, email: &str) -> Uuid {
        self.subscribe("Ann", email).await.assert_status(200);
        let registered = self.registered().await.pop().expect("an event").data;
        self.follow(registered.confirmation_url.expose())
            .await
            .assert_status(200);
        registered.subscriber_id
    }

    /// Follows a link from a mail.
    pub(crate) async fn follow(&self, link: &str) -> Answer {
        self.get(&local_path(link)).await
    }

    /// The events of one type that are in the outbox, in their order.
    pub(crate) async fn events<D: EventData>(&self) -> Vec<CloudEvent<D>> {
        let rows = self.outbox().await.into_iter();
        rows.filter(|row| row.detail_type == D::TYPE)
            .map(|row| serde_json::from_str(&row.detail).expect("an event"))
            .collect()
    }

    pub(crate) async fn registered(
        &self,
    ) -> Vec<CloudEvent<contracts::events::SubscriberRegisteredV1>> {
        self.events().await
    }

    /// All rows of the outbox, in the order of what they tell of.
    pub(crate) async fn outbox(&self) -> Vec<OutboxRow> {
        let mut rows = Vec::new();
        for number in 0..outbox::PARTITIONS {
            let mut next = Some(Query::partition(
                format!("{}{number:02}", outbox::PARTITION_PREFIX),
                100,
            ));
            while let Some(query) = next {
                let page = self
                    .table()
                    .query::<OutboxRow>(query)
                    .await
                    .expect("a page");
                rows.extend(page.items);
                next = page.next;
            }
        }
        rows.sort_by_key(|row| row.created_at);
        rows
    }

    /// The keys of all items in the table.
    pub(crate) async fn keys(&self) -> Vec<String> {
        let scanned = self.client.scan().table_name(TABLE).send().await;
        let items = scanned.expect("a scan").items.unwrap_or_default();
        let text = |item: &Attributes, name| item[name].as_s().expect("text").clone();
        items
            .iter()
            .map(|item| format!("{} {}", text(item, "pk"), text(item, "sk")))
            .collect()
    }

    /// Every item of the table, written out.
    pub(crate) async fn everything_stored(&self) -> String {
        let scan = self.client.scan().table_name(TABLE).send().await;
        format!("{:?}", scan.expect("items").items())
    }

    /// Hands `event` to the message handler, as the queue would.
    pub(crate) async fn receive<D: EventData>(
        &self,
        event: &CloudEvent<D>,
    ) -> Result<(), HandleError> {
        let body = json!({
            "version": "0",
            "id": Uuid::from_u128(9),
            "detail-type": event.event_type,
            "source": event.source.as_str(),
            "detail": event,
        });
        self.app.inbound().handle(&body.to_string()).await
    }

    /// An event of delivery's that happens now.
    pub(crate) fn event_of_delivery<D: EventData>(&self, data: D) -> CloudEvent<D> {
        let randomness: &dyn ambient::Randomness = &SystemRandomness;
        let now = ambient::Clock::now(&*self.clock);
        CloudEvent::new(randomness.uuid(), now, STAGE, None, data)
    }
}

/// What of `link` the router sees, behind a proxy that takes the prefix away.
pub(crate) fn local_path(link: &str) -> String {
    link.strip_prefix(PUBLIC_URL)
        .expect("a link of ours")
        .to_owned()
}

/// A request as the router gets it.
pub(crate) fn request(method: Method, path: &str, kind: Option<&str>, body: Body) -> Request {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(kind) = kind {
        request = request.header(CONTENT_TYPE, kind);
    }
    request.body(body).expect("a request")
}
