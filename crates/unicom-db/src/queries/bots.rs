//! Configured bots: a kind of bot with a configuration, identified by name.

use diesel::prelude::*;
use unicom_models::ConfiguredBot;
use unicom_models::schema::unicom_bots as bots;

use crate::{Db, DbError, Tx, on_engine};

/// Returns the bot with this name. Returns `None` if it does not exist.
pub fn get(db: &mut Db, name: &str) -> Result<Option<ConfiguredBot>, DbError> {
    Ok(
        on_engine!(db, conn => bots::table.find(name).select(ConfiguredBot::as_select()).first(conn).optional())?,
    )
}

/// Locks and returns the bot with this name. Other transactions cannot change it until this one
/// ends.
pub fn lock(tx: &mut Tx<'_>, name: &str) -> Result<Option<ConfiguredBot>, DbError> {
    Ok(lock_first!(
        tx,
        bots::table.find(name).select(ConfiguredBot::as_select())
    )?)
}

/// Returns all configured bots, ordered by name.
pub fn list(db: &mut Db) -> Result<Vec<ConfiguredBot>, DbError> {
    Ok(
        on_engine!(db, conn => bots::table.order(bots::name).select(ConfiguredBot::as_select()).load(conn))?,
    )
}

/// Inserts `bot` unless a bot with its name exists. Returns `true` if it was inserted.
pub fn insert_if_absent(tx: &mut Tx<'_>, bot: &ConfiguredBot) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => diesel::insert_into(bots::table)
        .values(bot)
        .on_conflict_do_nothing()
        .execute(conn))?
        > 0)
}

/// Stores the kind and the configuration of `bot`. Returns `true` if the bot exists.
pub fn update(tx: &mut Tx<'_>, bot: &ConfiguredBot) -> Result<bool, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    let changed = on_engine!(db, conn => diesel::update(bots::table.find(&bot.name))
        .set((
            bots::kind.eq(&bot.kind),
            bots::config.eq(&bot.config),
            bots::updated_at.eq(now),
        ))
        .execute(conn))?;
    Ok(changed > 0)
}

/// Deletes a bot. Returns `true` if it existed.
pub fn delete(tx: &mut Tx<'_>, name: &str) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => diesel::delete(bots::table.find(name)).execute(conn))? > 0)
}
