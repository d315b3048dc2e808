//! The bare limits: the same work as the server's, without HTTP.

pub mod broadcast;
pub mod pages;
pub mod sends;
mod statements;
