//! `GET webchat/chat/{chat_id}/transcript/`: a visitor downloads a chat as plain text.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::stream;
use unicom_content::media::content_disposition;
use unicom_models::ChatId;
use unicom_webchat::{TranscriptPage, TranscriptPosition, Visitor, WebChatError, read_transcript};

use crate::ids;
use crate::openapi::Kind::{AccountBlocked, ChatNotFound};
use crate::openapi::{ErrorResponses, error_kinds};
use crate::{Api, ApiError};

/// The media type of a transcript.
const TEXT: &str = "text/plain; charset=utf-8";

/// A transcript that is being sent.
struct Transcript {
    api: web::Data<Api>,
    visitor: Visitor,
    chat_id: ChatId,
}

impl Transcript {
    /// Reads the piece at a place, or the first one.
    async fn page(&self, after: Option<TranscriptPosition>) -> Result<TranscriptPage, ApiError> {
        let (visitor, chat_id) = (self.visitor.clone(), self.chat_id.clone());
        let read = self
            .api
            .database
            .read(move |db| read_transcript(db, &visitor, &chat_id, after));
        read.await.map_err(|error: WebChatError| error.into())
    }
}

/// Returns a chat as plain text
///
/// All messages, the oldest first: the time (UTC) and the author of each, and below them the lines
/// of its text and the names of its files, indented. The text is sent while it is read.
#[utoipa::path(
    get, path = "/webchat/chat/{chat_id}/transcript", operation_id = "get_transcript",
    tag = "webchat",
    params(("chat_id" = ChatId, Path, description = "The chat")),
    responses(
        (
            status = 200, description = "The text, as a file", body = String,
            content_type = "text/plain", headers(("Content-Disposition" = String))
        ),
        ErrorResponses<{ error_kinds(&[AccountBlocked, ChatNotFound]) }>,
    ),
)]
pub(crate) async fn transcript(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let chat_id = ids::chat_id(path.into_inner())?;
    let visitor = api.reader(&request).await?;
    let transcript = Transcript {
        api,
        visitor,
        chat_id,
    };
    // Errors of the first piece become the response.
    let first = transcript.page(None).await?;
    let day = first.created_at.as_chrono().format("%Y-%m-%d");
    let name = content_disposition(&format!("chat-{day}.txt"), false);
    let pieces = stream::try_unfold(
        (transcript, Next::Read(first)),
        async |(transcript, next)| {
            let page = match next {
                Next::Read(page) => page,
                Next::At(after) => transcript.page(Some(after)).await?,
                Next::End => return Ok::<_, ApiError>(None),
            };
            let next = page.next.map_or(Next::End, Next::At);
            Ok(Some((Bytes::from(page.text), (transcript, next))))
        },
    );
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, TEXT))
        .insert_header((CONTENT_DISPOSITION, name))
        .streaming(Box::pin(pieces)))
}

/// What follows in a transcript.
enum Next {
    /// A piece that was read.
    Read(TranscriptPage),
    /// The piece at this place.
    At(TranscriptPosition),
    /// Nothing.
    End,
}
