//! Messages received through a channel of a platform that no process supports, so that no process
//! works on them.

use diesel::RunQueryDsl;
use serde_json::json;
use unicom_core::{
    CoreError, IncomingMessage,
    inbound::{IngestedAccount, IngestedChat, IngestedMessage, ingest},
};
use unicom_db::{DbError, Tx, on_engine, queries::channels};
use unicom_models::{Channel, Message};

/// An active channel of an unsupported platform.
pub struct Inbox(pub Channel);

impl Inbox {
    pub fn new(tx: &mut Tx<'_>) -> Result<Self, CoreError> {
        let mut channel = channels::insert(tx, &"Pigeon".into(), "Loft", &json!({}))?;
        channel.active = true;
        channels::update(tx, &channel)?;
        Ok(Self(channel))
    }

    /// Stores an incoming message of account `pigeon_{who}` in chat `loft_…`.
    pub fn take(&self, tx: &mut Tx<'_>, who: &str, text: &str) -> Result<Message, CoreError> {
        let incoming = IngestedMessage::new(
            IngestedAccount::new(format!("pigeon_{who}"), who),
            IngestedChat::new(format!("loft_{who}")),
            IncomingMessage {
                text: text.to_owned(),
                ..IncomingMessage::default()
            },
        );
        let taken = ingest(tx, &self.0, incoming)?;
        Ok(taken.map(|saved| saved.message).unwrap())
    }
}

/// Marks every request as failed, as the pipeline does after the last attempt.
pub fn fail_all(tx: &mut Tx<'_>) -> Result<(), DbError> {
    let given_up = "UPDATE unicom_requests SET status = 'FAILED', error = 'no luck', due_at = NULL";
    on_engine!(&mut **tx, conn => diesel::sql_query(given_up).execute(conn))?;
    Ok(())
}
