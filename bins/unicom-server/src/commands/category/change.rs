//! The commands `unicom category create`, `update` and `delete`.

use serde_json::{Value, json};
use unicom_core::{
    Bots, CoreError,
    admin::{create_category, update_category},
};
use unicom_db::{Database, Tx, queries::categories};
use unicom_matchers::Matchers;
use unicom_models::{CategoryId, RequestCategory};

use super::arguments::{Changes, New};
use super::list::below;
use super::shown::Shown;
use crate::Failure;
use crate::commands::audit::note;
use crate::commands::{missing, refused, values::non_empty};
use crate::output::Format;

/// Creates a category.
pub(super) fn create(
    database: &Database,
    (bots, matchers): (Bots, Matchers),
    format: Format,
    new: New,
) -> Result<(), Failure> {
    let change = new.into_change();
    let details = Value::Object(change.for_audit());
    let made: Result<Shown, CoreError> = database
        .write(move |tx| {
            let category = create_category(tx, &bots, &matchers, change)?;
            noted(tx, "category.create", category, details)
        })
        .wait();
    let shown = made.map_err(refused)?;
    format.done(
        &format!("category `{}` is created", shown.category.id),
        &shown,
    )
}

/// Changes a category.
pub(super) fn update(
    database: &Database,
    (bots, matchers): (Bots, Matchers),
    format: Format,
    id: CategoryId,
    changes: Changes,
) -> Result<(), Failure> {
    let change = changes.into_change();
    let details = non_empty(change.for_audit())?;
    let changed: Result<Shown, CoreError> = database
        .write(move |tx| {
            let category = update_category(tx, &bots, &matchers, id, change)?;
            noted(tx, "category.update", category, details)
        })
        .wait();
    let shown = changed.map_err(refused)?;
    format.done(&format!("category `{id}` is changed"), &shown)
}

/// Deletes a category and those below it.
pub(super) fn delete(database: &Database, format: Format, id: CategoryId) -> Result<(), Failure> {
    let deleted: Result<Vec<CategoryId>, Failure> = database
        .write(move |tx| {
            let all = categories::list(tx)?;
            let ids: Vec<CategoryId> = below(&all, Some(id))
                .iter()
                .map(|(_, one)| one.id)
                .collect();
            if !categories::delete(tx, id)? {
                return Err(missing("category", id));
            }
            let details = json!({ "below": ids });
            note(tx, "category.delete", subject(id), details)?;
            Ok(ids)
        })
        .wait();
    let below = deleted?;
    let sentence = match below.len() {
        0 => format!("category `{id}` is deleted"),
        count => format!("category `{id}` and the {count} below it are deleted"),
    };
    format.done(&sentence, &json!({ "id": id, "below": below }))
}

/// Writes the audit entry for a category that was created or changed.
fn noted(
    tx: &mut Tx<'_>,
    action: &str,
    category: RequestCategory,
    details: Value,
) -> Result<Shown, CoreError> {
    note(tx, action, subject(category.id), details)?;
    Ok(Shown::of(tx, category)?)
}

fn subject(id: CategoryId) -> String {
    format!("category:{id}")
}
