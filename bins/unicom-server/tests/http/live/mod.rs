//! Tests of live connections: by WebSocket, by Server-Sent Events and by requests that wait.

mod endings;
mod limits;
mod lists;
mod mirror;
mod mirrored;
mod positions;
mod processes;
mod protocol;
mod socket;
mod stream;
mod typing;
