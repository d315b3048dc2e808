//! The conformance suite for the files of a platform.

use serde_json::Value;
use unicom_core::Platform;
use unicom_core::inbound::FileRef;
use unicom_core::platform::{DeliveryError, FileSink};
use unicom_models::{Channel, ChannelId, UtcTime};

use super::helper::{ok, unblocked};

/// The files that [`files`] fetches from a provider.
#[derive(Debug, Clone)]
pub struct ProviderFiles {
    /// A file that the provider has.
    pub present: FileRef,
    /// The content of that file.
    pub content: Vec<u8>,
    /// A file that the provider does not have.
    pub missing: FileRef,
    /// A file of more than 20 MiB that the provider has.
    pub too_large: FileRef,
}

/// Checks the guarantees of [`Platform::fetch`]: a file is fetched whole, as often as it is asked
/// for. A file that does not exist or is too large is refused with an error after which nothing is
/// tried again.
///
/// # Panics
/// Panics if a guarantee is broken. The message says which.
pub async fn files(platform: impl Platform, valid_config: Value, files: ProviderFiles) {
    let name = "Conformance".to_owned();
    let mut channel = Channel::new(ChannelId(1), platform.kind(), name, UtcTime::BEGINNING);
    channel.config = valid_config;
    for time in ["the first time", "again"] {
        let (fetched, content) = fetch(&platform, &channel, files.present.clone()).await;
        ok(&format!("fetching the file {time}"), fetched);
        assert!(
            content == files.content,
            "the file was not fetched whole {time}: {} bytes of {}",
            content.len(),
            files.content.len()
        );
    }
    for (what, file) in [
        ("that does not exist", files.missing),
        ("that is too large", files.too_large),
    ] {
        match fetch(&platform, &channel, file).await.0 {
            Ok(()) => panic!("a file {what} was fetched"),
            Err(DeliveryError::Rejected { .. } | DeliveryError::Unsupported(_)) => {}
            Err(error) => panic!("a file {what} would be fetched again after {error:?}"),
        }
    }
}

/// Fetches a file. Also returns what was written.
async fn fetch(
    platform: &impl Platform,
    channel: &Channel,
    file: FileRef,
) -> (Result<(), DeliveryError>, Vec<u8>) {
    let mut sink = FileSink::default();
    let fetched = async { platform.fetch(channel.clone(), file, &mut sink).await };
    let fetched = unblocked("`fetch`", fetched).await;
    (fetched, sink.content().to_vec())
}
