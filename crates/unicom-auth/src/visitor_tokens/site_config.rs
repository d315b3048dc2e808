//! `GET webchat/config/`: what a channel offers to pages.

use actix_web::http::header::{CACHE_CONTROL, ContentType, ETag, EntityTag, VARY};
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use unicom_http::openapi::Kind::{InvalidParameter, NoChannel, OriginNotAllowed};
use unicom_http::openapi::{ErrorResponses, error_kinds};
use unicom_http::{Api, ApiError, Precondition};
use unicom_models::{Channel, ChannelId, UtcTime};
use unicom_webchat::{
    Day, FileTypes, IdentityMode, OpenState, OpeningHours, PreChatField, PreChatKind, WebSettings,
    Week, webchat_channel_or_first,
};
use utoipa::ToSchema;

use super::bearer::check_page;
use super::web_channels::WebChannels;
use crate::Auth;

/// How long a response may be cached, in seconds, unless the hours begin or end before.
const MAX_AGE_S: u64 = 60;

/// Which channel is meant.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ChannelParameters {
    /// The public key of the channel
    channel: Option<String>,
    /// The id of the channel, in the place of its key; by default the first active one
    channel_id: Option<ChannelId>,
}

/// What a channel offers to pages.
#[derive(Serialize, ToSchema)]
struct SiteConfig<'a> {
    success: bool,
    /// The public key of the channel; null if pages of other sites cannot use it.
    channel: Option<&'a str>,
    channel_id: ChannelId,
    /// The name of the channel.
    name: &'a str,
    /// Whether visitors may write without being identified.
    guests: bool,
    identity: IdentityModeJson,
    limits: SiteLimits,
    /// When people answer; null if the channel has no hours.
    hours: Option<HoursJson<'a>>,
    /// What visitors are asked before they write.
    pre_chat: Vec<PreChatFieldJson>,
}

/// Whether a site identifies its visitors.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = IdentityMode)]
enum IdentityModeJson {
    /// It does not.
    Off,
    /// Visitors are guests until it does.
    Optional,
    /// Only visitors whom it has identified may read and write.
    Required,
}

/// How large messages may be, and which files they may have.
#[derive(Serialize, ToSchema)]
struct SiteLimits {
    /// The text of a message, in bytes.
    text_bytes: usize,
    /// A file, in bytes.
    file_bytes: usize,
    /// The MIME types of the files that visitors may send, for an `accept` attribute.
    file_types: Vec<&'static str>,
}

/// When people answer.
#[derive(Serialize, ToSchema)]
#[schema(as = OpeningHours)]
struct HoursJson<'a> {
    /// The name in the IANA time zone database.
    time_zone: &'a str,
    /// The intervals of each day from `mon` to `sun`, such as `["09:00", "17:00"]`.
    #[schema(value_type = Object)]
    week: &'a Week,
    /// The days on which it is closed.
    #[schema(value_type = Vec<String>)]
    closed: Vec<&'a Day>,
    /// What visitors are told while it is closed.
    message: Option<&'a str>,
    is_open: bool,
    /// When `is_open` changes; null if it does not within a year.
    next_change_at: Option<UtcTime>,
}

/// A field that visitors fill in before they write.
#[derive(Serialize, ToSchema)]
#[schema(as = PreChatField)]
struct PreChatFieldJson {
    name: String,
    /// What visitors read.
    label: String,
    #[serde(rename = "type")]
    kind: PreChatKindJson,
    required: bool,
    /// What visitors choose from.
    options: Vec<String>,
}

/// How a field is filled in.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = PreChatKind)]
enum PreChatKindJson {
    /// One line of text.
    Text,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Tel,
    /// Several lines of text.
    Textarea,
    /// One of several options.
    Select,
}

impl From<PreChatField> for PreChatFieldJson {
    fn from(field: PreChatField) -> Self {
        Self {
            kind: match field.kind {
                PreChatKind::Email => PreChatKindJson::Email,
                PreChatKind::Tel => PreChatKindJson::Tel,
                PreChatKind::Textarea => PreChatKindJson::Textarea,
                PreChatKind::Select => PreChatKindJson::Select,
                _ => PreChatKindJson::Text,
            },
            name: field.name,
            label: field.label,
            required: field.required,
            options: field.options,
        }
    }
}

