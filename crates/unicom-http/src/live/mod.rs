//! Live connections: a visitor is told what changes, by a WebSocket, by Server-Sent Events or by a
//! request that waits (long poll).
//!
//! The three transports send what one [`feed`] reads. What they send is the present state of what
//! has changed, so that a client that was away, is slow or changes the transport misses nothing.

mod closing;
mod command;
mod commander;
mod component_frames;
pub(crate) mod component_socket;
mod encoded_frame;
pub(crate) mod events;
mod feed;
mod fragments;
mod frame;
mod long_poll;
mod reader;
mod receipts;
mod shared_reads;
pub(crate) mod socket;
mod sse;
pub(crate) mod staff;
mod staff_changes;
mod staff_command;
mod staff_frame;
mod told_stream;
mod visitor;
mod wire;

use actix_web::{HttpRequest, web};

pub(crate) use shared_reads::SharedReads;

use actix_http::ws::CloseCode;
use closing::Closing;

use crate::ApiError;
use crate::admission::{Admission, LongLivedPlace};

pub(crate) use sse::is_requested as is_stream_requested;

/// Returns the id of the last event that the client of a stream has.
pub(crate) fn last_event_id(request: &HttpRequest) -> Option<String> {
    let id = request.headers().get("last-event-id")?;
    // Text that is no ASCII is no cursor.
    Some(id.to_str().unwrap_or_default().to_owned())
}

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
