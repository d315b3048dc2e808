//! HTTP/1.1 as much as it takes to ask a server and to read what it says, at little cost: it shares the machine with the
//! server that is measured.

mod answer;
mod client;
mod guest;
mod load;
mod request;

pub use answer::Answer;
pub use client::Client;
pub use guest::{Guest, NewGuest, TEXT};
pub use load::{Script, drive};
pub use request::{get, get_with, post, post_json};
