//! What was probably meant by an id or a name that does not exist.

use strsim::osa_distance;
use unicom_auth::users;
use unicom_db::queries::{bots, categories, channels, groups, members};
use unicom_db::{Db, DbError};

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

/// Returns the text that differs least from `text`, by at most a third of its characters and at
/// most 3.
pub(super) fn most_like(text: &str, known: Vec<String>) -> Option<String> {
    let length = |text: &str| text.chars().count();
    let max = (length(text) / 3).clamp(1, 3);
    let differences = known.into_iter().map(|known| {
        let difference = osa_distance(text, &known);
        (difference, known)
    });
    differences
        .filter(|(difference, known)| {
            // They have something in common.
            *difference <= max && *difference < length(text).max(length(known))
        })
        .min()
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::most_like;

    #[test]
    fn most_like_returns_only_what_may_be_meant() {
        let most_like = |text: &str, known: &[&str]| {
            most_like(text, known.iter().map(|known| known.to_string()).collect())
        };
        assert_eq!(
            most_like("ehco", &["parrot", "echo"]).as_deref(),
            Some("echo")
        );
        assert_eq!(
            most_like("echoo", &["echoes", "echo"]).as_deref(),
            Some("echo")
        );
        assert_eq!(most_like("12", &["1", "3"]).as_deref(), Some("1"));
        assert_eq!(most_like("7", &["1", "3"]), None);
        assert_eq!(most_like("eve", &["ada", "bob"]), None);
        assert_eq!(most_like("eve", &[]), None);
    }
}
