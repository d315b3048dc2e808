//! Messages received through a channel of a platform that no process supports, so that no process
//! works on them.

use diesel::RunQueryDsl;
use serde_json::json;
use unicom_core::{
    CoreError, IncomingMessage,
    inbound::{PlatformEvent, Sender, receive},
};
use unicom_db::{DbError, Tx, on_engine, queries::channels};
use unicom_models::{Channel, Message};
use unicom_testing::FakePlatform;

/// An active channel of an unsupported platform.
pub struct Inbox(pub Channel);

impl Inbox {
    pub fn new(tx: &mut Tx<'_>) -> Result<Self, CoreError> {
        let mut channel = channels::insert(tx, &"Pigeon".into(), "Loft", &json!({}))?;
        channel.active = true;
        channels::update(tx, &channel)?;
        Ok(Self(channel))
    }

    /// Stores an incoming message of account `pigeon_{who}` in chat `pigeon_loft_…`.
    pub fn take(&self, tx: &mut Tx<'_>, who: &str, text: &str) -> Result<Message, CoreError> {
        let incoming = PlatformEvent::message(
            Sender::new(who, who),
            FakePlatform::chat(&format!("loft_{who}")),
            IncomingMessage {
                text: text.to_owned(),
                ..IncomingMessage::default()
            },
        );
        let taken = receive(tx, &self.0, incoming)?;
        Ok(taken.into_saved().unwrap().message)
    }
}

/// Marks every request as failed, as the pipeline does after the last attempt.
pub fn fail_all(tx: &mut Tx<'_>) -> Result<(), DbError> {
    let given_up = "UPDATE unicom_requests SET status = 'FAILED', error = 'no luck', due_at = NULL";
    on_engine!(&mut **tx, conn => diesel::sql_query(given_up).execute(conn))?;
    Ok(())
}
