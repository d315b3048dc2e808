//! Client of an S3-compatible bucket.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::path::Path as Location;
use object_store::prefix::PrefixStore;
use object_store::{ClientConfigKey, ClientOptions, ObjectStore, RetryConfig};
use url::Url;

use unicom_core::media::MediaError;

/// Returns the bucket and prefix at `url`, for example `s3://bucket/prefix`.
pub(super) fn bucket(
    url: &Url,
    options: impl IntoIterator<Item = (String, String)>,
) -> Result<Arc<dyn ObjectStore>, MediaError> {
    // There is no timeout for a whole request, because a client may read slowly.
    let client = ClientOptions::new()
        .with_timeout_disabled()
        .with_connect_timeout(Duration::from_secs(5))
        .with_read_timeout(Duration::from_secs(60));
    let retry = RetryConfig {
        max_retries: 3,
        retry_timeout: Duration::from_secs(30),
        ..RetryConfig::default()
    };
    // Some servers other than Amazon's do not support bulk deletion, and it is not needed for
    // single files.
    let mut builder = AmazonS3Builder::new()
        .with_url(url.as_str())
        .with_client_options(client)
        .with_retry(retry)
        .with_disable_bulk_delete(true);
    for (name, value) in options {
        builder = builder.with_config(option(&name)?, value);
    }
    require_tls(&builder)?;
    let bucket = builder.build().map_err(MediaError::invalid_config)?;
    let prefix = Location::from_url_path(url.path()).map_err(MediaError::invalid_config)?;
    Ok(Arc::new(PrefixStore::new(bucket, prefix)))
}

fn option(name: &str) -> Result<AmazonS3ConfigKey, MediaError> {
    name.to_ascii_lowercase().parse().map_err(|_| {
        MediaError::invalid_config(format!(
            "unknown option `{name}`: expected `endpoint`, `region`, `access_key_id`, \
             `secret_access_key`, `allow_http` or another S3 option of object_store"
        ))
    })
}

/// Rejects an endpoint without TLS, unless `allow_http` is set. Otherwise the client would report
/// it only with the first file.
fn require_tls(builder: &AmazonS3Builder) -> Result<(), MediaError> {
    let plain = builder
        .get_config_value(&AmazonS3ConfigKey::Endpoint)
        .is_some_and(|endpoint| endpoint.starts_with("http://"));
    let allowed = builder
        .get_config_value(&AmazonS3ConfigKey::Client(ClientConfigKey::AllowHttp))
        .is_some_and(|allowed| allowed != "false");
    if plain && !allowed {
        let reason =
            "its `endpoint` has no TLS: expected `https://…` or option `allow_http` = `true`";
        return Err(MediaError::invalid_config(reason));
    }
    Ok(())
}
