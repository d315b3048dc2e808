//! Live connections: a visitor is told what changes, by a WebSocket, by Server-Sent Events or by a
//! request that waits (long poll).
//!
//! The three transports send what one [`feed`] reads. What they send is the present state of what
//! has changed, so that a client that was away, is slow or changes the transport misses nothing.

mod closing;
mod command;
mod component_frames;
pub(crate) mod component_socket;
mod encoded_frame;
pub(crate) mod events;
mod feed;
mod fragments;
mod frame;
mod long_poll;
mod read_news;
mod receipts;
mod shared_reads;
pub(crate) mod socket;
mod sse;
mod wire;

use actix_web::{HttpRequest, web};

pub(crate) use shared_reads::SharedReads;

use actix_http::ws::CloseCode;
use closing::Closing;

use crate::ApiError;
use crate::admission::{Admission, LongLivedPlace};

/// Gives the request a place among the long-lived ones, if their number is limited.
fn place(request: &HttpRequest) -> Result<Option<LongLivedPlace>, ApiError> {
    let admission = request.app_data::<web::Data<Admission>>();
    admission
        .map(|admission| admission.begin_long_lived(request))
        .transpose()
}

/// Returns what a client has sent as text.
fn utf8(bytes: &[u8]) -> Result<&str, Closing> {
    std::str::from_utf8(bytes)
        .map_err(|_| Closing::new(CloseCode::Invalid, "the text is not UTF-8"))
}
