#![doc = include_str!("../README.md")]

pub mod prelude;

/// The programs of `docs/EMBEDDING.md`.
#[cfg(all(doctest, feature = "content", feature = "matchers"))]
#[doc = include_str!("../../../docs/EMBEDDING.md")]
struct Embedding;

#[cfg(feature = "bots")]
pub use unicom_bots as bots;
#[cfg(feature = "content")]
pub use unicom_content as content;
pub use unicom_core as core;
pub use unicom_db as db;
#[cfg(feature = "http")]
pub use unicom_http as http;
pub use unicom_internal as internal;
#[cfg(feature = "matchers")]
pub use unicom_matchers as matchers;
pub use unicom_models as models;
#[cfg(feature = "bots")]
pub use unicom_outbound as outbound;
pub use unicom_webchat as webchat;
