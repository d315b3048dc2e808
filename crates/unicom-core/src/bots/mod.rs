//! The bots that come with unicom.

mod echo;

pub use echo::Echo;
