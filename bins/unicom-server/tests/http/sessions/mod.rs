//! Sessions: how they begin, change hands and end, and what they never tell.

mod cookies;
mod credentials;
mod held_up;
mod life;
mod login;
mod planted;
mod reading;
mod second_session;
mod visitors;
