//! Creating and changing categories of requests.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use unicom_db::{DbError, Tx, queries::categories};
use unicom_models::{CategoryId, ChannelId, GroupId, MemberId, RequestCategory, contains_nul};

use crate::matchers::MatcherCompiler;
use crate::validation::{checked_name, checked_text};
use crate::{Bots, CoreError, bots::check_bot_setting};

/// Maximum depth of the category tree.
const DEEPEST: usize = 16;

/// The fields of a category to set. `None` leaves a field unchanged.
#[derive(Debug, Clone, Default)]
pub struct CategoryChange {
    /// Name, 1 to 255 characters.
    pub name: Option<String>,
    /// What the category is for, at most 2,000 characters.
    pub description: Option<String>,
    /// The parent category, or `Some(None)` for none.
    pub parent_id: Option<Option<CategoryId>>,
    /// The position among its siblings. By default a new category comes last.
    pub sequence: Option<i32>,
    /// Whether requests may use the category. A new category is active by default.
    pub active: Option<bool>,
    /// Whether every requester may use the category. A new category is not public by default (as in
    /// the original).
    pub public: Option<bool>,
    /// The category matcher, which decides whether a message belongs to the category; see
    /// the crate `unicom-matchers`.
    pub matcher: Option<Option<Value>>,
    /// The bot that handles requests of the category instead of the channel's bot: a name, or an
    /// object with the bot's kind and settings.
    pub bot: Option<Option<Value>>,
    /// The channels on which the category can be used. Empty means all.
    pub channel_ids: Option<Vec<ChannelId>>,
    /// The members who may use the category if it is not public.
    pub member_ids: Option<Vec<MemberId>>,
    /// The groups whose members may use the category if it is not public.
    pub group_ids: Option<Vec<GroupId>>,
}

/// Creates a category.
///
/// # Errors
/// [`CoreError::Invalid`] names what is wrong, including a sequence that a sibling already has.
///
/// ```
/// use serde_json::json;
/// use unicom_core::{Bots, admin::{CategoryChange, create_category}, bots::Echo};
/// use unicom_matchers::Matchers;
/// # let test = unicom_testing::TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let database = test.database();
///
/// let refunds = CategoryChange {
///     name: Some("Refunds".to_owned()),
///     public: Some(true),
///     matcher: Some(Some(json!({"kind": "keywords", "any": ["refund", "money back"]}))),
///     bot: Some(Some(json!("echo"))),
///     ..CategoryChange::default()
/// };
/// let bots = Bots::default().with("echo", Echo);
/// let category = database
///     .write(move |tx| create_category(tx, &bots, &Matchers::default(), refunds))
///     .wait()?;
/// assert_eq!(category.sequence, 1);
/// # Ok::<(), unicom_core::CoreError>(())
/// ```
pub fn create_category(
    tx: &mut Tx<'_>,
    bots: &Bots,
    matchers: &dyn MatcherCompiler,
    change: CategoryChange,
) -> Result<RequestCategory, CoreError> {
    // Lock before reading the last sequence, so that no other transaction takes the next one too.
    categories::lock_tree(tx)?;
    let parent_id = change.parent_id.flatten();
    let sequence = match change.sequence {
        Some(sequence) => sequence,
        None => categories::last_sequence(tx, parent_id)?.saturating_add(1),
    };
    let now = tx.now();
    let mut category = RequestCategory {
        id: CategoryId::new(),
        parent_id,
        sequence,
        name: String::new(),
        description: String::new(),
        active: true,
        public: false,
        matcher: None,
        bot: None,
        created_at: now,
        updated_at: now,
    };
    apply(&mut category, &change);
    check(tx, bots, matchers, &mut category)?;
    check_place(tx, &category)?;
    categories::insert(tx, &category).map_err(taken_sequence)?;
    set_links(tx, category.id, &change)?;
    Ok(category)
}

/// Changes a category.
///
/// # Errors
/// [`CoreError::NotFound`]; [`CoreError::Invalid`] names what is wrong, including a parent below
/// the category itself.
///
/// ```
/// use unicom_core::{Bots, admin::{CategoryChange, create_category, update_category}};
/// use unicom_core::matchers::NoMatchers;
/// # let test = unicom_testing::TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let database = test.database();
///
/// let (name, hidden) = (Some("Refunds".to_owned()), Some(false));
/// let category = database
///     .write(move |tx| {
///         let (bots, matchers) = (Bots::default(), NoMatchers);
///         let refunds = CategoryChange { name, ..CategoryChange::default() };
///         let refunds = create_category(tx, &bots, &matchers, refunds)?;
///         let change = CategoryChange { active: hidden, ..CategoryChange::default() };
///         update_category(tx, &bots, &matchers, refunds.id, change)
///     })
///     .wait()?;
/// assert_eq!((category.name.as_str(), category.active), ("Refunds", false));
/// # Ok::<(), unicom_core::CoreError>(())
/// ```
pub fn update_category(
    tx: &mut Tx<'_>,
    bots: &Bots,
    matchers: &dyn MatcherCompiler,
    id: CategoryId,
    change: CategoryChange,
) -> Result<RequestCategory, CoreError> {
    // Every change locks the tree, not only a move: a change that locked only its row could
    // deadlock with one that locks the tree.
    categories::lock_tree(tx)?;
    let mut category =
        categories::get(tx, id)?.ok_or_else(|| CoreError::not_found("category", id))?;
    let parent_id = category.parent_id;
    apply(&mut category, &change);
    check(tx, bots, matchers, &mut category)?;
    if category.parent_id != parent_id {
        check_place(tx, &category)?;
    }
    // Compiled matchers are cached until this time changes.
    category.updated_at = tx.now();
    categories::update(tx, &category).map_err(taken_sequence)?;
    set_links(tx, id, &change)?;
    Ok(category)
}

