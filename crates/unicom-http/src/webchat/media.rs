//! `GET media/{message_id}/{filename}`: serves the file of a message to participants of its chat.

use std::ops::Range;

use actix_web::http::header::{
    self, ContentRange, ContentRangeSpec, ETag, EntityTag, Header, IfRange, TryIntoHeaderValue,
};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use serde::Deserialize;
use unicom_content::media::content_disposition;
use unicom_core::media::MediaError;
use unicom_models::{MessageId, StoredMedia};
use unicom_webchat::{WebChatError, media_message};
use utoipa::ToSchema;

use crate::conditional::Precondition;
use crate::ids::message_id;
use crate::openapi::Kind::{AccountBlocked, InvalidParameter, NotFound, RangeNotSatisfiable};
use crate::openapi::{ErrorResponses, error_kinds};
use crate::parameters::Parameters;
use crate::{Api, ApiError};

/// The file that is asked for.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FileParameter {
    /// The number of a further file of the message, as in its `media_url`.
    pub file: Option<i32>,
}

/// Returns the last part of the path to a message's file: the message id and the encoded file name.
pub(crate) fn path_of(id: MessageId, name: &str) -> String {
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect();
    format!("{id}/{encoded}")
}

/// The bytes of a file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "described here, streamed")]
pub(crate) struct Binary(Vec<u8>);

/// Returns the file of a message
///
/// Only for participants of its chat. Images, sound and video are displayed inline, all other files
/// are downloaded.
#[utoipa::path(
    get, path = "/media/{message_id}/{filename}", operation_id = "get_media", tag = "webchat",
    params(
        ("message_id" = MessageId, Path, description = "The message with the file"),
        ("filename" = String, Path, description = "The file's name, as in `media_url`"),
        FileParameter,
        ("Range" = Option<String>, Header, description = "One range of bytes"),
        ("If-Range" = Option<String>, Header, description = "The `ETag` of the file that the range is of"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the file the client has"),
    ),
    responses(
        (
            status = 200, description = "The file", body = inline(Binary), content_type = "*/*",
            headers(("ETag" = String), ("Accept-Ranges" = String), ("Content-Disposition" = String))
        ),
        (
            status = 206, description = "The range", body = inline(Binary), content_type = "*/*",
            headers(("ETag" = String), ("Content-Range" = String), ("Content-Disposition" = String))
        ),
        (status = 304, description = "Not modified: the client has the current version"),
        ErrorResponses<{ error_kinds(&[InvalidParameter, AccountBlocked, NotFound, RangeNotSatisfiable]) }>,
    ),
)]
pub(crate) async fn media(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (id, name) = path.into_inner();
    let id = message_id(&id)?;
    let FileParameter { file } = Parameters::of(&request)?.read()?;
    let signed_for = api.identity.file_reader(&request, id);
    let is_signed = signed_for.is_some();
    let visitor = match signed_for {
        Some(visitor) => visitor,
        None => api.reader(&request).await?,
    };
    let media = api
        .database
        .read(move |db| media_message(db, &visitor, id, file))
        .await?;
    let mut response = serve(&request, &api, media, &name).await?;
    if is_signed {
        let (name, any) = CROSS_ORIGIN;
        response.headers_mut().insert(name, any);
    }
    Ok(response)
}

