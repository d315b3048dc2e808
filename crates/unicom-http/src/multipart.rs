//! Reads forms with files (`multipart/form-data`) within size and time limits.

use std::io;
use std::sync::Arc;

use actix_multipart::form::tempfile::TempFileError;
use actix_multipart::form::{
    Limits as FormLimits, MultipartCollect, MultipartForm, MultipartFormConfig, State,
};
use actix_multipart::{Field, MultipartError};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::{LocalBoxFuture, ready};
use futures_util::{FutureExt, StreamExt};
use unicom_content::media::is_out_of_room;

use crate::body::note_body;
use crate::body::too_late;
use crate::body_bytes::{Metered, announced, count_announced, refusal};
use crate::body_timeout::{BodyTimeout, is_too_late};
use crate::storage::Held;
use crate::{Api, ApiError, Limits, storage::Refusal};

/// Maximum number of fields in a form.
const MOST_FIELDS: usize = 32;

/// Bytes allowed for multipart framing: boundaries and headers of fields.
const FRAMING: usize = 64 << 10;

/// Returns the form configuration with the size limits of `limits`.
pub(crate) fn form_config(limits: Limits) -> MultipartFormConfig {
    MultipartFormConfig::default()
        .total_limit(longest_form(limits))
        .memory_limit(limits.body)
}

/// A form that was read, and the reservation of room for its file until the file is stored.
pub(crate) struct Received<F> {
    pub form: F,
    pub room: Arc<Held>,
}

/// Reads a form. It is refused as soon as it exceeds a limit, without reading the rest. It is
/// refused before anything is read if there is no room for a file or if its address has sent too
/// many bytes.
pub(crate) async fn read_form<F: MultipartCollect + 'static>(
    request: &HttpRequest,
    payload: web::Payload,
    api: &Api,
) -> Result<Received<F>, ApiError> {
    // Only this limit counts the bytes before the first field and after the last.
    let limit = longest_form(api.limits).saturating_add(FRAMING);
    count_announced(request, limit as u64)?;
    let length = announced(request).unwrap_or(0).min(limit as u64);
    let room = Arc::new(api.storage.hold(length).await?);
    let payload = BodyTimeout::new(payload.into_inner(), limit, api.limits.body_time);
    let payload = Metered::unless_announced(request, payload.boxed());
    let mut payload = holding(payload, Arc::clone(&room));
    let form = MultipartForm::<FewFields<F>>::from_request(request, &mut payload)
        .await
        .map_err(|error| refused(error.as_error(), api))?;
    note_body(request).await?;
    Ok(Received {
        form: form.into_inner().0,
        room,
    })
}

/// Wraps a body so that room is reserved for it as it arrives. It ends with an error if there is
/// none.
fn holding(payload: Payload, room: Arc<Held>) -> Payload {
    let held = payload.then(move |bytes| {
        let room = Arc::clone(&room);
        async move {
            let bytes = bytes?;
            let held = room.receive(bytes.len() as u64).await;
            held.map_err(|refused| PayloadError::Io(io::Error::other(refused)))?;
            Ok(bytes)
        }
    });
    Payload::Stream {
        payload: Box::pin(held),
    }
}

/// Returns the maximum size of a form: a file and all other fields.
fn longest_form(limits: Limits) -> usize {
    limits.file.saturating_add(limits.body)
}

/// A form that is refused if it has too many fields. Unknown fields have names, which take memory
/// too.
struct FewFields<F>(F);

impl<F: MultipartCollect> MultipartCollect for FewFields<F> {
    fn limit(name: &str) -> Option<usize> {
        F::limit(name)
    }

    fn handle_field<'t>(
        request: &'t HttpRequest,
        field: Field,
        limits: &'t mut FormLimits,
        state: &'t mut State,
    ) -> LocalBoxFuture<'t, Result<(), MultipartError>> {
        // The counter is stored under the empty name, which no field of a form uses.
        let counted = state.0.entry(String::new());
        let fields = counted.or_insert_with(|| Box::new(0_usize));
        if let Some(fields) = fields.downcast_mut::<usize>() {
            *fields += 1;
            if *fields > MOST_FIELDS {
                let source = ApiError::invalid_body(format!(
                    "a form must have at most {MOST_FIELDS} fields"
                ));
                let name = field.name().unwrap_or_default().to_owned();
                let error = MultipartError::Field {
                    name,
                    source: source.into(),
                };
                return ready(Err(error)).boxed_local();
            }
        }
        F::handle_field(request, field, limits, state)
    }

    fn from_state(state: State) -> Result<Self, MultipartError> {
        F::from_state(state).map(Self)
    }
}

fn refused(error: Option<&MultipartError>, api: &Api) -> ApiError {
    if let Some(MultipartError::Payload(error)) = error
        && let Some(refused) = refusal(error)
    {
        return refused;
    }
    match error {
        Some(MultipartError::Payload(PayloadError::Overflow)) => too_large(api),
        Some(MultipartError::Payload(error)) if is_too_late(error) => too_late(),
        Some(MultipartError::BoundaryMissing) => {
            ApiError::invalid_body("`multipart/form-data` needs a `boundary`")
        }
        Some(MultipartError::DuplicateField(_)) => {
            ApiError::invalid_body("a field must not be repeated")
        }
        Some(MultipartError::Field { source, .. }) => field_refused(source, api),
        _ => ApiError::invalid_body("the body is not well-formed `multipart/form-data`"),
    }
}

fn field_refused(error: &actix_web::Error, api: &Api) -> ApiError {
    if let Some(error) = error.as_error::<ApiError>() {
        return error.clone();
    }
    if let Some(TempFileError::FileIo(failed)) = error.as_error()
        && is_out_of_room(failed.kind())
    {
        log::warn!("request refused: a file cannot be received: {failed}");
        return api.storage.refuse(Refusal::DiskFull);
    }
    match error.as_error() {
        Some(inner) => refused(Some(inner), api),
        // A server error here concerns the temporary file.
        None if error.as_response_error().status_code().is_server_error() => {
            ApiError::unexpected(error)
        }
        None => ApiError::invalid_body("a field of the form could not be read"),
    }
}

/// Returns the error for a file or form that exceeds its limit.
pub(crate) fn too_large(api: &Api) -> ApiError {
    ApiError::too_large(format!(
        "`media` must be at most {} bytes long, and everything else at most {}",
        api.limits.file, api.limits.body
    ))
}
