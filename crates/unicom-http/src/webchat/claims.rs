//! `PUT webchat/visitor/claims/`: what a visitor says about themselves.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use unicom_webchat::{Claims, set_claims};
use utoipa::ToSchema;

use crate::openapi::Kind::{AccountBlocked, InvalidText};
use crate::openapi::{ErrorResponses, JSON_BODY, error_kinds};
use crate::respond::Success;
use crate::{Api, ApiError, json_body, read_json, respond};

/// What a visitor says about themselves. It is never verified.
#[derive(Deserialize, ToSchema)]
#[schema(as = Claims)]
pub(crate) struct ClaimsFields {
    #[schema(max_length = 255)]
    name: Option<String>,
    /// An e-mail address.
    #[schema(max_length = 254)]
    email: Option<String>,
    /// A telephone number.
    #[schema(max_length = 32)]
    phone: Option<String>,
    /// Answers to what else the channel asks, by the names of its fields: at most 20, of at most
    /// 2,000 characters each.
    fields: Option<BTreeMap<String, String>>,
}

impl ClaimsFields {
    /// Parses the JSON object in the field `claims` of a form.
    pub fn parse(text: &str) -> Result<Self, ApiError> {
        json_body::parse(text.as_bytes()).map_err(|_| {
            ApiError::invalid_body("`claims` must be a JSON object encoded as a string, of texts")
        })
    }
}

impl From<ClaimsFields> for Claims {
    fn from(given: ClaimsFields) -> Self {
        Self {
            name: given.name,
            email: given.email,
            phone: given.phone,
            fields: given.fields.unwrap_or_default(),
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = StoredClaims)]
struct Stored {
    /// False if the visitor has not written yet: nothing is stored then, and the first message
    /// takes the claims along in its `claims`.
    stored: bool,
}

/// Stores what a visitor says about themselves
///
/// Replaces what the visitor said before. Admins see it as not verified; it neither finds nor
/// changes a member, and does not change what a site has said about its user.
#[utoipa::path(
    put, path = "/webchat/visitor/claims", operation_id = "set_claims", tag = "webchat",
    request_body = ClaimsFields,
    responses(
        (status = 200, description = "Whether it is stored", body = Success<Stored>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidText, AccountBlocked]) }>,
    ),
)]
pub(crate) async fn set(
    request: HttpRequest,
    payload: web::Payload,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let given: ClaimsFields = read_json(&request, payload, api.limits.body).await?;
    let visitor = api.reader(&request).await?;
    let stored = api
        .database
        .write(move |tx| set_claims(tx, &visitor, given.into()))
        .await?;
    Ok(respond::ok(Stored { stored }))
}
