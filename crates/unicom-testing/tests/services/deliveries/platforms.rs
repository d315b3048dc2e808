//! Platforms that behave unusually.

use futures_util::future::BoxFuture;
use unicom_core::Platform;
use unicom_core::platform::{
    Capabilities, ChannelError, DeliveryFailure, DeliveryJob, DeliveryReceipt,
};
use unicom_models::PlatformKind;
use unicom_testing::FakePlatform;

/// A platform whose `deliver` panics before it returns a future.
#[derive(Debug)]
pub struct Panicking;

impl Platform for Panicking {
    fn kind(&self) -> PlatformKind {
        FakePlatform::KIND.into()
    }

    fn validate_channel(&self, _config: &serde_json::Value) -> Result<(), ChannelError> {
        Ok(())
    }

    fn deliver(
        &self,
        _outgoing: DeliveryJob,
    ) -> BoxFuture<'_, Result<DeliveryReceipt, DeliveryFailure>> {
        panic!("a platform's own mistake")
    }
}

/// The fake platform after a code change that makes it local.
#[derive(Debug)]
pub struct LocalNow;

impl Platform for LocalNow {
    fn kind(&self) -> PlatformKind {
        FakePlatform::KIND.into()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::local()
    }

    fn validate_channel(&self, _config: &serde_json::Value) -> Result<(), ChannelError> {
        Ok(())
    }

    fn deliver(
        &self,
        _outgoing: DeliveryJob,
    ) -> BoxFuture<'_, Result<DeliveryReceipt, DeliveryFailure>> {
        Box::pin(async { Ok(DeliveryReceipt::Local) })
    }
}
