//! The id of a request: in a header of its answer, in its access line, and in every line that is logged for it.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::http::header::{HeaderName, HeaderValue};

/// The header of requests and answers.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Characters of an id at the most.
const LONGEST: usize = 64;

tokio::task_local! {
    /// The id of the request that is being answered.
    pub(crate) static CURRENT: HeaderValue;
}

/// The id of the request that the running task answers, for loggers; none outside of requests.
pub fn current_request_id() -> Option<String> {
    CURRENT
        .try_with(|id| id.to_str().unwrap_or_default().to_owned())
        .ok()
}

/// A new id of 16 hexadecimal digits, which tells neither when nor as the how many-th request it was made.
///
/// Not a secret: a keyed hash of a number, which costs no system call.
pub(crate) fn new() -> HeaderValue {
    static KEY: OnceLock<RandomState> = OnceLock::new();
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let hash = KEY.get_or_init(RandomState::new).hash_one(number);
    HeaderValue::try_from(format!("{hash:016x}"))
        .unwrap_or_else(|_| HeaderValue::from_static("unknown"))
}

/// The id that somebody else gave, if it can stand in a log as it is.
pub(crate) fn well_formed(id: &HeaderValue) -> Option<HeaderValue> {
    let bytes = id.as_bytes();
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    let is_well_formed = (1..=LONGEST).contains(&bytes.len()) && bytes.iter().all(is_plain);
    is_well_formed.then(|| id.clone())
}
