//! The description of the routes, as OpenAPI 3.1: made from the handlers themselves, so that it cannot tell of others.
//!
//! A handler carries `#[utoipa::path]`, and [`routes!`](crate::routes!) makes from one list of handlers both what
//! answers and what is described. What stands around the handlers (sessions, tokens, limits) is described where it is
//! wrapped, as [`RequestContext`].

pub(crate) mod constant;
mod document;
mod endpoint;
mod error_responses;
mod group;
mod postprocess;
mod responses;

pub use document::{Document, RequestContext, Scheme};
pub use endpoint::Description;
pub use error_responses::{ErrorResponses, JSON_BODY, error_kinds};
pub use group::{RouteGroup, RouteOperation, Routes};

#[doc(hidden)]
pub use pastey::paste;

pub use crate::error::Kind;
