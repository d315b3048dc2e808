//! The description of the routes, as OpenAPI 3.1: made from the handlers themselves, so that it cannot tell of others.
//!
//! A handler carries `#[utoipa::path]`, and [`routes!`](crate::routes) makes from one list of handlers both what
//! answers and what is described. What stands around the handlers (sessions, tokens, limits) is described where it is
//! wrapped, as [`Around`].

mod document;
mod fails;
mod group;
mod responses;
mod served;
mod tidy;

pub use document::{Around, Document, Scheme};
pub use fails::{Fails, JSON_BODY, fails};
pub use group::{Described, Group, Routes};
pub use served::Description;

#[doc(hidden)]
pub use pastey::paste;

pub use crate::error::Kind;
