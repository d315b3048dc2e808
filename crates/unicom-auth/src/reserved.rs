//! Names that visitors may not take: those of admins and bots, and words that suggest one.

use diesel::prelude::*;
use serde_json::Value;
use unicom_core::outbound::sender_name;
use unicom_db::queries::{bots, channels};
use unicom_db::{Db, DbError, Tx, on_engine};

use crate::names::skeleton;
use crate::schema::unicom_users as users;

/// Words that a visitor's name must not consist of.
const WORDS: [&str; 18] = [
    "admin",
    "administrator",
    "bot",
    "help",
    "helpdesk",
    "mod",
    "moderator",
    "official",
    "operator",
    "owner",
    "postmaster",
    "root",
    "security",
    "staff",
    "support",
    "system",
    "unicom",
    "webmaster",
];

/// The skeletons of the names that are currently reserved.
pub(crate) struct Reserved(Vec<String>);

impl Reserved {
    /// Reads the names of admins and bots. They cannot change until the transaction ends if
    /// [`lock_names`](crate::users::lock_names) was called.
    pub fn read(tx: &mut Tx<'_>) -> Result<Self, DbError> {
        let db: &mut Db = tx;
        let admin: Vec<(String, String)> = on_engine!(db, conn => users::table
            .filter(users::is_staff)
            .select((users::username, users::display_name))
            .load(conn))?;
        let mut names: Vec<String> = admin
            .iter()
            .flat_map(|(username, display_name)| [username, display_name])
            .map(|name| core(&skeleton(name)))
            .collect();
        names.extend(bots::list(db)?.iter().map(|bot| core(&skeleton(&bot.name))));
        for channel in channels::list(db)? {
            names.push(core(&skeleton(&sender_name(&channel))));
            // A bot configured in the channel itself.
            if let Some(Value::String(bot)) = channel.config.get("bot") {
                names.push(core(&skeleton(bot)));
            }
        }
        Ok(Self(names))
    }

    /// Returns `true` if the name looks like a reserved one, whatever punctuation and reserved
    /// words surround it.
    pub fn contains(&self, name: &str) -> bool {
        let skeleton = skeleton(name);
        is_made_of_words(&skeleton) || self.0.contains(&core(&skeleton))
    }
}

/// Returns the letters and digits of a skeleton without leading and trailing reserved words: the
/// result is equal for `grace hopper` and `grace-hopper (admin)`. Returns the whole skeleton if it
/// has no letters or digits.
fn core(skeleton: &str) -> String {
    let mut parts = &parts(skeleton)[..];
    while let [first, rest @ ..] = parts
        && !rest.is_empty()
        && is_word(first)
    {
        parts = rest;
    }
    while let [rest @ .., last] = parts
        && !rest.is_empty()
        && is_word(last)
    {
        parts = rest;
    }
    match parts {
        [] => skeleton.to_owned(),
        parts => parts.concat(),
    }
}

fn parts(skeleton: &str) -> Vec<&str> {
    let parts = skeleton.split(|c: char| !c.is_alphanumeric());
    parts.filter(|part| !part.is_empty()).collect()
}

fn is_word(text: &str) -> bool {
    WORDS.iter().any(|word| skeleton(word) == text)
}

/// Returns `true` if the skeleton consists of reserved words, or is one with characters in between:
/// `Support (Admin)`, `s.u.p.p.o.r.t`.
fn is_made_of_words(skeleton: &str) -> bool {
    let parts = parts(skeleton);
    !parts.is_empty() && (parts.iter().all(|part| is_word(part)) || is_word(&parts.concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn additions_to_a_name_are_ignored() {
        let core = |name| core(&skeleton(name));
        for name in [
            "grace.hopper",
            "Grace-Hopper",
            "Grace Hopper (Staff)",
            "Support: Grace Hopper \u{2713}",
            "GraceHopper",
        ] {
            assert_eq!(core(name), core("Grace Hopper"), "{name}");
        }
        assert_eq!(core("echo-bot"), core("echo"));
        assert_ne!(core("Grace Hoppers"), core("Grace Hopper"));
        assert_ne!(core("🦊"), core("🐺"));
        assert_eq!(core("Staff"), core("staff"));
    }

    #[test]
    fn reserved_words_in_every_spelling() {
        for name in [
            "admin",
            "Admin",
            "SUPPORT",
            "Support (Staff)",
            "s.u.p.p.o.r.t",
            "-root-",
            "ѕuрроrt",
            "unicom-support",
            "ｓｔａｆｆ",
            "m0derat0r",
        ] {
            assert!(is_made_of_words(&skeleton(name)), "{name}");
        }
        for name in ["", "...", "Ada Admin", "adminton", "rooter", "🦊"] {
            assert!(!is_made_of_words(&skeleton(name)), "{name}");
        }
    }
}
