//! [`unsessioned_scope`]: routes outside sessions, whose callers prove themselves in another way.

use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::{Scope, web};
use unicom_core::Platforms;

use crate::openapi::Routes;
use crate::webchat::private_headers;
use crate::{Api, json_errors};

/// Creates a scope at `path` with these routes, which need neither a session nor protection against
/// cross-site requests.
pub(crate) fn unsessioned_scope(
    path: &str,
    api: Api,
    platforms: Platforms,
    routes: &Routes,
) -> Scope<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse,
        Error = actix_web::Error,
        InitError = (),
    > + use<>,
> {
    web::scope(path)
        .app_data(web::Data::new(api))
        .app_data(web::Data::new(platforms))
        .wrap(private_headers())
        .wrap(from_fn(json_errors))
        .configure(routes.configure)
}