impl<'a> HoursJson<'a> {
    fn new(hours: &'a OpeningHours, state: OpenState) -> Self {
        Self {
            time_zone: hours.time_zone.name(),
            week: &hours.week,
            closed: hours.closed.iter().collect(),
            message: hours.message.as_deref(),
            is_open: state.is_open,
            next_change_at: state.next_change_at,
        }
    }
}

/// Returns what a channel offers
///
/// Pages of other sites name the channel by its public key. Pages of this server's origin may name
/// it by its id, or leave it out.
#[utoipa::path(
    get, path = "/webchat/config", operation_id = "get_site_config", tag = "webchat",
    params(ChannelParameters),
    responses(
        (status = 200, description = "What the channel offers", body = SiteConfig, headers(("ETag" = String, description = "Of the response"))),
        (status = 304, description = "Nothing has changed"),
        ErrorResponses<{ error_kinds(&[InvalidParameter, NoChannel, OriginNotAllowed]) }>,
    ),
)]
pub(super) async fn config(
    request: HttpRequest,
    auth: web::Data<Auth>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (channel, web) = named(&auth, &request).await?;
    check_page(&auth, web.as_ref(), &request)?;
    let now = auth.database.now();
    let hours = OpeningHours::of(&channel).map(|hours| (hours.state_at(now), hours));
    let next_change_at = hours.as_ref().and_then(|(state, _)| state.next_change_at);
    let identity = web
        .as_ref()
        .map_or(IdentityMode::Off, WebSettings::identity_mode);
    let body = serde_json::to_vec(&SiteConfig {
        success: true,
        channel: web.as_ref().map(|web| web.key.as_str()),
        channel_id: channel.id,
        name: &channel.name,
        guests: web.as_ref().is_none_or(WebSettings::allows_guests),
        identity: match identity {
            IdentityMode::Optional => IdentityModeJson::Optional,
            IdentityMode::Required => IdentityModeJson::Required,
            _ => IdentityModeJson::Off,
        },
        limits: SiteLimits {
            text_bytes: api.limits.text,
            file_bytes: api.limits.file,
            file_types: FileTypes::of(&channel).content_types(),
        },
        hours: hours
            .as_ref()
            .map(|(state, hours)| HoursJson::new(hours, *state)),
        pre_chat: PreChatField::of(&channel)
            .into_iter()
            .map(Into::into)
            .collect(),
    });
    let max_age = next_change_at.map_or(MAX_AGE_S, |at| at.since(now).as_secs().min(MAX_AGE_S));
    Ok(respond(
        &request,
        body.map_err(ApiError::unexpected)?,
        max_age,
    ))
}

/// Returns the channel that a request names, or the first active one, and how pages of other sites
/// use it.
///
/// # Errors
/// [`ApiError::no_channel`]; [`ApiError::invalid_parameter`] if the request names two.
async fn named(
    auth: &Auth,
    request: &HttpRequest,
) -> Result<(Channel, Option<WebSettings>), ApiError> {
    let ChannelParameters {
        channel,
        channel_id,
    } = Query::<ChannelParameters>::from_query(request.query_string())
        .map_err(|_| {
            ApiError::invalid_parameter(
                "`channel` must be the key of a channel, and `channel_id` its id",
            )
        })?
        .into_inner();
    match (channel, channel_id) {
        (Some(_), Some(_)) => Err(ApiError::invalid_parameter(
            "give `channel` or `channel_id`, not both",
        )),
        (Some(key), None) => {
            let channels = WebChannels::read(&auth.database).await?;
            let found = channels.with_key(&key)?;
            Ok((found.channel.clone(), Some(found.web.clone())))
        }
        (None, id) => {
            let read = auth
                .database
                .read_inline(move |db| webchat_channel_or_first(db, id));
            let channel = read.await?;
            let web = WebSettings::of(&channel);
            Ok((channel, web))
        }
    }
}

/// Returns the response, or 304 if the client has the same body already.
fn respond(request: &HttpRequest, body: Vec<u8>, max_age: u64) -> HttpResponse {
    let tag = EntityTag::new_strong(hex::encode(Sha256::digest(&body)));
    let is_known = Precondition::of(request).has(&tag);
    let mut response = match is_known {
        true => HttpResponse::NotModified(),
        false => HttpResponse::Ok(),
    };
    response
        .insert_header(ETag(tag))
        .insert_header((CACHE_CONTROL, format!("public, max-age={max_age}")))
        .insert_header((VARY, "Origin"));
    match is_known {
        true => response.finish(),
        false => response.content_type(ContentType::json()).body(body),
    }
}
