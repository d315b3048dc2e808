//! The token with which a bot answers a request later.

use diesel::prelude::*;
use unicom_models::schema::unicom_requests as requests;
use unicom_models::{Request, RequestId};

use super::claimed;
use crate::{Db, DbError, Tx, on_engine};

/// Allows the holder of the token with this hash to answer the current attempt of `request`.
/// Returns `true` if the claim still holds.
pub fn set_reply_token(
    tx: &mut Tx<'_>,
    request: &Request,
    token_hash: &str,
) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => diesel::update(claimed!(request))
        .set(requests::reply_token_hash.eq(token_hash))
        .execute(conn))?
        > 0)
}

/// Returns the request that the token with this hash belongs to. The request may have ended: the
/// caller must check whether it is still open.
///
/// Returns `None` if the request does not exist or has another token.
pub fn by_reply_token(
    db: &mut Db,
    id: RequestId,
    token_hash: &str,
) -> Result<Option<Request>, DbError> {
    Ok(on_engine!(db, conn => requests::table
        .find(id)
        .filter(requests::reply_token_hash.eq(token_hash))
        .select(Request::as_select())
        .first(conn)
        .optional())?)
}
