//! The conformance suite for a [`Bot`].

use std::sync::Arc;

use serde_json::json;
use unicom_content::media::ObjectMediaStore;
use unicom_core::{Bot, Bots, CoreError, Platforms, bots::BotContext, replies::reply_with};
use unicom_db::queries::{accounts, requests};
use unicom_models::RequestStatus;

use super::ingest_helper::{new_channel, ok, read, run_until, tell};
use crate::{FakePlatform, TestDatabase};

/// Checks the guarantees of [`Bot`]: the bot may be asked about the same message again, and its
/// answers can be stored.
///
/// The bot is asked three times about one message, `Hello`.
///
/// # Panics
/// Panics if a guarantee is broken or the bot returns an error.
pub async fn bot(bot: impl Bot) {
    let db = TestDatabase::on_any_engine(&[&unicom_db::MIGRATIONS]);
    let database = db.database();
    let bots = Bots::default().with("bot", bot);
    let platforms = Platforms::default().with(FakePlatform::default());
    let config = json!({"bot": "bot"});
    let made = new_channel(
        database,
        &platforms,
        &bots,
        &FakePlatform::KIND.into(),
        &config,
    )
    .await;
    let channel = ok("making a channel", made);
    let message = tell(database, &channel, "conformance-1").await.message;
    let id = message.id;
    let request = move |db: &mut unicom_db::Db| {
        let request = requests::of_message(db, id)?;
        Ok(request.unwrap_or_else(|| panic!("the message made no request")))
    };

    let of_request = read(database, request).await;
    let account_id = of_request.account_id.clone();
    let account = read(database, move |db| accounts::get(db, &account_id)).await;
    let mut incoming = BotContext::of_visitor("");
    incoming.request = of_request;
    incoming.message = message.clone();
    incoming.account = account.unwrap_or_else(|| panic!("the message has no account"));
    incoming.channel = channel;
    incoming.media = Arc::new(ObjectMediaStore::in_memory());
    let asked = ok("looking the bot up", bots.get("bot"));
    for time in ["the first time", "again"] {
        let outcome = asked.handle(incoming.clone()).await;
        let outcome = ok(&format!("asking {time}"), outcome);
        let (platforms, message) = (platforms.clone(), message.clone());
        let stored = database.write(move |tx| {
            for reply in outcome.replies {
                reply_with(tx, &platforms, &message, reply)?;
            }
            Ok::<_, CoreError>(())
        });
        ok(&format!("storing what it answered {time}"), stored.await);
    }

    run_until(
        database,
        &platforms,
        &bots,
        "the request was answered",
        async || {
            let request = read(database, request).await;
            let failed = request.status == RequestStatus::Failed;
            assert!(
                !failed,
                "the request failed: {}",
                request.error.unwrap_or_default()
            );
            request.status == RequestStatus::Completed
        },
    )
    .await;
}
