//! A minimal HTTP/1.1 client. It is cheap, because it shares the machine with the measured server.

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
