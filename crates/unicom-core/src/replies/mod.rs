//! Replies of bots: sent to a message, or later to an open request.

mod answer;
mod reply;

pub use answer::{answer_request, open_request, token_hash};
pub use reply::reply_with;
