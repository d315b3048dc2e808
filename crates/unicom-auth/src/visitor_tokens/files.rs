//! Signed addresses of files, for pages of other sites: an `<img>` can send no token.

use actix_web::HttpRequest;
use actix_web::web::Query;
use serde::Deserialize;
use subtle::ConstantTimeEq;
use unicom_models::{MessageId, UtcTime};
use unicom_webchat::{GuestId, Visitor};

use super::token::{ID_PREFIX, is_from_other_site};
use crate::{Auth, SecretKey};

/// For how long an address is valid at least. It ends at the end of an hour, so that the address of
/// a file stays the same for a while.
const LIFE: u64 = 60 * 60;

/// What the address of a file says beside the file.
#[derive(Deserialize)]
struct Signed {
    /// The visitor for whom it was signed: `g` for a guest or `u` for a user, and the id.
    reader: String,
    /// When it expires, in seconds since 1970.
    expires: u64,
    signature: String,
}

/// Returns the query that lets the visitor read the files of a message without a token, or `None`
/// if the visitor does not come from another site.
pub(crate) fn query(auth: &Auth, visitor: &Visitor, message: MessageId) -> Option<String> {
    if !is_from_other_site(visitor) {
        return None;
    }
    let reader = match visitor {
        Visitor::Guest(guest) => format!("g{}", guest.id.session_key()),
        Visitor::User(user) => format!("u{}", user.id),
    };
    let expires = (seconds(auth.database.now()) + LIFE).div_ceil(LIFE) * LIFE;
    let signature = sign(&auth.key, &reader, expires, message);
    Some(format!(
        "reader={reader}&expires={expires}&signature={signature}"
    ))
}

/// Returns the visitor for whom the address of the request was signed, or `None` if it was not or
/// has expired.
pub(crate) fn reader(auth: &Auth, request: &HttpRequest, message: MessageId) -> Option<Visitor> {
    let Signed {
        reader,
        expires,
        signature,
    } = Query::<Signed>::from_query(request.query_string())
        .ok()?
        .into_inner();
    let expected = sign(&auth.key, &reader, expires, message);
    let is_signed = bool::from(expected.as_bytes().ct_eq(signature.as_bytes()));
    if !is_signed || expires <= seconds(auth.database.now()) {
        return None;
    }
    let (kind, id) = reader.split_at_checked(1)?;
    match kind {
        _ if !id.starts_with(ID_PREFIX) => None,
        "g" => Some(GuestId::new(id).into()),
        "u" => Some(Visitor::user(id, "")),
        _ => None,
    }
}

fn sign(key: &SecretKey, reader: &str, expires: u64, message: MessageId) -> String {
    key.sign("file", &format!("{message}\0{expires}\0{reader}"))
}

fn seconds(time: UtcTime) -> u64 {
    time.since(UtcTime::BEGINNING).as_secs()
}
