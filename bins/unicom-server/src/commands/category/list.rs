//! The command `unicom category list`, which prints the tree of categories.

use serde::Serialize;
use serde_json::Value;
use unicom_db::{DbError, queries::categories};
use unicom_models::{CategoryId, RequestCategory};

use super::shown::Shown;
use crate::{Failure, commands::Context};

/// A category, and its depth in the tree.
#[derive(Debug, Serialize)]
struct Listed {
    #[serde(skip)]
    depth: usize,
    #[serde(flatten)]
    shown: Shown,
}

/// Lists all categories: with names indented below those of their parents, or in JSON as a flat
/// list.
pub(super) fn run(context: &Context<'_>) -> Result<(), Failure> {
    let all = context.read(|db| -> Result<Vec<Listed>, DbError> {
        let all = categories::list(db)?;
        let listed = below(&all, None).into_iter().map(|(depth, category)| {
            let shown = Shown::of(db, category.clone())?;
            Ok(Listed { depth, shown })
        });
        listed.collect()
    })?;
    context.format.list_as(
        &all,
        [
            "NAME", "SEQUENCE", "ACTIVE", "PUBLIC", "MATCHER", "BOT", "ID",
        ],
        |listed| {
            let category = &listed.shown.category;
            [
                format!("{}{}", "  ".repeat(listed.depth), category.name),
                category.sequence.to_string(),
                category.active.to_string(),
                category.public.to_string(),
                name_in(category.matcher.as_ref()),
                name_in(category.bot.as_ref()),
                category.id.to_string(),
            ]
        },
    )
}

/// Returns the categories below `parent` with their depth below it, each before its children.
fn below(all: &[RequestCategory], parent: Option<CategoryId>) -> Vec<(usize, &RequestCategory)> {
    let mut found = Vec::new();
    for child in all.iter().filter(|one| one.parent_id == parent) {
        found.push((0, child));
        let deeper = below(all, Some(child.id));
        found.extend(deeper.into_iter().map(|(depth, one)| (depth + 1, one)));
    }
    found
}

/// Returns the name of a bot, or the kind of a bot or matcher that is an object. Returns `-` if
/// there is none.
fn name_in(setting: Option<&Value>) -> String {
    let name =
        setting.and_then(|setting| setting.as_str().or_else(|| setting.get("kind")?.as_str()));
    name.unwrap_or("-").to_owned()
}
