//! The default rate limits: a visitor who sends too much is refused, and other visitors are not
//! affected.

use std::ffi::OsStr;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use unicom_bench::interrupt;
use unicom_bench::scratch_db::ScratchDb;

use super::load::Load;
use super::open_load::arrive;
use super::part::Part;
use super::visitor::{Visitor, Wish};
use crate::ack_log::AckLog;
use crate::connection::Connection;
use crate::database::settle;
use crate::readback::read_back;
use crate::row::Row;
use crate::server::Setting;

/// The address of the noisy visitor. `OTHER` is that of the other visitor (RFC 5737).
const NOISY_ADDRESS: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 7);
const OTHER: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 9);

/// The number of messages that the noisy visitor sends, one after the other. A session may send a
/// burst of 600.
const MESSAGES: u32 = 2000;

/// The pause between two messages of the other visitor.
const PAUSE: Duration = Duration::from_millis(50);

/// Runs a server with its default limits behind a proxy.
pub fn run(setting: &Setting, scratch_db: &ScratchDb) -> anyhow::Result<Part> {
    let variables: [(&str, &OsStr); 2] = [
        ("UNICOM_RATE_LIMIT", "on".as_ref()),
        ("UNICOM_TRUSTED_PROXIES", "127.0.0.1".as_ref()),
    ];
    let mut server = setting.start(&["serve"], &variables)?;
    server.wait_ready()?;
    let ack_log = Arc::new(AckLog::default());
    let one = |name: &str, from: Ipv4Addr| {
        let arrived = arrive(setting.address, 1, name, Some(from.into()), &ack_log)?;
        arrived.into_iter().next().context("no visitor arrived")
    };
    let (noisy, other) = (one("g", NOISY_ADDRESS)?, one("h", OTHER)?);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let is_over = AtomicBool::new(false);
    let ((noisy, noise), (other, others)) = runtime.block_on(async {
        let (noise, others) = (
            send_without_pause(noisy, &is_over),
            send_now_and_then(other, &is_over),
        );
        tokio::join!(noise, others)
    });
    interrupt::check()?;
    settle(scratch_db)?;
    let people = [noisy.client, other.client];
    let found = read_back(&Connection::afterwards(setting.address)?, &people)?;
    server.kill()?;
    let (told, refused) = (noise.count(200, ""), noise.count(429, "rate_limited"));
    let (served, not_served) = (
        others.count(200, ""),
        others.answers_in_all() + others.unanswered(),
    );
    let otherwise = noise.answers_in_all() + noise.unanswered() - told - refused;
    let rows = vec![
        Row::info(
            "of one who sends without a pause, with the limits by default: answered 200",
            told,
        ),
        Row::some("– answered 429 `rate_limited`", refused),
        Row::none("– answered otherwise", otherwise),
        Row::none("– refused without `Retry-After`", noise.without_retry_after),
        Row::some(
            "of another, from another address, meanwhile: answered 200",
            served,
        ),
        Row::none("– answered otherwise", not_served - served),
    ];
    Ok(Part {
        rows,
        ack_log,
        found,
    })
}

async fn send_without_pause(mut visitor: Visitor, is_over: &AtomicBool) -> (Visitor, Load) {
    let mut load = Load::default();
    for _ in 0..MESSAGES {
        if interrupt::is_requested() {
            break;
        }
        let answered;
        (visitor, answered) = visitor.ask(Wish::Send).await;
        load.end(answered, true);
    }
    is_over.store(true, Ordering::Relaxed);
    (visitor, load)
}

async fn send_now_and_then(mut visitor: Visitor, is_over: &AtomicBool) -> (Visitor, Load) {
    let mut load = Load::default();
    while !is_over.load(Ordering::Relaxed) {
        let answered;
        (visitor, answered) = visitor.ask(Wish::Send).await;
        load.end(answered, true);
        tokio::time::sleep(PAUSE).await;
    }
    (visitor, load)
}
