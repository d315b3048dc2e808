//! `read_transcript`: a chat as plain text, page by page.

use std::fmt::Write;

use unicom_db::Db;
use unicom_db::queries::files;
use unicom_db::queries::messages::{self, Position, Walk};
use unicom_models::{Chat, ChatId, MessageFile, UtcTime, VisibleMessage};

use crate::read_access::read_access;
use crate::{Visitor, WebChatError};

/// Number of messages in memory at a time.
const PAGE: usize = 100;

/// What begins each line of a message, so that no text looks like the name of another author.
const INDENT: &str = "    ";

/// A piece of a transcript.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TranscriptPage {
    /// The text, which ends with a line break.
    pub text: String,
    /// Where the next piece begins. `None` at the end of the chat.
    pub next: Option<TranscriptPosition>,
    /// When the chat was created.
    pub created_at: UtcTime,
}

/// The place in a chat at which a piece of its transcript begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TranscriptPosition(Position);

/// Returns the next piece of the transcript of a chat in which the visitor participates: of up to
/// 100 messages after `after`, the oldest first, without internal ones. The first piece begins with
/// the name of the chat.
///
/// Each message has a line with its time (UTC) and the name of its author, and below it the lines
/// of its text and the names of its files, indented. Access is checked for each piece.
///
/// # Errors
/// [`WebChatError::ChatNotFound`], [`WebChatError::AccountBlocked`].
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
/// let page = database
///     .write(move |tx| {
///         let guest = Visitor::guest("4f3c");
///         let saved = save_webchat_message(tx, &channel, &guest, NewMessage::text("Hello!"))?;
///         read_transcript(tx, &guest, &saved.message.chat_id, None)
///     })
///     .wait()?;
/// assert!(page.text.ends_with("  Guest\n    Hello!\n"));
/// # Ok::<(), WebChatError>(())
/// ```
pub fn read_transcript(
    db: &mut Db,
    visitor: &Visitor,
    chat_id: &ChatId,
    after: Option<TranscriptPosition>,
) -> Result<TranscriptPage, WebChatError> {
    let access = read_access(db, visitor, chat_id, None)?.access;
    let walk = after.map_or(Walk::FromOldest, |after| Walk::After(after.0));
    let limit = i64::try_from(PAGE).unwrap_or(i64::MAX);
    let page = messages::page(db, &access, walk, limit)?;
    let from_provider = page.iter().filter(|message| message.is_from_provider);
    let files = files::ready(db, from_provider.map(|message| message.id))?;
    let mut text = match after {
        None => header(access.chat()),
        Some(_) => String::new(),
    };
    for message in &page {
        let further = files.get(&message.id).map_or(&[][..], Vec::as_slice);
        write_message(&mut text, message, further);
    }
    let last = page.last().filter(|_| page.len() == PAGE);
    Ok(TranscriptPage {
        text,
        next: last.map(|last| {
            TranscriptPosition(Position {
                timestamp: last.timestamp,
                id: last.id,
            })
        }),
        created_at: access.chat().created_at,
    })
}

fn header(chat: &Chat) -> String {
    match &chat.name {
        Some(name) => format!("{}\n", in_one_line(name)),
        None => String::new(),
    }
}

fn write_message(text: &mut String, message: &VisibleMessage, further: &[MessageFile]) {
    // Writing to a string does not fail.
    let _ = writeln!(
        text,
        "\n{}  {}",
        minute(message.timestamp),
        in_one_line(&message.sender_name)
    );
    if !message.text.is_empty() {
        for line in message.text.split(is_line_break) {
            let line = line.replace(|c: char| c.is_control() && c != '\t', "");
            let _ = writeln!(text, "{INDENT}{}", line.trim_end());
        }
    }
    let names = further.iter().filter_map(|file| file.name.as_deref());
    for name in message.media_name.as_deref().into_iter().chain(names) {
        let _ = writeln!(text, "{INDENT}[{}]", in_one_line(name));
    }
}

/// Returns a time as `2026-11-29 12:00:00 UTC`.
fn minute(time: UtcTime) -> impl std::fmt::Display {
    time.as_chrono().format("%Y-%m-%d %H:%M:%S UTC")
}

/// Returns `true` for the characters that begin a new line (Unicode Standard, 5.8).
fn is_line_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Returns a name without characters that would begin another line or control the terminal.
fn in_one_line(name: &str) -> String {
    let is_kept = |c: &char| !c.is_control() && !is_line_break(*c);
    name.chars().filter(is_kept).collect()
}
