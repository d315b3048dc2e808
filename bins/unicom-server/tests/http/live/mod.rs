//! Tests of live connections: by WebSocket, by Server-Sent Events and by requests that wait.

mod component;
mod endings;
mod limits;
mod lists;
mod mirror;
mod mirrored;
mod positions;
mod processes;
mod protocol;
mod scripted_bot;
pub mod socket;
mod staff;
pub mod stream;
mod streams;
mod typing;

pub use lists::send_to;
pub use socket::Socket;
