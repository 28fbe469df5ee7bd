//! A process: both services, put together anew, and what a host does for them.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Mutex, PoisonError},
};

use ambient::Clock;
use axum::{Router, body::Body, extract::Request};
use dynamo::Table;
use jiff::SignedDuration;
use outbox::{MessageHandler, Relay, StreamBatch, Sweeper};
use serde_json::Value;
use subscriptions::ClientAddress;
use tokio::{
    sync::oneshot,
    task::JoinSet,
    time::{Duration, Instant},
};
use tower::ServiceExt;

use crate::{
    bus::{ReachedBus, ReachedImports},
    cluster::Cluster,
    consumer::Consumer,
    life::Life,
    mail,
    planted::Planted,
    queue::Queue,
    setup,
    stopping::Stopping,
    store::reached_by,
    workflow::{Executions, ReachedStarter},
};

/// How often a host looks after what was left lying.
const SWEEP_INTERVAL: Duration = Duration::from_secs(60);
const SWEEP_MIN_AGE: SignedDuration = SignedDuration::from_secs(10);
/// How often the relay is asked again about records that it could not publish.
const RELAY_ATTEMPTS: u32 = 3;
/// Where requests seem to come from (RFC 5737).
const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
/// No answer is larger.
const MAX_ANSWER: usize = 1 << 20;

/// See the module.
pub(crate) struct Process {
    pub(crate) life: Arc<Life>,
    pub(crate) delivery: delivery::App,
    pub(crate) executions: Arc<Executions>,
    subscriptions: subscriptions::App,
    router: Router,
    tasks: Mutex<JoinSet<()>>,
    stopping: Arc<Stopping>,
}

impl Process {
    /// Starts a process. The `first` one also looks after what is left lying.
    pub(crate) fn start(cluster: &Arc<Cluster>, life: Arc<Life>, first: bool) -> Arc<Self> {
        let world = &cluster.world;
        let client = reached_by(&cluster.engine.client(), &life, world);
        let clock = Arc::clone(&life.clock);
        let subscriptions = subscriptions::App::new(
            setup::subscriptions_config(),
            subscriptions::Ports {
                dynamodb: client.clone(),
                clock: clock.clone(),
                randomness: Arc::clone(&cluster.randomness),
                import_queue: Arc::new(ReachedImports {
                    life: Arc::clone(&life),
                    world: Arc::clone(world),
                    queue: cluster.queues.imports.clone(),
                }),
            },
        );
        let knows_others_dead = cluster.is_sole || world.has(Planted::LeaseIgnored);
        let delivery = delivery::App::new(
            setup::delivery_config(knows_others_dead, cluster.mail.account.send_rate(world)),
            delivery::Ports {
                dynamodb: client,
                clock,
                randomness: Arc::clone(&cluster.randomness),
                mail: mail::reached_by(&life, &cluster.mail, cluster.is_sole),
                workflow: Arc::new(ReachedStarter {
                    life: Arc::clone(&life),
                    world: Arc::clone(world),
                    cluster: Arc::downgrade(cluster),
                }),
            },
        );
        let process = Arc::new(Self {
            router: subscriptions.router(),
            life,
            delivery,
            executions: Arc::default(),
            subscriptions,
            tasks: Mutex::default(),
            stopping: Arc::default(),
        });
        process.begin(cluster, first);
        process
    }

    fn begin(self: &Arc<Self>, cluster: &Arc<Cluster>, first: bool) {
        let queues = &cluster.queues;
        for (queue, _) in &queues.delivery {
            self.consume(cluster, queue, self.delivery.inbound());
        }
        for (queue, _) in &queues.subscriptions {
            self.consume(cluster, queue, self.subscriptions.inbound());
        }
        self.consume(cluster, &queues.imports, self.subscriptions.imports());
        let told = &cluster.mail.feedback.queue;
        self.consume(cluster, told, self.delivery.feedback());
        let life = Arc::clone(&self.life);
        self.spawn(async move { life.tick().await });
        if first {
            self.relay(
                cluster,
                self.subscriptions.table(),
                setup::SUBSCRIPTIONS_TABLE,
            );
            self.relay(cluster, self.delivery.table(), setup::DELIVERY_TABLE);
            let sweeping = sweep(Arc::clone(self), Arc::clone(cluster));
            self.spawn(sweeping);
        }
    }

