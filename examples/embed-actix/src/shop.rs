//! The host: a shop that identifies its customers by a key and its guests by a cookie.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use actix_web::body::MessageBody;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest};
use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, ready};
use unicom_http::{ApiError, IdentityProvider, random_token};
use unicom_webchat::{GuestId, Visitor};

/// The shop's cookie for guests. It contains a secret that leads to the guest's public id, not the
/// id itself.
const GUEST_COOKIE: &str = "shop_guest";

/// The key, id and name of each customer.
const CUSTOMERS: [(&str, &str, &str); 1] = [("ann-secret", "7", "Ann")];

/// The shop, with the secrets and ids of its guests.
#[derive(Debug, Default)]
pub struct Shop {
    guests: Mutex<HashMap<String, GuestId>>,
}

impl IdentityProvider for Shop {
    fn identify<'a>(
        &'a self,
        request: &'a HttpRequest,
    ) -> LocalBoxFuture<'a, Result<Option<Visitor>, ApiError>> {
        let visitor = match request.headers().get("X-Shop-Key") {
            Some(key) => CUSTOMERS
                .iter()
                .find(|(known, ..)| key == known)
                .map(|(_, id, name)| Some(Visitor::user(*id, *name)))
                .ok_or_else(|| ApiError::login_required("no customer has this key")),
            None => Ok(self.guest(request).map(Visitor::from)),
        };
        ready(visitor).boxed_local()
    }

    fn remember_guest(&self, request: &HttpRequest, guest: &GuestId) -> Result<(), ApiError> {
        let secret = random_token()?;
        // SameSite protects this shop from requests that the pages of other sites make.
        let cookie = Cookie::build(GUEST_COOKIE, secret.clone())
            .path("/")
            .http_only(true)
            .same_site(SameSite::Strict)
            .finish();
        let mut guests = self.guests.lock().unwrap_or_else(PoisonError::into_inner);
        guests.insert(secret, guest.clone());
        request.extensions_mut().insert(cookie);
        Ok(())
    }
}

impl Shop {
    fn guest(&self, request: &HttpRequest) -> Option<GuestId> {
        let guests = self.guests.lock().unwrap_or_else(PoisonError::into_inner);
        guests.get(request.cookie(GUEST_COOKIE)?.value()).cloned()
    }
}

/// Middleware that sets the cookie of a new guest.
pub async fn guest_cookies(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let mut answer = next.call(request).await?;
    let new = answer
        .request()
        .extensions_mut()
        .remove::<Cookie<'static>>();
    if let Some(cookie) = new {
        answer.response_mut().add_cookie(&cookie)?;
    }
    Ok(answer)
}
