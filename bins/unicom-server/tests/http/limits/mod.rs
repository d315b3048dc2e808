//! Tests of limits: how many requests are permitted, how many at the same time, how long each may
//! take, and how large its head may be.

mod bytes;
mod concurrency;
mod forms;
mod heads;
mod logins;
mod proxies;
mod rates;
#[cfg(target_os = "linux")]
mod readers;
mod slow;

use unicom_server::{Options, RateLimit, RateOptions, RateSetting};

use crate::response::Response;

/// Returns options with these rates. The others have their defaults.
fn rates(rate: RateOptions) -> Options {
    Options {
        rate_limit: Some(RateLimit::On),
        rate,
        ..Options::default()
    }
}

/// Returns a rate with this burst. One request per minute is added, which is after the end of the
/// test.
fn at_once(burst: u32) -> Option<RateSetting> {
    Some(format!("1:{burst}").parse().unwrap())
}

/// Fails unless this is the response to one request too many.
#[track_caller]
fn is_limited(answer: &Response, word: &str) {
    answer
        .is(429, "rate_limited")
        .names(word)
        .names("try again");
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
}