fn apply(category: &mut RequestCategory, change: &CategoryChange) {
    if let Some(name) = &change.name {
        category.name.clone_from(name);
    }
    if let Some(description) = &change.description {
        category.description.clone_from(description);
    }
    category.parent_id = change.parent_id.unwrap_or(category.parent_id);
    category.sequence = change.sequence.unwrap_or(category.sequence);
    category.active = change.active.unwrap_or(category.active);
    category.public = change.public.unwrap_or(category.public);
    if let Some(matcher) = &change.matcher {
        category.matcher.clone_from(matcher);
    }
    if let Some(bot) = &change.bot {
        category.bot.clone_from(bot);
    }
}

fn set_links(tx: &mut Tx<'_>, id: CategoryId, change: &CategoryChange) -> Result<(), CoreError> {
    if let Some(channels) = &change.channel_ids {
        categories::set_channels(tx, id, channels)
            .map_err(|error| missing_link(error, "channel_ids", "channels"))?;
    }
    if let Some(members) = &change.member_ids {
        categories::set_members(tx, id, members)
            .map_err(|error| missing_link(error, "member_ids", "members"))?;
    }
    if let Some(groups) = &change.group_ids {
        categories::set_groups(tx, id, groups)
            .map_err(|error| missing_link(error, "group_ids", "groups"))?;
    }
    Ok(())
}

fn check(
    tx: &mut Tx<'_>,
    bots: &Bots,
    matchers: &dyn MatcherCompiler,
    category: &mut RequestCategory,
) -> Result<(), CoreError> {
    category.name = checked_name("name", &category.name)?;
    checked_text("description", &category.description, 2000)?;
    category.matcher = category.matcher.take().filter(|matcher| !matcher.is_null());
    category.bot = category.bot.take().filter(|bot| !bot.is_null());
    for (field, value) in [("matcher", &category.matcher), ("bot", &category.bot)] {
        if value.as_ref().is_some_and(contains_nul) {
            return Err(CoreError::Nul { field });
        }
    }
    if let Some(matcher) = &category.matcher {
        matchers
            .compile(matcher)
            .map_err(|error| CoreError::invalid("matcher", format!("is invalid: {error}")))?;
    }
    check_bot_setting(tx, bots, category.bot.as_ref()).map_err(|error| match error {
        CoreError::Channel(problem) => {
            CoreError::invalid("bot", format!("is invalid: {}", problem.0))
        }
        error => error,
    })
}

/// Checks that the category is not below itself and that the tree does not become too deep.
///
/// The tree must be locked.
fn check_place(tx: &mut Tx<'_>, category: &RequestCategory) -> Result<(), CoreError> {
    let refuse = |problem: String| Err(CoreError::invalid("parent_id", problem));
    let Some(parent) = category.parent_id else {
        return Ok(());
    };
    let parents: HashMap<_, _> = categories::parents(tx)?.into_iter().collect();
    if !parents.contains_key(&parent) {
        return refuse("must be the id of a category".to_owned());
    }
    let above = |id: &CategoryId| parents.get(id).copied().flatten();
    let mut deep = 0;
    for id in std::iter::successors(Some(parent), above).take(DEEPEST) {
        if id == category.id {
            return refuse("must not be below the category itself".to_owned());
        }
        deep += 1;
    }
    let mut level = HashSet::from([category.id]);
    // The limit also ends a cycle, which only the host could have created.
    while !level.is_empty() && deep <= DEEPEST {
        deep += 1;
        let below = |id: &&CategoryId| above(id).is_some_and(|parent| level.contains(&parent));
        level = parents.keys().filter(below).copied().collect();
    }
    if deep > DEEPEST {
        return refuse(format!(
            "must not make more than {DEEPEST} categories one below the other"
        ));
    }
    Ok(())
}

fn taken_sequence(error: DbError) -> CoreError {
    if error.is_unique_violation() {
        return CoreError::invalid(
            "sequence",
            "is taken by another category of the same parent",
        );
    }
    error.into()
}

fn missing_link(error: DbError, field: &'static str, what: &str) -> CoreError {
    if error.is_foreign_key_violation() || error.is_unique_violation() {
        return CoreError::invalid(field, format!("must name {what} that exist, each once"));
    }
    error.into()
}
