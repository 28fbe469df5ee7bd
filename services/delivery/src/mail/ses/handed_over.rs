//! Whether a request can have left.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use aws_sdk_sesv2::{
    config::{
        ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeTransmitInterceptorContextRef,
    },
    error::BoxError,
};

/// Set as soon as one request is handed to the HTTP client. Credentials that
/// cannot be had, or are waited for in vain, end a call before: the SDK's error
/// alone does not tell that from a request that was lost.
#[derive(Debug, Clone, Default)]
pub(super) struct HandedOver {
    is_so: Arc<AtomicBool>,
}

impl HandedOver {
    pub(super) fn is_so(&self) -> bool {
        self.is_so.load(Ordering::Acquire)
    }
}

impl Intercept for HandedOver {
    fn name(&self) -> &'static str {
        "HandedOver"
    }

    /// The last thing before the HTTP client has the request.
    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.is_so.store(true, Ordering::Release);
        Ok(())
    }
}
