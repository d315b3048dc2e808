//! An example host that saves a message and a row of the host's table in one transaction on the
//! host's connection: both are stored, or neither.
//!
//! `cargo run -p example-embed` uses a temporary SQLite file; with a `postgres://…` URL as its
//! argument, it uses that database. The example needs neither a web framework nor unicom's table of
//! users.

use std::error::Error;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::{PgConnection, SqliteConnection};
use unicom_embed::prelude::*;

mod shop {
    diesel::table! {
        shop_users (id) { id -> Text, questions -> Integer }
    }
}
use shop::shop_users;

const SHOP_TABLES: &str = "
    CREATE TABLE IF NOT EXISTS shop_users (id TEXT PRIMARY KEY, questions INTEGER NOT NULL);
    INSERT INTO shop_users VALUES ('7', 0) ON CONFLICT DO NOTHING;";

fn main() -> Result<(), Box<dyn Error>> {
    // The host's connection, wrapped by unicom's type for as long as it is needed.
    let folder = tempfile::tempdir()?;
    let mut db = match std::env::args().nth(1) {
        Some(url) => Db::from_postgres(PgConnection::establish(&url)?),
        None => {
            let file = folder.path().join("shop.db").display().to_string();
            Db::from_sqlite(SqliteConnection::establish(&file)?)?
        }
    };
    set_up(&mut db)?;

    let committed = transaction(&mut db, |tx| -> Result<_, Box<dyn Error>> {
        on_engine!(&mut **tx, conn => diesel::update(shop_users::table.find("7"))
            .set(shop_users::questions.eq(shop_users::questions + 1))
            .execute(conn))?;
        let channel = webchat_channel_or_first(tx, None)?;
        let ann = Visitor::user("7", "Ann");
        save_webchat_message(tx, &channel, &ann, NewMessage::text("Where is my order?"))?;

        let questions: i32 = on_engine!(&mut **tx, conn => shop_users::table
            .find("7")
            .select(shop_users::questions)
            .first(conn))?;
        Ok((
            questions,
            list_messages(tx, &ann, &MessagePageRequest::default())?,
        ))
    })?;

    let (questions, page) = committed.value;
    println!("the shop counts {questions} question(s); the chat has:");
    for message in page.messages {
        println!("{}: {}", message.sender_name, message.text);
    }
    Ok(())
}

/// Creates the host's tables and unicom's side by side, a user, and a web chat channel.
fn set_up(db: &mut Db) -> Result<(), Box<dyn Error>> {
    on_engine!(&mut *db, conn => conn.batch_execute(SHOP_TABLES))?;
    MIGRATIONS.run(db)?;
    if webchat_channel_or_first(db, None).is_err() {
        let extensions = Extensions::default().with_platforms(Platforms::default().with(WebChat));
        let (setup, shop) = (
            Actor::new("host:setup")?,
            NewChannel::new(WebChat::kind(), "Shop"),
        );
        transaction(db, |tx| create_channel(tx, &setup, &extensions, shop))?;
    }
    Ok(())
}
