//! Sessions: how they begin, change hands and end, and what they never tell.

mod cookies;
mod credentials;
mod life;
mod login;
mod reading;
