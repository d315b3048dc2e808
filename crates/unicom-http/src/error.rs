//! `ApiError`: every failure that a client can receive, with its code and status.
//!
//! Handlers and `IdentityProvider`s return [`ApiError`]. Errors of services and of the database are
//! converted in `error_conversions.rs`.
//! Statuses are defined only here. The codes of services' errors are those of `CoreError::code` and
//! `WebChatError::code`.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER, SEC_WEBSOCKET_VERSION, UPGRADE,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use unicom_core::CoreError;
use utoipa::openapi::schema::Type;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::openapi::constant::always;

/// The default time after which a client may try again.
const SOON: Duration = Duration::from_secs(1);

/// A failure as sent to a client: a stable code, its status, and a one-sentence message.
#[derive(Debug, Clone)]
pub struct ApiError {
    kind: Kind,
    sentence: String,
    retry_after: Duration,
}

/// Declares the kinds of failure with their status and code, and a constructor for each.
macro_rules! kinds {
    ($($(#[doc = $says:literal])+ $name:ident $kind:ident $status:ident $code:literal),+ $(,)?) => {
        /// The kinds of failure that clients can receive.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind { $($(#[doc = $says])+ $kind),+ }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// Returns the HTTP status of this kind.
            pub fn status(self) -> StatusCode {
                match self { $(Self::$kind => StatusCode::$status),+ }
            }

            /// Returns the stable code of this kind.
            pub fn code(self) -> &'static str {
                match self { $(Self::$kind => $code),+ }
            }

            /// Returns a one-sentence description of this kind.
            pub(crate) fn description(self) -> &'static str {
                match self { $(Self::$kind => concat!($($says),+).trim_ascii()),+ }
            }
        }

        impl ApiError {
            $($(#[doc = $says])+ pub fn $name(sentence: impl Into<String>) -> Self {
                Self { kind: Kind::$kind, sentence: in_one_line(sentence.into()), retry_after: SOON }
            })+
        }
    };
}