    /// Runs `task` until it ends, or the process does.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        if !self.life.is_over() {
            tasks.spawn(task);
        }
    }

    /// Begins an orderly stop.
    pub(crate) fn stop(&self) {
        self.delivery.steps().stop();
        self.stopping.begin();
    }

    pub(crate) fn stopping(&self) -> &Arc<Stopping> {
        &self.stopping
    }

    /// Ends the process with all that it was doing.
    pub(crate) fn end(&self) {
        self.life.end();
        self.tasks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .abort_all();
    }

    /// Sends a request to the pages; none if the process ended meanwhile.
    pub(crate) async fn ask(&self, mut request: Request) -> Option<(u16, Value)> {
        request.extensions_mut().insert(ClientAddress(CLIENT));
        let (answer, answered) = oneshot::channel();
        let router = self.router.clone();
        let stopping = Arc::clone(&self.stopping);
        self.spawn(async move {
            let _in_flight = stopping.enter();
            // Who asked may have gone.
            let _gone = answer.send(respond(router, request).await).is_err();
        });
        answered.await.ok()
    }

    /// The same, while nobody else acts.
    pub(crate) fn ask_alone(&self, cluster: &Cluster, mut request: Request) -> (u16, Value) {
        request.extensions_mut().insert(ClientAddress(CLIENT));
        cluster.world.alone(respond(self.router.clone(), request))
    }

    fn consume(&self, cluster: &Arc<Cluster>, queue: &Queue, handler: Arc<dyn MessageHandler>) {
        let consumer = Consumer {
            cluster: Arc::clone(cluster),
            life: Arc::clone(&self.life),
            queue: queue.clone(),
            handler,
            stopping: Arc::clone(&self.stopping),
        };
        self.spawn(consumer.run());
    }

    fn relay(&self, cluster: &Arc<Cluster>, table: Table, name: &'static str) {
        let bus = Arc::new(ReachedBus {
            life: Arc::clone(&self.life),
            world: Arc::clone(&cluster.world),
            queues: cluster.queues.clone(),
        });
        let relay = Relay::new(table.clone(), bus);
        let stream = cluster
            .engine
            .filtered_stream(name, outbox::PARTITION_PREFIX);
        let pump = Pump {
            cluster: Arc::clone(cluster),
            life: Arc::clone(&self.life),
            table,
            relay,
        };
        self.spawn(pump.run(stream));
    }
}

async fn respond(router: Router, request: Request) -> (u16, Value) {
    let answered = router.oneshot(request).await;
    let answer = answered.unwrap_or_else(|never| match never {});
    let status = answer.status().as_u16();
    let bytes = axum::body::to_bytes(Body::new(answer.into_body()), MAX_ANSWER).await;
    let body = serde_json::from_slice(&bytes.unwrap_or_default());
    (status, body.unwrap_or_default())
}

/// Looks after what was left lying.
async fn sweep(process: Arc<Process>, cluster: Arc<Cluster>) {
    let mut is_first = true;
    loop {
        if is_first || !cluster.rests() {
            let runs = process.delivery.unfinished_runs().await;
            is_first &= runs.is_err();
            let forgets = cluster.world.has(Planted::StartLost);
            for run in runs.unwrap_or_default().into_iter().filter(|_| !forgets) {
                cluster.start(&process.life, &run);
            }
            // What fails is left to the next time.
            drop(process.subscriptions.sweep_imports().await);
        }
        let wait = if is_first {
            Duration::from_secs(1)
        } else {
            SWEEP_INTERVAL
        };
        tokio::time::sleep(wait).await;
    }
}

struct Pump {
    cluster: Arc<Cluster>,
    life: Arc<Life>,
    table: Table,
    relay: Relay,
}

impl Pump {
    async fn run(self, mut stream: engine::Stream) {
        let sweeper = Sweeper::new(self.table.clone(), self.relay.clone(), SWEEP_MIN_AGE);
        let world = &self.cluster.world;
        let mut next_sweep = Instant::now();
        loop {
            tokio::select! {
                biased;
                records = stream.next_batch(100) => {
                    if !world.fails(world.faults.stream) {
                        self.publish(&serde_json::json!(records)).await;
                    }
                }
                () = tokio::time::sleep_until(next_sweep) => {}
            }
            if Instant::now() >= next_sweep {
                if !world.watch.known().waiting.is_empty() {
                    // What fails is left to the next time.
                    drop(sweeper.sweep(self.life.clock.now()).await);
                }
                next_sweep = Instant::now() + Duration::from_secs(15);
            }
        }
    }

    async fn publish(&self, records: &Value) {
        for _ in 0..RELAY_ATTEMPTS {
            let batch: StreamBatch =
                serde_json::from_value(records.clone()).expect("records of a stream");
            let response = self.relay.handle(batch).await;
            if response.batch_item_failures.is_empty() {
                return;
            }
        }
    }
}
