//! One module per command.

pub(crate) mod account;
pub(crate) mod channel;
pub(crate) mod check;
pub(crate) mod migrate;
pub(crate) mod quickstart;
pub(crate) mod request;
pub(crate) mod send;
pub(crate) mod serve;
pub(crate) mod user;
