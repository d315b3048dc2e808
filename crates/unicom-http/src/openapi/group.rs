//! `Routes`: a list of handlers from which both the routing and the OpenAPI document are made.

use std::fmt;

use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, Handler, Resource, Responder, Route};
use utoipa::__dev::SchemaReferences;
use utoipa::Path;
use utoipa::openapi::path::{HttpMethod, Operation};
use utoipa::openapi::{RefOr, Schema};

/// Routes and their description. Created by [`routes!`](crate::routes!).
#[derive(Debug, Clone, Copy)]
pub struct Routes {
    /// Registers the handlers. Pass it to `configure` of an application or a scope.
    pub configure: fn(&mut ServiceConfig),
    /// Returns the descriptions of the handlers.
    pub describe: fn() -> Vec<RouteOperation>,
}

/// The description of a handler.
pub struct RouteOperation {
    pub(super) path: String,
    pub(super) methods: Vec<HttpMethod>,
    pub(super) operation: Operation,
    pub(super) schemas: Vec<(String, RefOr<Schema>)>,
}

impl RouteOperation {
    /// Returns the description of the handler with this `#[utoipa::path]`.
    pub fn of<P: Path + SchemaReferences>() -> Self {
        let mut schemas = Vec::new();
        P::schemas(&mut schemas);
        Self {
            path: P::path(),
            methods: P::methods(),
            operation: P::operation(),
            schemas,
        }
    }
}

impl fmt::Debug for RouteOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RouteOperation").field(&self.path).finish()
    }
}

/// The handlers of one path, with and without its trailing slash. Handlers of GET also answer HEAD.
///
/// These are two resources instead of one with two patterns: actix compares a single pattern
/// without parameters literally, but matches several patterns with regular expressions.
#[derive(Default)]
pub struct RouteGroup {
    plain: Option<Resource>,
    with_slash: Option<Resource>,
}

impl RouteGroup {
    /// Adds a handler for the methods of its `#[utoipa::path]`.
    #[must_use]
    pub fn with<P, F, Args>(self, handler: F) -> Self
    where
        P: Path,
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let at = |resource: Option<Resource>, slash: &str| {
            let mut resource =
                resource.unwrap_or_else(|| web::resource(format!("{}{slash}", P::path())));
            for method in P::methods() {
                if method == HttpMethod::Get {
                    let head = Route::new().method(Method::HEAD);
                    resource = resource.route(head.to(handler.clone()));
                }
                let route = Route::new().method(as_method(&method));
                resource = resource.route(route.to(handler.clone()));
            }
            Some(resource)
        };
        Self {
            plain: at(self.plain, ""),
            with_slash: at(self.with_slash, "/"),
        }
    }

    /// Registers the handlers.
    pub fn register(self, config: &mut ServiceConfig) {
        // Clients send the slash, so that path is registered first.
        for resource in [self.with_slash, self.plain].into_iter().flatten() {
            config.service(resource);
        }
    }
}

impl fmt::Debug for RouteGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RouteGroup").finish_non_exhaustive()
    }
}

fn as_method(method: &HttpMethod) -> Method {
    match method {
        HttpMethod::Get => Method::GET,
        HttpMethod::Post => Method::POST,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Delete => Method::DELETE,
        HttpMethod::Options => Method::OPTIONS,
        HttpMethod::Head => Method::HEAD,
        HttpMethod::Patch => Method::PATCH,
        HttpMethod::Trace => Method::TRACE,
    }
}

/// Creates [`Routes`](crate::openapi::Routes) from handlers with `#[utoipa::path]`, listed by
/// module: each line has the handlers of one path. All routes are created this way, so the
/// description is complete.
///
/// ```
/// use unicom_http::openapi::Routes;
///
/// mod things {
///     use actix_web::HttpResponse;
///
///     /// Lists all things.
///     #[utoipa::path(
///         get, path = "/things", responses((status = 200, description = "All of them"))
///     )]
///     pub(super) async fn list() -> HttpResponse {
///         HttpResponse::Ok().finish()
///     }
/// }
///
/// const ROUTES: Routes = unicom_http::routes! {
///     things => [list],
/// };
/// # assert_eq!((ROUTES.describe)().len(), 1);
/// ```
#[macro_export]
macro_rules! routes {
    ($($module:ident => [$($handler:ident),+ $(,)?]),+ $(,)?) => {
        $crate::openapi::paste! {
            $crate::openapi::Routes {
                configure: |config| {
                    $($crate::openapi::RouteGroup::default()
                        $(.with::<$module::[<__path_ $handler>], _, _>($module::$handler))+
                        .register(config);)+
                },
                describe: || vec![$($(
                    $crate::openapi::RouteOperation::of::<$module::[<__path_ $handler>]>()
                ),+),+],
            }
        }
    };
}
