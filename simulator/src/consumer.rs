//! What a process does for one of its queues.

use std::sync::Arc;

use futures::future::join_all;
use outbox::{HandleError, MessageHandler};

use crate::{
    cluster::Cluster,
    life::Life,
    planted::Planted,
    queue::{Message, Queue},
    stopping::Stopping,
};

/// See the module.
pub(crate) struct Consumer {
    pub(crate) cluster: Arc<Cluster>,
    pub(crate) life: Arc<Life>,
    pub(crate) queue: Queue,
    pub(crate) handler: Arc<dyn MessageHandler>,
    pub(crate) stopping: Arc<Stopping>,
}

impl Consumer {
    /// Handles messages until the process is to stop.
    pub(crate) async fn run(self) {
        loop {
            let messages = self.queue.receive().await;
            if self.stopping.has_begun() {
                // They are seen again.
                return;
            }
            let _in_flight = self.stopping.enter();
            join_all(messages.iter().map(|message| self.handle(message))).await;
        }
    }

    async fn handle(&self, message: &Message) {
        let handled = self.handler.handle(&message.body).await;
        let world = &self.cluster.world;
        let settled = async {
            match handled {
                Ok(()) => self.queue.acknowledge(message),
                Err(HandleError::Permanent(why)) => self.queue.bury(message, why),
                Err(HandleError::Transient(_)) if world.has(Planted::AcknowledgedOnError) => {
                    self.queue.acknowledge(message);
                }
                Err(HandleError::Transient(_)) => self.queue.put_back(message),
            }
        };
        self.life.act(settled).await;
    }
}
