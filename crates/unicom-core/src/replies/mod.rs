//! Replies of bots: parsed from JSON, sent to a message, or sent later to an open request.

mod answer;
mod json;
mod reply;

pub use answer::{answer_request, open_request, token_hash};
pub use json::{InvalidReplies, MOST_REPLIES, replies_from_json};
pub use reply::reply_with;
