//! Use cases over the store, on the in-memory engine.

mod erasing;
mod finding;
mod listing;
mod rebuilding;
mod tokens;

#[path = "../../../tests/it/helpers/clock.rs"]
mod clock;
#[path = "../../../tests/it/helpers/store_probe.rs"]
#[expect(dead_code, reason = "what the tests of the routes need as well")]
mod store_probe;

use std::sync::Arc;

use ambient::SystemRandomness;
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use contracts::{CloudEvent, EventData, Personal, events::SubscriberRegisteredV1};
use dynamo::Query;
use engine::Engine;
use outbox::OutboxRow;
use uuid::Uuid;

use self::{clock::ManualClock, store_probe::StoreProbe};
use super::{
    confirm::{Confirmation, confirm},
    subscribe::subscribe,
    suppress::{Feedback, FeedbackKind, suppress},
};
use crate::{
    App, Config, Ports, Secrets,
    app::AppState,
    domain::{
        ConfirmationToken, Subscriber, SubscriberEmail, SubscriberId, SubscriberName,
        password::PasswordHash,
        user::{User, Username},
    },
    ports::{ImportQueue, QueueUnavailable},
    store::{Decision, users::SaveUser},
};

/// Nobody imports here.
struct NoQueue;

#[async_trait]
impl ImportQueue for NoQueue {
    async fn send(&self, _body: String) -> Result<(), QueueUnavailable> {
        Err(QueueUnavailable("there is none".to_owned()))
    }
}

const TABLE: &str = "subscriptions";
/// A name that stands nowhere else.
const NAME: &str = "Annabel";

/// The service over an empty store of its own. A clone is the same one.
#[derive(Clone)]
struct World {
    app: Arc<AppState>,
    clock: Arc<ManualClock>,
    probe: StoreProbe,
    client: Client,
}

impl World {
    async fn new() -> Self {
        let engine = Engine::in_memory().expect("an engine");
        let probe = StoreProbe::default();
        let client = probe.watch(&engine.client());
        dynamo::create_table(&client, TABLE).await.expect("a table");
        let clock = Arc::new(ManualClock::default());
        let config = Config {
            table: TABLE.to_owned(),
            stage: "test".to_owned(),
            public_url: "https://news.example/".parse().expect("a URL"),
            secrets: Secrets {
                unsubscribe_key: vec![1; 32].into(),
                address_key: vec![2; 32].into(),
            },
        };
        let ports = Ports {
            dynamodb: client.clone(),
            clock: clock.clone(),
            randomness: Arc::new(SystemRandomness),
            import_queue: Arc::new(NoQueue),
        };
        Self {
            app: App::new(config, ports).state,
            clock,
            probe,
            client,
        }
    }

    async fn subscribe(&self, address: &str) {
        let name = SubscriberName::parse(NAME).expect("valid");
        subscribe(&self.app, &email(address), &name)
            .await
            .expect("subscribed");
    }

    /// What was mailed last.
    async fn mailed(&self) -> SubscriberRegisteredV1 {
        let mut events = self.events::<SubscriberRegisteredV1>().await;
        events.pop().expect("a mail")
    }

    /// Subscribes a pending one, who may have been there before.
    async fn pending(&self, address: &str) -> SubscriberId {
        self.subscribe(address).await;
        SubscriberId(self.mailed().await.subscriber_id)
    }

    async fn follow(&self, link: &Personal) -> Confirmation {
        confirm(&self.app, &token_in(link)).await.expect("answered")
    }

    async fn confirmed(&self, address: &str) -> SubscriberId {
        let id = self.pending(address).await;
        let link = self.mailed().await.confirmation_url;
        assert_eq!(self.follow(&link).await, Confirmation::Confirmed);
        id
    }

    /// A mail of issue 7 comes back or is marked as spam, now.
    async fn feedback(&self, subscriber_id: SubscriberId, kind: FeedbackKind) {
        let feedback = Feedback {
            event_id: self.app.randomness.uuid(),
            subscriber_id,
            kind,
            issue_id: Some(Uuid::from_u128(7)),
            at: self.app.clock.now(),
        };
        suppress(&self.app, feedback).await.expect("handled");
    }

    async fn bounced(&self, address: &str) -> SubscriberId {
        let id = self.confirmed(address).await;
        self.feedback(id, FeedbackKind::Bounce).await;
        id
    }

    async fn stored(&self, id: SubscriberId) -> Option<Subscriber> {
        self.app.store.subscriber(id).await.expect("a read")
    }

    /// Stores a user with a password of their own, or with a one-time one.
    async fn user(&self, name: &str, one_time: bool) -> User {
        let username = Username::parse(name).expect("valid");
        let hash = PasswordHash::dummy();
        let id = self.app.randomness.uuid();
        let user = User::new(id, username, hash, one_time, self.app.clock.now());
        self.save(user.clone()).await;
        user
    }

    async fn save(&self, user: User) {
        let decision = Decision::new().write(SaveUser(user));
        self.app.store.commit(decision).await.expect("saved");
    }

    /// What the events of one type say, in their order.
    async fn events<D: EventData>(&self) -> Vec<D> {
        let rows = self.outbox().await.into_iter();
        rows.filter(|row| row.detail_type == D::TYPE)
            .map(|row| serde_json::from_str::<CloudEvent<D>>(&row.detail).expect("an event"))
            .map(|event| event.data)
            .collect()
    }

    async fn outbox(&self) -> Vec<OutboxRow> {
        let mut rows = Vec::new();
        for number in 0..outbox::PARTITIONS {
            let partition = format!("{}{number:02}", outbox::PARTITION_PREFIX);
            let mut next = Some(Query::partition(partition, 100));
            while let Some(query) = next {
                let table = self.app.store.table();
                let page = table.query::<OutboxRow>(query).await.expect("a page");
                rows.extend(page.items);
                next = page.next;
            }
        }
        rows.sort_by_key(|row| row.created_at);
        rows
    }

    /// Every item but the outbox rows, written out.
    async fn kept(&self) -> Vec<String> {
        let scan = self.client.scan().table_name(TABLE).send().await;
        let items = scan.expect("a scan").items.unwrap_or_default();
        let outbox = |item: &&std::collections::HashMap<_, _>| {
            let partition: &aws_sdk_dynamodb::types::AttributeValue = &item["pk"];
            let partition = partition.as_s().expect("text");
            !partition.starts_with(outbox::PARTITION_PREFIX)
        };
        items
            .iter()
            .filter(outbox)
            .map(|item| format!("{item:?}"))
            .collect()
    }

    /// Runs `work` between the loading and the committing of what comes next.
    fn in_between<F>(&self, work: impl FnOnce(World) -> F + Send + 'static)
    where
        F: Future<Output = ()>,
    {
        let world = self.clone();
        self.probe.before_next_commit(move || {
            // The caller is not async.
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_time()
                    .build();
                runtime.expect("a runtime").block_on(work(world));
            })
            .join()
            .expect("no panic");
        });
    }
}

fn email(address: &str) -> SubscriberEmail {
    SubscriberEmail::parse(address).expect("valid")
}

fn token_in(link: &Personal) -> ConfirmationToken {
    let (_, token) = link.expose().rsplit_once('=').expect("a token");
    ConfirmationToken::parse(token).expect("one of ours")
}
