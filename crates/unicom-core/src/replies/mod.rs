//! Replies of bots: in their JSON form, to a message, and later to an open request.

mod answer;
mod json;
mod reply;

pub use answer::{answer_request, open_request, token_hash};
pub use json::{InvalidReplies, MOST_REPLIES, replies_from_json};
pub use reply::reply_with;
