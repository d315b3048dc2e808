//! `unicom category create`, `update` and `delete`.

use serde_json::{Value, json};
use unicom_core::{
    Bots, CategoryChange, CoreError, create_category, matchers::Matchers, update_category,
};
use unicom_db::{Database, Tx, queries::categories};
use unicom_models::{CategoryId, CategoryLinks, RequestCategory};

use super::Shown;
use super::arguments::{Changes, LinkChange, New};
use super::list::below;
use crate::Failure;
use crate::commands::audit::{keys, note, set, set_or_cleared};
use crate::commands::{missing, refused, values::something};
use crate::output::Format;

/// Makes a category.
pub(super) fn create(
    database: &Database,
    (bots, matchers): (Bots, Matchers),
    format: Format,
    new: New,
) -> Result<(), Failure> {
    let (mut change, links) = new.into_change();
    let details = details_of(&change, &links);
    change.links = Some(links.over(CategoryLinks::default()));
    let made: Result<Shown, CoreError> = database
        .write(move |tx| {
            let category = create_category(tx, &bots, &matchers, change)?;
            noted(tx, "category.create", category, details)
        })
        .wait();
    let shown = made.map_err(refused)?;
    format.done(&format!("category `{}` is made", shown.category.id), &shown)
}

/// Changes a category.
pub(super) fn update(
    database: &Database,
    (bots, matchers): (Bots, Matchers),
    format: Format,
    id: CategoryId,
    changes: Changes,
) -> Result<(), Failure> {
    let (mut change, links) = changes.into_change();
    let details = something(details_of(&change, &links))?;
    let changed: Result<Shown, CoreError> = database
        .write(move |tx| {
            change.links = Some(links.over(categories::links(tx, id)?));
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

/// Writes the audit line for a category that was made or changed.
fn noted(
    tx: &mut Tx<'_>,
    action: &str,
    category: RequestCategory,
    details: Value,
) -> Result<Shown, CoreError> {
    note(tx, action, subject(category.id), details)?;
    Ok(Shown::of(tx, category)?)
}

fn details_of(change: &CategoryChange, links: &LinkChange) -> Value {
    let description = change.description.as_ref().map(Some);
    let (channels, members) = (links.channel_ids.as_ref(), links.member_ids.as_ref());
    set([
        ("name", change.name.as_ref().map(|name| json!(name))),
        ("description", set_or_cleared(&description)),
        ("parent_id", change.parent_id.map(|id| json!(id))),
        ("sequence", change.sequence.map(Value::from)),
        ("active", change.active.map(Value::Bool)),
        ("public", change.public.map(Value::Bool)),
        ("matcher", set_or_cleared(&change.matcher)),
        ("bot", change.bot.as_ref().map(bot_of)),
        ("channel_ids", channels.map(|ids| json!(ids))),
        ("member_ids", members.map(|ids| json!(ids))),
        ("group_ids", links.group_ids.as_ref().map(|ids| json!(ids))),
    ])
}

/// A bot for the audit trail: its name, or its kind and the names of its settings.
fn bot_of(bot: &Option<Value>) -> Value {
    match bot {
        Some(settings @ Value::Object(fields)) => {
            json!({ "kind": fields.get("kind"), "config_keys": keys(settings) })
        }
        bot => json!(bot),
    }
}

fn subject(id: CategoryId) -> String {
    format!("category:{id}")
}
