//! A process that dies at a chosen effect: from then on it reaches nothing.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    Client,
    config::{
        ConfigBag, Intercept, RuntimeComponents,
        interceptors::{
            AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
        },
    },
    error::BoxError,
};
use aws_smithy_types::config_bag::{Storable, StoreReplace};
use delivery::mail::{Email, MailSender, SendResult};

use super::Mailbox;

/// Dies at its `at`th effect, counted from 0. Effects are: a write about to be
/// sent, a write done whose answer is lost, a mail about to leave, a mail that
/// has left.
#[derive(Debug)]
pub(crate) struct Fault {
    at: usize,
    met: AtomicUsize,
    dead: AtomicBool,
}

impl Fault {
    pub(crate) fn at(effect: usize) -> Arc<Self> {
        Arc::new(Self {
            at: effect,
            met: AtomicUsize::new(0),
            dead: AtomicBool::new(false),
        })
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }

    /// It was no death but an outage, which is over.
    pub(crate) fn is_over(&self) {
        self.dead.store(false, Ordering::SeqCst);
    }

    /// Meets one effect; tells whether the process still lives after it.
    fn survives(&self) -> bool {
        if self.met.fetch_add(1, Ordering::SeqCst) == self.at {
            self.dead.store(true, Ordering::SeqCst);
        }
        !self.is_dead()
    }

    fn write(&self, is_write: bool) -> Result<(), BoxError> {
        let lives = if is_write {
            self.survives()
        } else {
            !self.is_dead()
        };
        lives
            .then_some(())
            .ok_or_else(|| "the process is dead".into())
    }
}

/// `client` in the hands of the process that `fault` ends.
pub(crate) fn mortal(client: &Client, fault: &Arc<Fault>) -> Client {
    let config = client
        .config()
        .to_builder()
        .interceptor(Mortal(fault.clone()));
    Client::from_conf(config.build())
}

#[derive(Debug)]
struct Mortal(Arc<Fault>);

/// Whether the request that is under way writes.
#[derive(Debug)]
struct Writes(bool);

impl Storable for Writes {
    type Storer = StoreReplace<Self>;
}

impl Intercept for Mortal {
    fn name(&self) -> &'static str {
        "mortal"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let target = context.request().headers().get("x-amz-target");
        let writes = target.is_some_and(|target| {
            target.ends_with("TransactWriteItems") || target.ends_with("PutItem")
        });
        bag.interceptor_state().store_put(Writes(writes));
        self.0.write(writes)
    }

    fn read_after_deserialization(
        &self,
        _: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0
            .write(bag.load::<Writes>().is_some_and(|writes| writes.0))
    }
}

/// The mail side as that process reaches it.
pub(crate) struct MortalMail {
    pub(crate) mailbox: Arc<Mailbox>,
    pub(crate) fault: Arc<Fault>,
}

#[async_trait]
impl MailSender for MortalMail {
    async fn send(&self, email: &Email) -> SendResult {
        if !self.fault.survives() {
            return std::future::pending().await;
        }
        let result = self.mailbox.send(email).await;
        if !self.fault.survives() {
            return std::future::pending().await;
        }
        result
    }
}