kinds! {
    /// The body is not JSON.
    invalid_json InvalidJson BAD_REQUEST "invalid_json",
    /// The body or one of its fields is invalid.
    invalid_body InvalidBody BAD_REQUEST "invalid_body",
    /// The path percent-encodes a character that must not be encoded.
    invalid_path InvalidPath BAD_REQUEST "invalid_path",
    /// A query parameter is invalid.
    invalid_parameter InvalidParameter BAD_REQUEST "invalid_parameter",
    /// The cursor of a page is invalid.
    invalid_cursor InvalidCursor BAD_REQUEST "invalid_cursor",
    /// The filter does not exist.
    unknown_filter UnknownFilter BAD_REQUEST "unknown_filter",
    /// The message has neither text nor media.
    empty_message EmptyMessage BAD_REQUEST "empty_message",
    /// A text contains a character that cannot be stored.
    invalid_text InvalidText BAD_REQUEST "invalid_text",
    /// The request carries the cookies of two sessions, and it is unclear which one is meant.
    ambiguous_session AmbiguousSession BAD_REQUEST "ambiguous_session",
    /// The name or the password is wrong.
    invalid_credentials InvalidCredentials UNAUTHORIZED "invalid_credentials",
    /// The visitor token is wrong or was revoked.
    token_invalid TokenInvalid UNAUTHORIZED "token_invalid",
    /// The visitor token has expired.
    token_expired TokenExpired UNAUTHORIZED "token_expired",
    /// The token by which a site identifies its user is invalid.
    identity_invalid IdentityInvalid UNAUTHORIZED "identity_invalid",
    /// The token by which a site identifies its user has expired.
    identity_expired IdentityExpired UNAUTHORIZED "identity_expired",
    /// Only for users.
    login_required LoginRequired UNAUTHORIZED "login_required",
    /// Only for admins.
    staff_only StaffOnly FORBIDDEN "staff_only",
    /// Visitors cannot register here; the operator creates users.
    registration_closed RegistrationClosed FORBIDDEN "registration_closed",
    /// The API token's scope does not include the request.
    insufficient_scope InsufficientScope FORBIDDEN "insufficient_scope",
    /// The request does not prove that it comes from this site's pages.
    csrf_failed CsrfFailed FORBIDDEN "csrf_failed",
    /// The channel does not allow pages of this site.
    origin_not_allowed OriginNotAllowed FORBIDDEN "origin_not_allowed",
    /// Only for visitors whom their site has identified.
    identity_required IdentityRequired FORBIDDEN "identity_required",
    /// The account is blocked.
    account_blocked AccountBlocked FORBIDDEN "account_blocked",
    /// The button has expired.
    button_expired ButtonExpired FORBIDDEN "button_expired",
    /// The button belongs to another account or does not exist.
    not_your_button NotYourButton FORBIDDEN "not_your_button",
    /// The resource does not exist for this visitor.
    not_found NotFound NOT_FOUND "not_found",
    /// The chat does not exist for this visitor.
    chat_not_found ChatNotFound NOT_FOUND "chat_not_found",
    /// There is no active web chat channel, or the requested one is not available.
    no_channel NoChannel NOT_FOUND "no_channel",
    /// The path does not accept this method.
    method_not_allowed MethodNotAllowed METHOD_NOT_ALLOWED "method_not_allowed",
    /// The `client_message_id` was already used with different content.
    idempotency_conflict IdempotencyConflict CONFLICT "idempotency_conflict",
    /// Another user has this name.
    username_taken UsernameTaken CONFLICT "username_taken",
    /// What the guest has written belongs to another user already.
    guest_taken GuestTaken CONFLICT "guest_taken",
    /// Users who are admins can only be erased on the command line.
    staff_user StaffUser CONFLICT "staff_user",
    /// The body did not arrive in time.
    request_timeout RequestTimeout REQUEST_TIMEOUT "request_timeout",
    /// The current state does not allow the change.
    conflict Conflict CONFLICT "conflict",
    /// Another person holds the chat.
    chat_taken ChatTaken CONFLICT "chat_taken",
    /// The time for which the message may be changed is over.
    too_late TooLate CONFLICT "too_late",
    /// The request has already been answered or abandoned.
    request_ended RequestEnded CONFLICT "request_ended",
    /// A text, a body or a file exceeds its limit.
    too_large TooLarge PAYLOAD_TOO_LARGE "too_large",
    /// The files of the account exceed its quota; permanently deleting chats frees space.
    quota_exceeded QuotaExceeded PAYLOAD_TOO_LARGE "quota_exceeded",
    /// The path and query exceed their limit.
    uri_too_long UriTooLong URI_TOO_LONG "uri_too_long",
    /// The type of the body or of a file is not supported.
    unsupported_media_type UnsupportedMediaType UNSUPPORTED_MEDIA_TYPE "unsupported_media_type",
    /// The byte range is not in the file.
    range_not_satisfiable RangeNotSatisfiable RANGE_NOT_SATISFIABLE "range_not_satisfiable",
    /// The server does not serve the host that the request names.
    misdirected_request MisdirectedRequest MISDIRECTED_REQUEST "misdirected_request",
    /// The server speaks another version of the protocol.
    upgrade_required UpgradeRequired UPGRADE_REQUIRED "upgrade_required",
    /// Too many requests from one sender; try again later.
    rate_limited RateLimited TOO_MANY_REQUESTS "rate_limited",
    /// The headers exceed their limit.
    headers_too_large HeadersTooLarge REQUEST_HEADER_FIELDS_TOO_LARGE "headers_too_large",
    /// An internal server error.
    internal Internal INTERNAL_SERVER_ERROR "internal",
    /// The server is overloaded; trying again later may help.
    busy_because Busy SERVICE_UNAVAILABLE "busy",
    /// There is no room to store the data; trying again later may help.
    storage_full StorageFull SERVICE_UNAVAILABLE "storage_full",
    /// The server is shutting down.
    draining Draining SERVICE_UNAVAILABLE "draining",
}

impl ApiError {
    /// Sets the time after which the client may try again. Only applies to errors with status 429
    /// or 503. It is sent in whole seconds, rounded up to at least one (RFC 9110, 10.2.3).
    #[must_use]
    pub fn retry_after(self, retry_after: Duration) -> Self {
        Self {
            retry_after,
            ..self
        }
    }

    /// Returns the kind of failure.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Creates the error with the code of a service's error.
    pub(crate) fn with_code(code: &str, sentence: impl Into<String>) -> Self {
        let sentence = sentence.into();
        match Kind::ALL.iter().find(|kind| kind.code() == code) {
            Some(&kind) if kind != Kind::Internal => Self {
                kind,
                sentence: in_one_line(sentence),
                retry_after: SOON,
            },
            _ => Self::unexpected(sentence),
        }
    }

    /// The server is overloaded; trying again later may help.
    pub fn busy() -> Self {
        Self::busy_because("the server is busy; try again in a moment")
    }

    /// Creates the error for a request by a guest who has logged in since: it must not replace the
    /// session that the login began.
    pub fn ended_with_a_login() -> Self {
        Self::csrf_failed("this session has ended with a login; load the page again")
    }

