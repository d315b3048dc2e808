//! Categories of requests: a tree, and who may use which part of it.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use unicom_models::schema::{
    unicom_accounts as accounts, unicom_category_channels as category_channels,
    unicom_category_groups as category_groups, unicom_category_members as category_members,
    unicom_group_members as group_members, unicom_request_categories as categories,
    unicom_requests as requests,
};
use unicom_models::{
    CategoryId, CategoryLinks, ChannelId, GroupId, MemberId, RequestCategory, RequestId,
};

use crate::{Db, DbError, Tx, by_engine, on_engine};

/// Returns the category with this id. Returns `None` if it does not exist.
pub fn get(db: &mut Db, id: CategoryId) -> Result<Option<RequestCategory>, DbError> {
    Ok(
        on_engine!(db, conn => categories::table.find(id).select(RequestCategory::as_select()).first(conn).optional())?,
    )
}

/// Locks all categories. Other transactions cannot change them until this one ends.
///
/// Take this lock before changing a category, and take no row lock: concurrent changes of two
/// categories can together create a cycle that neither creates alone.
pub fn lock_tree(tx: &mut Tx<'_>) -> Result<(), DbError> {
    let db: &mut Db = tx;
    by_engine!(
        db,
        Postgres(conn) => drop(
            diesel::sql_query("LOCK TABLE unicom_request_categories IN SHARE ROW EXCLUSIVE MODE")
                .execute(conn)?,
        ),
        // SQLite has one writer at a time.
        Sqlite(_) => {},
    );
    Ok(())
}

/// Returns the id of every category with the id of its parent.
pub fn parents(db: &mut Db) -> Result<Vec<(CategoryId, Option<CategoryId>)>, DbError> {
    Ok(
        on_engine!(db, conn => categories::table.select((categories::id, categories::parent_id)).load(conn))?,
    )
}

/// Returns all categories. Siblings are ordered by sequence.
pub fn list(db: &mut Db) -> Result<Vec<RequestCategory>, DbError> {
    Ok(on_engine!(db, conn => categories::table
        .order((categories::sequence, categories::id))
        .select(RequestCategory::as_select())
        .load(conn))?)
}

/// Returns the active categories of a channel that are public or open to `member`. Siblings are
/// ordered by sequence.
///
/// The result may contain a category without its parent.
pub fn available(
    db: &mut Db,
    channel_id: ChannelId,
    member: Option<MemberId>,
) -> Result<Vec<RequestCategory>, DbError> {
    Ok(on_engine!(db, conn => {
        let channels = category_channels::table.filter(category_channels::category_id.eq(categories::id));
        let open = categories::table
            .filter(categories::active.eq(true))
            .filter(not(exists(channels)).or(exists(channels.filter(category_channels::channel_id.eq(channel_id)))))
            .order((categories::sequence, categories::id))
            .select(RequestCategory::as_select());
        match member {
            None => open.filter(categories::public.eq(true)).load(conn),
            Some(member) => {
                let directly = category_members::table
                    .filter(category_members::category_id.eq(categories::id))
                    .filter(category_members::member_id.eq(member));
                let by_group = category_groups::table
                    .inner_join(group_members::table.on(group_members::group_id.eq(category_groups::group_id)))
                    .filter(category_groups::category_id.eq(categories::id))
                    .filter(group_members::member_id.eq(member));
                open.filter(categories::public.eq(true).or(exists(directly)).or(exists(by_group))).load(conn)
            }
        }
    })?)
}

/// Returns the highest sequence among the children of `parent`, or 0 if it has none.
pub fn last_sequence(db: &mut Db, parent: Option<CategoryId>) -> Result<i32, DbError> {
    let last: Option<i32> = on_engine!(db, conn => {
        let siblings = categories::table.select(diesel::dsl::max(categories::sequence)).into_boxed();
        match parent {
            Some(parent) => siblings.filter(categories::parent_id.eq(parent)),
            None => siblings.filter(categories::parent_id.is_null()),
        }
        .first(conn)
    })?;
    Ok(last.unwrap_or(0))
}

/// Inserts a category.
///
/// # Errors
/// A unique violation ([`DbError::is_unique_violation`]) if a sibling has the same sequence.
pub fn insert(tx: &mut Tx<'_>, category: &RequestCategory) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::insert_into(categories::table).values(category).execute(conn))?;
    Ok(())
}

/// Stores all fields of `category` except its id and times. Returns `true` if the category exists.
///
/// # Errors
/// A unique violation ([`DbError::is_unique_violation`]) if a sibling has the same sequence.
pub fn update(tx: &mut Tx<'_>, category: &RequestCategory) -> Result<bool, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    let changed = on_engine!(db, conn => diesel::update(categories::table.find(category.id))
        .set((
            categories::parent_id.eq(category.parent_id),
            categories::sequence.eq(category.sequence),
            categories::name.eq(&category.name),
            categories::description.eq(&category.description),
            categories::active.eq(category.active),
            categories::public.eq(category.public),
            categories::matcher.eq(&category.matcher),
            categories::bot.eq(&category.bot),
            categories::updated_at.eq(now),
        ))
        .execute(conn))?;
    Ok(changed > 0)
}

