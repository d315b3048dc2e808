//! The command `unicom category test`, which applies a category's matcher to a text.

use serde_json::json;
use unicom_core::matchers::{MatchInput, MatcherCompiler};
use unicom_db::{
    Db, DbError,
    queries::{accounts, categories, channels, members},
};
use unicom_matchers::Matchers;
use unicom_models::{AccountId, CategoryId};

use crate::Failure;
use crate::commands::Context;

/// Reports whether the category's matcher matches `text`, as if written by `account`, or by an
/// unknown visitor if that is `None`.
pub(super) fn run(
    context: &Context<'_>,
    id: CategoryId,
    text: String,
    account: Option<String>,
) -> Result<(), Failure> {
    let format = context.format;
    let (category, input) = context.read(move |db| -> Result<_, Failure> {
        let category = categories::get(db, id)?.ok_or_else(|| Failure::missing("category", id))?;
        let input = match account.map(AccountId::from) {
            Some(id) => {
                written_by(db, &id, text)?.ok_or_else(|| Failure::missing("account", &id))?
            }
            None => MatchInput::of_visitor(text),
        };
        Ok((category, input))
    })?;
    let name = &category.name;
    let Some(matcher) = &category.matcher else {
        let sentence = format!("category `{name}` has no matcher");
        return format.done(&sentence, &json!({ "id": id, "matches": null }));
    };
    let matches = input
        .matches(Matchers::default().compile(matcher))
        .map_err(|error| Failure::Failed(format!("category `{name}`: {error}")))?;
    let sentence = if matches {
        format!("category `{name}` matches")
    } else {
        format!("category `{name}` does not match")
    };
    format.done(&sentence, &json!({ "id": id, "matches": matches }))
}

/// Returns the input for a text by an existing account, on the channel where it first wrote.
/// Returns `None` if the account does not exist.
fn written_by(db: &mut Db, id: &AccountId, text: String) -> Result<Option<MatchInput>, DbError> {
    let Some(account) = accounts::get(db, id)? else {
        return Ok(None);
    };
    let Some(channel) = channels::get(db, account.channel_id)? else {
        return Ok(None);
    };
    let member = match account.member_id {
        Some(id) => members::get(db, id)?,
        None => None,
    };
    Ok(Some(MatchInput::new(text, account, member, channel)))
}
