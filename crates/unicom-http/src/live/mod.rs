//! Live connections: a visitor is told what changes, by a WebSocket, by Server-Sent Events or by a
//! request that waits (long poll).
//!
//! The three transports send what one [`feed`] reads. What they send is the present state of what
//! has changed, so that a client that was away, is slow or changes the transport misses nothing.

mod closing;
mod command;
mod encoded_frame;
pub(crate) mod events;
mod feed;
mod fragments;
mod frame;
mod long_poll;
mod shared_reads;
pub(crate) mod socket;
mod sse;
mod told_stream;

use actix_web::{HttpRequest, web};

pub(crate) use shared_reads::SharedReads;

use crate::ApiError;
use crate::admission::{Admission, LongLivedPlace};

/// Gives the request a place among the long-lived ones, if their number is limited.
fn place(request: &HttpRequest) -> Result<Option<LongLivedPlace>, ApiError> {
    let admission = request.app_data::<web::Data<Admission>>();
    admission
        .map(|admission| admission.begin_long_lived(request))
        .transpose()
}
