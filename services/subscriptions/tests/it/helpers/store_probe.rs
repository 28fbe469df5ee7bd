//! Between the service and its store: counts, and does mischief.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::{
    Client,
    config::{
        ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeTransmitInterceptorContextRef,
    },
    error::BoxError,
};

type Hook = Box<dyn FnOnce() + Send>;

/// Sees every request to the store. A clone is the same probe.
#[derive(Clone, Default)]
pub(crate) struct StoreProbe {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    /// Operation and number of items, such as `TransactWriteItems 4`.
    requests: Vec<String>,
    /// The bytes of all transactions.
    written: usize,
    down: bool,
    /// How many requests are still answered before it is down.
    down_after: Option<usize>,
    before_commit: Option<Hook>,
    /// And how many reads still go before it.
    before_read: Option<(usize, Hook)>,
}

impl StoreProbe {
    /// `client`, watched.
    pub(crate) fn watch(&self, client: &Client) -> Client {
        let config = client.config().to_builder().interceptor(self.clone());
        Client::from_conf(config.build())
    }

    /// What was asked of the store since the last time.
    pub(crate) fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().requests)
    }

    /// The bytes of the transactions since the last time.
    pub(crate) fn written_bytes(&self) -> usize {
        std::mem::take(&mut self.lock().written)
    }

    /// From now on the store does not answer, or answers again.
    pub(crate) fn is_down(&self, down: bool) {
        let mut inner = self.lock();
        inner.down = down;
        inner.down_after = None;
    }

    /// The store answers so many requests more, and is down then: as if the
    /// process that makes them had died.
    pub(crate) fn goes_down_after(&self, requests: usize) {
        self.lock().down_after = Some(requests);
    }

    /// Runs `hook` just before the next transaction reaches the store: between
    /// somebody's loading and committing.
    pub(crate) fn before_next_commit(&self, hook: impl FnOnce() + Send + 'static) {
        self.lock().before_commit = Some(Box::new(hook));
    }

    /// Runs `hook` just before the read that is the `number`th from now.
    pub(crate) fn before_read(&self, number: usize, hook: impl FnOnce() + Send + 'static) {
        self.lock().before_read = Some((number - 1, Box::new(hook)));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().expect("no test panics in here")
    }
}

impl Inner {
    fn count_down(&mut self) {
        match &mut self.down_after {
            Some(0) => self.down = true,
            Some(left) => *left -= 1,
            None => {}
        }
    }

    fn read_hook(&mut self) -> Option<Hook> {
        match self.before_read.take() {
            Some((0, hook)) => Some(hook),
            waiting => {
                self.before_read = waiting.map(|(reads, hook)| (reads - 1, hook));
                None
            }
        }
    }
}

impl Intercept for StoreProbe {
    fn name(&self) -> &'static str {
        "StoreProbe"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.split('.').next_back().unwrap_or_default().to_owned();
        let hook = {
            let mut inner = self.lock();
            inner.count_down();
            if inner.down {
                return Err("the store is down".into());
            }
            let is_read = operation == "GetItem";
            let is_commit = operation == "TransactWriteItems";
            let request = if is_commit {
                let body = request.body().bytes().unwrap_or_default();
                inner.written += body.len();
                format!("{operation} {}", actions(body))
            } else {
                operation
            };
            inner.requests.push(request);
            if is_commit {
                inner.before_commit.take()
            } else if is_read {
                inner.read_hook()
            } else {
                None
            }
        };
        if let Some(hook) = hook {
            hook();
        }
        Ok(())
    }
}

impl std::fmt::Debug for StoreProbe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoreProbe")
    }
}

fn actions(body: &[u8]) -> usize {
    let request: serde_json::Value = serde_json::from_slice(body).expect("JSON");
    request["TransactItems"].as_array().map_or(0, Vec::len)
}
