//! What was probably meant by an id or a name that does not exist.

use unicom_auth::users;
use unicom_db::queries::{bots, categories, channels, groups, members};
use unicom_db::{Db, DbError};

use crate::most_like::most_like;

/// The number of members that are compared. Other kinds are compared completely.
const MAX_MEMBERS: i64 = 10_000;

/// Returns the id or name of the item of this kind, such as `bot`, that is most like `id`. Returns
/// `None` if no item is like it.
pub(super) fn nearest(db: &mut Db, what: &str, id: &str) -> Result<Option<String>, DbError> {
    let known = match what {
        "bot" => each(bots::list(db)?, |bot| bot.name),
        "user" => each(users::list(db)?, |user| user.username),
        "channel" => each(channels::list(db)?, |channel| channel.id.to_string()),
        "category" => each(categories::list(db)?, |category| category.id.to_string()),
        "group" => each(groups::list(db)?, |group| group.id.to_string()),
        "member" => each(members::list(db, None, None, MAX_MEMBERS)?, |member| {
            member.id.to_string()
        }),
        _ => Vec::new(),
    };
    Ok(most_like(id, known))
}

fn each<T>(all: Vec<T>, id: impl FnMut(T) -> String) -> Vec<String> {
    all.into_iter().map(id).collect()
}