/// Deletes a category and its descendants. Returns the ids of the descendants, or `None` if the
/// category did not exist. Requests in them stay, without a category.
pub fn delete(tx: &mut Tx<'_>, id: CategoryId) -> Result<Option<Vec<CategoryId>>, DbError> {
    let gone = with_those_below(tx, id)?;
    let db: &mut Db = tx;
    // Clears references first, those of accounts before those of requests, as everywhere: a worker
    // locks its request before it reads the category. The reverse order could deadlock.
    on_engine!(db, conn => diesel::update(accounts::table.filter(accounts::default_category_id.eq_any(&gone)))
        .set(accounts::default_category_id.eq(None::<CategoryId>))
        .execute(conn))?;
    by_engine!(db, Postgres(conn) => {
        let _: Vec<RequestId> = requests::table
            .filter(requests::category_id.eq_any(&gone))
            .order(requests::id)
            .select(requests::id)
            .for_no_key_update()
            .load(conn)?;
    });
    on_engine!(db, conn => diesel::update(requests::table.filter(requests::category_id.eq_any(&gone)))
        .set(requests::category_id.eq(None::<CategoryId>))
        .execute(conn))?;
    let deleted = on_engine!(db, conn => diesel::delete(categories::table.find(id)).execute(conn))?;
    Ok((deleted > 0).then(|| gone.into_iter().skip(1).collect()))
}

fn with_those_below(db: &mut Db, id: CategoryId) -> Result<Vec<CategoryId>, DbError> {
    let all: Vec<(CategoryId, Option<CategoryId>)> = on_engine!(db, conn => categories::table
        .select((categories::id, categories::parent_id))
        .load(conn))?;
    let mut found = vec![id];
    let mut looked_at = 0;
    while let Some(above) = found.get(looked_at).copied() {
        let below = all.iter().filter(|(_, parent)| *parent == Some(above));
        found.extend(below.map(|(id, _)| *id));
        looked_at += 1;
    }
    Ok(found)
}

/// Returns the channels that the category is restricted to, and the members and groups it is open
/// to.
pub fn links(db: &mut Db, id: CategoryId) -> Result<CategoryLinks, DbError> {
    let mut links = CategoryLinks::default();
    on_engine!(db, conn => {
        links.channel_ids = category_channels::table
            .filter(category_channels::category_id.eq(id))
            .order(category_channels::channel_id)
            .select(category_channels::channel_id)
            .load(conn)?;
        links.member_ids = category_members::table
            .filter(category_members::category_id.eq(id))
            .order(category_members::member_id)
            .select(category_members::member_id)
            .load(conn)?;
        links.group_ids = category_groups::table
            .filter(category_groups::category_id.eq(id))
            .order(category_groups::group_id)
            .select(category_groups::group_id)
            .load(conn)?;
    });
    Ok(links)
}

/// Replaces the rows of a table that link a category to others.
macro_rules! replace_links {
    ($tx:expr, $id:expr, $table:ident::$column:ident, $ids:expr) => {{
        let db: &mut Db = $tx;
        let link = |other| ($table::category_id.eq($id), $table::$column.eq(other));
        let rows: Vec<_> = $ids.iter().copied().map(link).collect();
        on_engine!(db, conn => {
            diesel::delete($table::table.filter($table::category_id.eq($id))).execute(conn)?;
            diesel::insert_into($table::table).values(rows).execute(conn)
        })?;
        Ok(())
    }};
}

/// Sets the channels in which the category is available. An empty list makes it available in all.
///
/// # Errors
/// [`DbError::is_foreign_key_violation`] if a channel does not exist,
/// [`DbError::is_unique_violation`] if one is listed twice.
pub fn set_channels(
    tx: &mut Tx<'_>,
    id: CategoryId,
    channels: &[ChannelId],
) -> Result<(), DbError> {
    replace_links!(tx, id, category_channels::channel_id, channels)
}

/// Sets the members who may use the category even if it is not public.
///
/// # Errors
/// [`DbError::is_foreign_key_violation`] if a member does not exist,
/// [`DbError::is_unique_violation`] if one is listed twice.
pub fn set_members(tx: &mut Tx<'_>, id: CategoryId, members: &[MemberId]) -> Result<(), DbError> {
    replace_links!(tx, id, category_members::member_id, members)
}

/// Sets the groups whose members may use the category even if it is not public.
///
/// # Errors
/// [`DbError::is_foreign_key_violation`] if a group does not exist,
/// [`DbError::is_unique_violation`] if one is listed twice.
pub fn set_groups(tx: &mut Tx<'_>, id: CategoryId, groups: &[GroupId]) -> Result<(), DbError> {
    replace_links!(tx, id, category_groups::group_id, groups)
}
