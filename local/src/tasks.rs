//! What runs in the background.

use std::{future::Future, sync::Arc};

use axum::Router;
use dynamo::Table;
use engine::Stream;
use outbox::{MessageHandler, PARTITION_PREFIX, Relay};
use tokio::{net::TcpListener, task::JoinSet};
use tracing::{Dispatch, instrument::WithSubscriber};

use crate::{
    consumer::Consumer,
    housekeeping, http,
    import_queue::IMPORTS_QUEUE,
    import_sweep, issue_sweep,
    parts::{
        CONFIRMATIONS_QUEUE, CONTROLS_QUEUE, DELIVERY_QUEUE, DELIVERY_TABLE, Parts,
        SUBSCRIPTIONS_QUEUE, SUBSCRIPTIONS_TABLE,
    },
    relay_pump::Pump,
    settings::Dispatches,
    shutdown::Stopping,
    workflow_driver::{Driver, Starter},
};

/// Starts tasks, each of which logs and traces for whom it works.
pub(crate) struct Tasks {
    parts: Parts,
    stopping: Stopping,
    dispatches: Dispatches,
    running: JoinSet<&'static str>,
}

impl Tasks {
    pub(crate) fn new(parts: Parts, stopping: Stopping, dispatches: Dispatches) -> Self {
        Self {
            parts,
            stopping,
            dispatches,
            running: JoinSet::new(),
        }
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }

    /// What was started; each answers with its name when it ends.
    pub(crate) fn into_running(self) -> JoinSet<&'static str> {
        self.running
    }

    /// Subscriptions' relay, its consumers, and the sweep of its imports.
    pub(crate) fn start_subscriptions(&mut self, app: &subscriptions::App) {
        let dispatch = self.dispatches.subscriptions.clone();
        let stream = self.outbox_stream(SUBSCRIPTIONS_TABLE);
        self.publish(app.table(), stream, &dispatch);
        self.consume(SUBSCRIPTIONS_QUEUE, app.inbound(), dispatch.clone());
        self.consume(IMPORTS_QUEUE, app.imports(), dispatch.clone());
        let sweep = import_sweep::sweep(app.clone(), self.stopping.clone());
        self.spawn("a sweep of the imports", dispatch, sweep);
    }

    /// Delivery's relay and consumers, the driver of its workflow, and the sweep
    /// of its issues.
    pub(crate) fn start_delivery(&mut self, app: &delivery::App, driver: Driver, starter: Starter) {
        let dispatch = self.dispatches.delivery.clone();
        let stream = self.outbox_stream(DELIVERY_TABLE);
        self.publish(app.table(), stream, &dispatch);
        self.consume(DELIVERY_QUEUE, app.inbound(), dispatch.clone());
        self.consume(CONFIRMATIONS_QUEUE, app.inbound(), dispatch.clone());
        self.consume(CONTROLS_QUEUE, app.inbound(), dispatch.clone());
        let sweep = issue_sweep::sweep(app.clone(), self.stopping.clone());
        self.spawn("a sweep of the issues", dispatch.clone(), sweep);
        let walking = driver.run(app.clone(), starter, self.stopping.clone());
        self.spawn("the workflow", dispatch, walking);
    }

    /// Subscriptions' routes, hosted.
    pub(crate) fn hosted(&self, app: &subscriptions::App) -> Router {
        http::hosted(app.router(), self.dispatches.subscriptions.clone())
    }

    pub(crate) fn serve(&mut self, name: &'static str, listener: TcpListener, router: Router) {
        let serving = http::serve(listener, router, self.stopping.clone());
        self.spawn(name, current_dispatch(), serving);
    }

    pub(crate) fn keep_house(&mut self) {
        let (engine, queues) = (self.parts.engine.clone(), self.parts.queues.clone());
        let keeping = housekeeping::keep(engine, queues, self.stopping.clone());
        self.spawn("housekeeping", current_dispatch(), keeping);
    }

    fn outbox_stream(&self, table: &str) -> Stream {
        self.parts.engine.filtered_stream(table, PARTITION_PREFIX)
    }

    /// Publishes the events in `table`.
    fn publish(&mut self, table: Table, stream: Stream, dispatch: &Dispatch) {
        let relay = Relay::new(table.clone(), self.parts.bus.clone());
        let pump = Pump {
            table,
            stream,
            relay,
            clock: Arc::clone(&self.parts.clock),
            stopping: self.stopping.clone(),
        };
        self.spawn("a relay", dispatch.clone(), pump.run());
    }

    fn consume(&mut self, queue: &'static str, handler: Arc<dyn MessageHandler>, to: Dispatch) {
        let consumer = Consumer::new(self.parts.queues.queue(queue), handler);
        let consuming = consumer.run(self.stopping.clone());
        self.spawn(queue, to, consuming);
    }

    fn spawn<F>(&mut self, name: &'static str, dispatch: Dispatch, work: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let named = async move {
            work.await;
            name
        };
        self.running.spawn(named.with_subscriber(dispatch));
    }
}

/// The host's own.
fn current_dispatch() -> Dispatch {
    tracing::dispatcher::get_default(Dispatch::clone)
}
