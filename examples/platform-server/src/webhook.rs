//! The route that the SMS gateway posts incoming messages to: `{base}/sms/{channel_id}/`.

use example_platform::{Inbound, receive};
use subtle::ConstantTimeEq;
use unicom_db::{Database, lookups};
use unicom_http::{ApiError, bearer_token, read_json};
use unicom_models::ChannelId;
use unicom_server::actix_web::web::{self, Data, Path, Payload};
use unicom_server::actix_web::{HttpRequest, HttpResponse};

/// The largest body in bytes: a message and what belongs to it.
const MOST_BYTES: usize = 16 << 10;

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.route("/{channel_id}/", web::post().to(post));
}

/// Stores a message. Answers only when it is stored, because the gateway repeats what was not
/// answered.
async fn post(
    request: HttpRequest,
    channel_id: Path<i64>,
    database: Data<Database>,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    check_token(&request)?;
    let inbound: Inbound = read_json(&request, payload, MOST_BYTES).await?;
    let channel_id = ChannelId(*channel_id);
    let stored = database.write(move |tx| match lookups::channel(tx, channel_id)? {
        Some(channel) if channel.active && channel.platform.as_str() == "Sms" => {
            receive(tx, &channel, inbound).map(|_| true)
        }
        _ => Ok(false),
    });
    if stored.await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(ApiError::not_found("no SMS channel has this number"))
    }
}

/// Checks the token that the gateway and this program share, in the environment variable
/// `SMS_GATEWAY_TOKEN`.
fn check_token(request: &HttpRequest) -> Result<(), ApiError> {
    let expected = std::env::var("SMS_GATEWAY_TOKEN").unwrap_or_default();
    let given = bearer_token(request.headers()).unwrap_or_default();
    let is_right = bool::from(given.as_bytes().ct_eq(expected.as_bytes()));
    if is_right && !expected.is_empty() {
        Ok(())
    } else {
        Err(ApiError::invalid_credentials(
            "the token of the gateway is wrong",
        ))
    }
}
