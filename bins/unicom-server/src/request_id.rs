//! The id of a request: in a header of its response, in its access line, and in every line that is
//! logged for it.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::http::header::{HeaderName, HeaderValue};

/// The header with the id, in requests and responses.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The maximum length of an id in characters.
const LONGEST: usize = 64;

tokio::task_local! {
    /// The id of the request that is being processed.
    pub(crate) static CURRENT: HeaderValue;
}

/// Returns the id of the request that the current task processes, for loggers. Returns `None`
/// outside of requests.
pub fn current_request_id() -> Option<String> {
    CURRENT
        .try_with(|id| id.to_str().unwrap_or_default().to_owned())
        .ok()
}

/// Returns a new id of 16 hexadecimal digits, which reveals neither the time nor the number of the
/// request.
///
/// The id is not a secret: it is a keyed hash of a counter, which needs no system call.
pub(crate) fn new() -> HeaderValue {
    static KEY: OnceLock<RandomState> = OnceLock::new();
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let hash = KEY.get_or_init(RandomState::new).hash_one(number);
    HeaderValue::try_from(format!("{hash:016x}"))
        .unwrap_or_else(|_| HeaderValue::from_static("unknown"))
}

/// Returns the id that a client or proxy gave, if it can be logged as it is: 1 to 64 ASCII letters,
/// digits and `._-`. Returns `None` otherwise.
pub(crate) fn well_formed(id: &HeaderValue) -> Option<HeaderValue> {
    let bytes = id.as_bytes();
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    let is_well_formed = (1..=LONGEST).contains(&bytes.len()) && bytes.iter().all(is_plain);
    is_well_formed.then(|| id.clone())
}
