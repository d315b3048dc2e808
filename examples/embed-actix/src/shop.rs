//! The host: a shop that knows its customers by a key of its own and its guests by a cookie of its own.

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

/// The shop's cookie for guests. Its secret leads to the guest's public name, and is not it.
const GUEST_COOKIE: &str = "shop_guest";

/// The key, id and name of each customer.
const CUSTOMERS: [(&str, &str, &str); 1] = [("ann-secret", "7", "Ann")];

/// Who visits the shop.
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
        // SameSite is this shop's protection against requests that other sites' pages make.
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

/// Middleware that hands a new guest the cookie.
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