/// Returns the file or a range of it, if `name` is the file's name.
pub(crate) async fn serve(
    request: &HttpRequest,
    api: &Api,
    media: StoredMedia,
    name: &str,
) -> Result<HttpResponse, ApiError> {
    if media.name != name {
        return Err(WebChatError::NotFound.into());
    }
    let tag = EntityTag::new_strong(media.sha256.clone());
    if Precondition::of(request).has(&tag) {
        return Ok(HttpResponse::NotModified()
            .insert_header(ETag(tag))
            .insert_header(PRIVATE)
            .insert_header(SAME_SITE)
            .finish());
    }
    let size = u64::try_from(media.size).unwrap_or(0);
    let range = match asked_range(request, size, &tag) {
        Asked::Whole => None,
        Asked::Part(range) => Some(range),
        Asked::Unsatisfiable => return Ok(unsatisfiable(size)),
    };
    let body = match api.media.open(media.key.clone(), range.clone()).await {
        Ok(body) => body,
        Err(MediaError::NotFound { .. }) => return Err(WebChatError::NotFound.into()),
        Err(error) => return Err(error.into()),
    };
    let length = range.as_ref().map_or(size, |range| range.end - range.start);
    let mut response = HttpResponse::Ok();
    if let Some(range) = range {
        response
            .status(StatusCode::PARTIAL_CONTENT)
            .insert_header(ContentRange(ContentRangeSpec::Bytes {
                range: Some((range.start, range.end - 1)),
                instance_length: Some(size),
            }));
    }
    Ok(response
        .insert_header((header::CONTENT_TYPE, media.content_type.as_str()))
        .insert_header((
            header::CONTENT_DISPOSITION,
            content_disposition(&media.name, is_shown_inline(&media)),
        ))
        .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header(PRIVATE)
        .insert_header(SAME_SITE)
        .insert_header(ETag(tag))
        .no_chunking(length)
        .streaming(body))
}

/// Returns the response to a request for a range that is not in the file.
fn unsatisfiable(size: u64) -> HttpResponse {
    let error = ApiError::range_not_satisfiable("the range is not in the file");
    let mut response = error.error_response();
    let whole = ContentRange(ContentRangeSpec::Bytes {
        range: None,
        instance_length: Some(size),
    });
    if let Ok(value) = whole.try_into_value() {
        response.headers_mut().insert(header::CONTENT_RANGE, value);
    }
    response
}

/// Forbids caching, also by the browser, in which the next user of the machine could find the file.
const PRIVATE: (header::HeaderName, &str) = (header::CACHE_CONTROL, "private, no-store");

/// Forbids pages of other sites to load the file into their process. Pages of the same site, such
/// as those of trusted origins, may load it.
const SAME_SITE: (header::HeaderName, &str) = (header::CROSS_ORIGIN_RESOURCE_POLICY, "same-site");

/// Lets pages of any site load a file whose address was signed for them.
const CROSS_ORIGIN: (header::HeaderName, header::HeaderValue) = (
    header::CROSS_ORIGIN_RESOURCE_POLICY,
    header::HeaderValue::from_static("cross-origin"),
);

/// Returns `true` for what browsers show and play, and cannot run.
fn is_shown_inline(media: &StoredMedia) -> bool {
    let content_type = media.content_type.as_str();
    content_type.starts_with("image/")
        || content_type.starts_with("audio/")
        || matches!(content_type, "video/mp4" | "video/webm")
}

enum Asked {
    Whole,
    Part(Range<u64>),
    Unsatisfiable,
}

/// Returns the single byte range that a request asks for. Several ranges, an unreadable header, or
/// another method than GET count as a request for the whole file (RFC 9110, 14.2).
fn asked_range(request: &HttpRequest, size: u64, tag: &EntityTag) -> Asked {
    if *request.method() != Method::GET {
        return Asked::Whole;
    }
    if request.headers().contains_key(header::IF_RANGE)
        && !matches!(IfRange::parse(request), Ok(IfRange::EntityTag(known)) if known.strong_eq(tag))
    {
        return Asked::Whole;
    }
    let Some(value) = request
        .headers()
        .get(header::RANGE)
        .and_then(|value| value.to_str().ok())
    else {
        return Asked::Whole;
    };
    match value.parse::<header::Range>() {
        Ok(header::Range::Bytes(specs)) if specs.len() == 1 => {
            match specs[0].to_satisfiable_range(size) {
                Some((first, last)) => Asked::Part(first..last + 1),
                None => Asked::Unsatisfiable,
            }
        }
        _ => Asked::Whole,
    }
}