    /// Converts the error of sending a message to an existing chat, whose channel may be inactive
    /// or of an unknown platform.
    pub(crate) fn not_sent(error: CoreError) -> Self {
        match error {
            CoreError::ChannelInactive(_) => Self::conflict("the chat's channel is not active"),
            CoreError::UnknownPlatform { .. } => {
                Self::conflict("the chat's platform is not registered on this server")
            }
            error => error.into(),
        }
    }

    /// Creates an internal error: logs `cause` and does not send it to the client.
    pub fn unexpected(cause: impl fmt::Display) -> Self {
        log::error!("request failed: {cause}");
        Self::internal("internal server error; it has been logged")
    }
}

/// Replaces control characters in the message with escapes. The message may repeat client input,
/// which must not disturb the terminal of a person who reads it.
fn in_one_line(sentence: String) -> String {
    if !sentence.contains(char::is_control) {
        return sentence;
    }
    let shown = sentence.chars().map(|c| match c {
        c if c.is_control() => c.escape_default().to_string(),
        c => c.to_string(),
    });
    shown.collect()
}

impl Kind {
    /// Returns `true` if the response has a `Retry-After` header.
    pub(crate) fn has_retry_after(self) -> bool {
        matches!(
            self.status(),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
        )
    }
}

impl PartialSchema for Kind {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("What went wrong, for programs; stable."))
            .enum_values(Some(Self::ALL.iter().map(|kind| kind.code())))
            .into()
    }
}

impl ToSchema for Kind {
    fn name() -> Cow<'static, str> {
        "FailureCode".into()
    }
}

/// The body of a failure.
#[derive(Serialize, ToSchema)]
pub(crate) struct Failure<'a> {
    /// Always false.
    #[schema(schema_with = always::<false>)]
    success: bool,
    /// What went wrong, in one sentence for people.
    error: &'a str,
    #[schema(value_type = Kind)]
    code: &'static str,
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for ApiError {}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.kind.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        // Caches may store some failures without a `Cache-Control` header, 404 and 405 among them
        // (RFC 9110, 15.1).
        response.insert_header((CACHE_CONTROL, "no-store"));
        response.insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
        if matches!(
            self.status_code(),
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
        ) {
            let seconds = self.retry_after.as_nanos().div_ceil(1_000_000_000).max(1);
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        if self.kind == Kind::UpgradeRequired {
            // The only version there is (RFC 6455, 4.4).
            response.insert_header((UPGRADE, "websocket"));
            response.insert_header((SEC_WEBSOCKET_VERSION, "13"));
        }
        let mut response = response.json(Failure {
            success: false,
            error: &self.sentence,
            code: self.kind.code(),
        });
        // Middleware that logs refusals distinguishes them by kind.
        response.extensions_mut().insert(self.kind);
        response
    }
}

/// Middleware that gives every failure the JSON form, including those of actix itself.
///
/// # Errors
/// Always an [`ApiError`].
pub async fn json_errors(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let response = match next.call(request).await {
        Ok(response) => response.map_into_boxed_body(),
        Err(error)
            if error.as_error::<ApiError>().is_some()
                || error.as_error::<InternalError<ApiError>>().is_some() =>
        {
            return Err(error);
        }
        Err(error) => {
            let status = error.as_response_error().status_code();
            // Handlers return `ApiError`. Other server errors come from the session store.
            return Err(if status.is_server_error() {
                log::warn!("request refused: {error}");
                ApiError::busy().into()
            } else {
                of_status(status).into()
            });
        }
    };
    let status = response.status();
    let is_json =
        response.headers().get(CONTENT_TYPE) == Some(&HeaderValue::from_static("application/json"));
    if is_json || !(status.is_client_error() || status.is_server_error()) {
        return Ok(response);
    }
    let mut answer = of_status(status).error_response();
    if let Some(allow) = response.headers().get(ALLOW) {
        answer.headers_mut().insert(ALLOW, allow.clone());
    }
    Ok(response.into_response(answer))
}

/// Returns the error for a status that came without a message.
fn of_status(status: StatusCode) -> ApiError {
    match status {
        StatusCode::NOT_FOUND => ApiError::not_found("no route matches this path"),
        StatusCode::METHOD_NOT_ALLOWED => {
            ApiError::method_not_allowed("this path does not support this method")
        }
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::too_large("the body is too large"),
        StatusCode::REQUEST_TIMEOUT => ApiError::request_timeout("the request took too long"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ApiError::unsupported_media_type("the body has an unsupported media type")
        }
        status if status.is_client_error() => {
            ApiError::invalid_parameter("the request is not well-formed")
        }
        status => ApiError::unexpected(format!("an answer with status {status} and no sentence")),
    }
}
