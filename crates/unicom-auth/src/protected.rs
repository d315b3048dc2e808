//! [`protected`]: the middleware of a scope whose users log in here, in its order.

use actix_web::Scope;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use unicom_http::admission::admit;

use crate::Auth;
use crate::bearer::api_tokens;
use crate::cross_origin::cross_origin;
use crate::csrf::csrf_protection;
use crate::request_cookies::request_cookies;
use crate::session_limits::session_limits;
use crate::sessions::sessions;
use crate::visitor::visitor_cookies;
use crate::visitor_tokens::visitor_tokens;

/// Wraps a scope in the middleware that admits and authenticates its requests. In the order in
/// which a request passes it:
///
/// 1. Pages of trusted origins, and of sites that a channel allows, may read the responses.
/// 2. [`admit`] refuses too many requests before any work is done for them.
/// 3. Visitor tokens and API tokens: a request with one has no session.
/// 4. Cookies that cannot be read are removed.
/// 5. The session is loaded, and stored with the response.
/// 6. Requests are counted by session and by account.
/// 7. A write needs the session's CSRF token.
/// 8. Browsers without a session get the cookie under which their first writes belong to one guest.
///
/// Requires the database in the application's data. Without an
/// [`Admission`](unicom_http::admission::Admission) there, nothing is limited.
///
/// ```
/// use actix_web::{App, web};
/// use unicom_auth::{Auth, ROUTES, protected};
///
/// # fn app(auth: Auth, database: unicom_db::Database) {
/// let chat = web::scope("/unicom").configure(ROUTES.configure);
/// let app = App::new()
///     .app_data(web::Data::new(database))
///     .service(protected(chat, &auth));
/// # drop(app);
/// # }
/// ```
pub fn protected<T, B>(
    scope: Scope<T>,
    auth: &Auth,
) -> Scope<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<T, B>>,
        Error = actix_web::Error,
        InitError = (),
    > + use<T, B>,
>
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = actix_web::Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    // The middleware that is wrapped last runs first.
    scope
        .app_data(Data::new(auth.clone()))
        .wrap(from_fn(visitor_cookies))
        .wrap(from_fn(csrf_protection))
        .wrap(from_fn(session_limits))
        .wrap(from_fn(sessions))
        .wrap(from_fn(request_cookies))
        .wrap(from_fn(api_tokens))
        .wrap(from_fn(visitor_tokens))
        .wrap(from_fn(admit))
        .wrap(from_fn(cross_origin))
}
