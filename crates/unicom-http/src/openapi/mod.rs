//! The OpenAPI 3.1 description of the routes, generated from the handlers so that it cannot differ
//! from them.
//!
//! A handler has `#[utoipa::path]`, and [`routes!`](crate::routes!) makes both the routing and the
//! description from one list of handlers. Middleware around the handlers (sessions, tokens, limits)
//! is described where it is mounted, as [`RequestContext`].

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
