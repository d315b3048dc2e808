//! Users who lost rights or changed their password after the backup.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use unicom_db::{Db, DbError, Tx, on_engine};
use unicom_models::UtcTime;

use super::carried_over::{CarriedOver, CarryOverError, PAGE, replaced};
use crate::schema::unicom_users as users;

/// A user row of one of the databases.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = users)]
pub(super) struct Row {
    id: i64,
    username: String,
    username_key: String,
    password_hash: String,
    is_staff: bool,
    is_active: bool,
    created_at: UtcTime,
    updated_at: UtcTime,
}

/// The users who are the same person in both databases, by id.
pub(super) struct Users {
    changed: Vec<(Row, Row)>,
    /// Ids of all of them, including those who did not change.
    ids: BTreeSet<i64>,
}

impl Users {
    pub(super) fn in_both(tx: &mut Tx<'_>, other: &mut Db) -> Result<Self, CarryOverError> {
        let (mut changed, mut ids) = (Vec::new(), BTreeSet::new());
        let mut after = i64::MIN;
        loop {
            let page = page(tx, after)?;
            let Some(last) = page.last() else {
                return Ok(Self { changed, ids });
            };
            after = last.id;
            let mut there = replaced(with_ids(other, page.iter().map(|row| row.id).collect()))?;
            for restored in page {
                let Some(then) = there.remove(&restored.id).filter(|then| restored.is(then)) else {
                    continue;
                };
                ids.insert(restored.id);
                if then.updated_at > restored.updated_at {
                    changed.push((restored, then));
                }
            }
        }
    }

    pub(super) fn has(&self, id: i64) -> bool {
        self.ids.contains(&id)
    }
}

impl Row {
    /// Returns `true` if the other row is of the same person. Ids may be assigned again after a
    /// restore, and names once a user is erased.
    fn is(&self, other: &Self) -> bool {
        let identity = |row: &Self| (row.id, row.username_key.clone(), row.created_at);
        identity(self) == identity(other)
    }
}

/// Applies the restrictions of the replaced database to users who changed after the backup, and
/// gives them the passwords that they have there.
pub(super) fn restrict_users(
    tx: &mut Tx<'_>,
    both: &Users,
    carried: &mut CarriedOver,
) -> Result<(), DbError> {
    for (restored, then) in &both.changed {
        let has_other_password = then.password_hash != restored.password_hash;
        let is_deactivated = restored.is_active && !then.is_active;
        let is_former_staff = restored.is_staff && !then.is_staff;
        for (is_so, names) in [
            (has_other_password, &mut carried.newer_passwords),
            (is_deactivated, &mut carried.deactivated_users),
            (is_former_staff, &mut carried.former_staff),
        ] {
            if is_so {
                names.push(restored.username.clone());
            }
        }
        if has_other_password || is_deactivated || is_former_staff {
            let db: &mut Db = tx;
            on_engine!(db, conn => diesel::update(users::table.find(restored.id))
                .set((
                    users::password_hash.eq(&then.password_hash),
                    users::is_active.eq(restored.is_active && then.is_active),
                    users::is_staff.eq(restored.is_staff && then.is_staff),
                    users::updated_at.eq(then.updated_at),
                ))
                .execute(conn))
            .map_err(DbError::from)?;
        }
    }
    Ok(())
}

fn page(db: &mut Db, after: i64) -> Result<Vec<Row>, DbError> {
    Ok(on_engine!(db, conn => users::table
        .filter(users::id.gt(after))
        .order(users::id)
        .limit(PAGE)
        .select(Row::as_select())
        .load(conn))?)
}

fn with_ids(db: &mut Db, ids: Vec<i64>) -> Result<BTreeMap<i64, Row>, DbError> {
    let rows: Vec<Row> = on_engine!(db, conn => users::table
        .filter(users::id.eq_any(ids))
        .select(Row::as_select())
        .load(conn))?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}
