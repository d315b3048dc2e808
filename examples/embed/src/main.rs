//! An example host: a shop that stores a question and counts it in its own table in one
//! transaction, on its own connection. Its bot reads that table.

use std::sync::Arc;

use diesel::{connection::SimpleConnection, prelude::*};
use serde_json::json;
use tokio::sync::watch;
use unicom_embed::prelude::*;

mod shop {
    diesel::table! { shop_users (id) { id -> Text, questions -> Integer } }
}
use shop::shop_users;

const SHOP_TABLES: &str = "
    CREATE TABLE shop_users (id TEXT PRIMARY KEY, questions INTEGER NOT NULL);
    INSERT INTO shop_users VALUES ('7', 0);";

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite://{}", folder.path().join("shop.db").display());
    let database = Database::connect(&url)?;
    database.migrate(&[&MIGRATIONS])?;

    let shop = database.clone();
    let clerk = move |context| clerk(shop.clone(), context);
    let about_orders = |input: &MatchInput| Ok(input.message.text.contains("order"));
    let extensions = Extensions::default()
        .with_platforms(Platforms::default().with(WebChat))
        .with_bots(Bots::default().with("clerk", clerk))
        .with_matchers(Matchers::default().with("orders", about_orders));
    // The host's own connection, perhaps from its pool.
    let mut connection = Db::connect(&url)?;
    let channel = transaction(&mut connection, |tx| set_up(tx, &extensions))?.value;

    // Both work until `stop` is dropped.
    let (stop, stopped) = watch::channel(());
    let end = |mut stopped: watch::Receiver<()>| async move { drop(stopped.changed().await) };
    let media = Arc::new(ObjectMediaStore::local(folder.path().join("media"))?);
    let options = PipelineOptions::default();
    let pipeline = Pipeline::new(database.clone(), media.clone(), extensions, options);
    let answering = tokio::spawn(pipeline.run(end(stopped.clone())));
    let keeping = tokio::spawn(Housekeeping::new(database.clone(), media).run(end(stopped)));

    let mut events = database.subscribe();
    let ann = Visitor::user("7", "Ann");
    let committed = transaction(&mut connection, |tx| -> anyhow::Result<_> {
        let count = shop_users::questions.eq(shop_users::questions + 1);
        let count = diesel::update(shop_users::table.find("7")).set(count);
        on_engine!(&mut **tx, conn => count.execute(conn))?;
        let question = NewMessage::text("Where is my order?");
        Ok(save_webchat_message(tx, &channel, &ann, question)?)
    })?;
    // Wakes the pipeline now instead of at its next poll, and other listeners.
    database.publish(committed.events);

    let mut messages = Vec::new();
    while messages.len() < 2 {
        events.recv().await?;
        let (ann, newest) = (ann.clone(), MessagePageRequest::default());
        let page = database.read(move |db| list_messages(db, &ann, &newest));
        messages = page.await?.messages;
    }
    for message in messages.iter().rev() {
        println!("{}: {}", message.sender_name, message.text);
    }
    drop(stop);
    answering.await?;
    Ok(keeping.await?)
}

/// Creates the shop's table, a channel, and a category for questions about orders.
fn set_up(tx: &mut Tx<'_>, extensions: &Extensions) -> anyhow::Result<Channel> {
    on_engine!(&mut **tx, conn => conn.batch_execute(SHOP_TABLES))?;
    let orders = CategoryChange {
        name: Some("Orders".to_owned()),
        public: Some(true),
        matcher: Change::Set(json!({"kind": "custom", "name": "orders"})),
        bot: Change::Set(json!("clerk")),
        ..CategoryChange::default()
    };
    let setup = Actor::new("host:setup")?;
    create_category(tx, &setup, extensions, orders)?;
    let shop = NewChannel::new(WebChat::kind(), "Shop");
    Ok(create_channel(tx, &setup, extensions, shop)?)
}

/// The bot, which reads the shop's table.
async fn clerk(shop: Database, context: BotContext) -> Result<Outcome, BotError> {
    let Some(HostIdentity::User(id)) = HostIdentity::behind(&context.account.id) else {
        return Ok(Outcome::text("Please log in."));
    };
    let count = shop_users::table.find(id).select(shop_users::questions);
    let count = shop.read(move |db| Ok::<i32, DbError>(on_engine!(db, conn => count.first(conn))?));
    match count.await {
        Ok(count) => Ok(Outcome::text(format!("That is question no. {count}."))),
        Err(error) => Err(BotError::Temporary(error.to_string())),
    }
}
