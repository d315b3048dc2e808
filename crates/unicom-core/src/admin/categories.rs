//! Creating, changing and deleting categories of requests.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;
use serde_json::{Map, Value, json};
use unicom_db::{DbError, Tx, queries::categories};
use unicom_models::{CategoryId, ChannelId, GroupId, MemberId, RequestCategory, contains_nul};

use super::audit::{bot_for_audit, fields_set, set_or_cleared};
use super::fields::{Change, ids};
use crate::admin::{Actor, Extensions};
use crate::validation::{checked_name, checked_text};
use crate::{CoreError, bots::check_bot_setting};

/// Maximum depth of the category tree.
const DEEPEST: usize = 16;

/// The changes to a category. A missing field stays as it is. A list replaces the previous one.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CategoryChange {
    /// The name of the category.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 255))]
    pub name: Option<String>,
    /// What the category is for.
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    pub description: Option<String>,
    /// The parent category, not a descendant of this one; `null` for none.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<CategoryId>))]
    pub parent_id: Change<CategoryId>,
    /// The position among siblings, unique; by default the last.
    pub sequence: Option<i32>,
    /// Whether requests may use the category. By default true.
    pub active: Option<bool>,
    /// Whether every requester may use the category. By default false.
    pub public: Option<bool>,
    /// The category matcher, which decides whether a message belongs to the category: an object
    /// with its `kind` and settings; `null` for none.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub matcher: Change<Value>,
    /// A bot's name, or an object with `kind` and settings; `null` for the channel's bot.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Value>))]
    pub bot: Change<Value>,
    /// The channels it is restricted to; an empty list for all.
    #[serde(default, deserialize_with = "ids")]
    #[cfg_attr(feature = "openapi", schema(max_items = 1000))]
    pub channel_ids: Option<Vec<ChannelId>>,
    /// Members who may use it even if it is not public.
    #[serde(default, deserialize_with = "ids")]
    #[cfg_attr(feature = "openapi", schema(max_items = 1000))]
    pub member_ids: Option<Vec<MemberId>>,
    /// Groups whose members may use it even if it is not public.
    #[serde(default, deserialize_with = "ids")]
    #[cfg_attr(feature = "openapi", schema(max_items = 1000))]
    pub group_ids: Option<Vec<GroupId>>,
}

impl CategoryChange {
    /// Describes the change for the audit trail.
    fn for_audit(&self) -> Map<String, Value> {
        let bot = self.bot.as_ref().new_state();
        let bot = bot.map(|bot| bot.map_or(Value::Null, bot_for_audit));
        fields_set([
            ("name", self.name.as_ref().map(|name| json!(name))),
            (
                "description",
                self.description.as_ref().map(|_| json!("set")),
            ),
            ("parent_id", self.parent_id.new_state().map(|id| json!(id))),
            ("sequence", self.sequence.map(Value::from)),
            ("active", self.active.map(Value::Bool)),
            ("public", self.public.map(Value::Bool)),
            ("matcher", set_or_cleared(&self.matcher)),
            ("bot", bot),
            (
                "channel_ids",
                self.channel_ids.as_ref().map(|ids| json!(ids)),
            ),
            ("member_ids", self.member_ids.as_ref().map(|ids| json!(ids))),
            ("group_ids", self.group_ids.as_ref().map(|ids| json!(ids))),
        ])
    }
}

/// Creates a category.
///
/// # Errors
/// [`CoreError::Invalid`] names what is wrong, including a sequence that a sibling already has.
///
/// ```
/// use serde_json::json;
/// use unicom_core::{Bots, admin::*, bots::Echo};
/// use unicom_matchers::Matchers;
/// # let test = unicom_testing::TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let database = test.database();
///
/// let refunds = CategoryChange {
///     name: Some("Refunds".to_owned()),
///     public: Some(true),
///     matcher: Change::Set(json!({"kind": "keywords", "any": ["refund", "money back"]})),
///     bot: Change::Set(json!("echo")),
///     ..CategoryChange::default()
/// };
/// let extensions = Extensions::default()
///     .with_bots(Bots::default().with("echo", Echo))
///     .with_matchers(Matchers::default());
/// let category = database
///     .write(move |tx| create_category(tx, &Actor::COMMAND_LINE, &extensions, refunds))
///     .wait()?;
/// assert_eq!(category.sequence, 1);
/// # Ok::<(), unicom_core::CoreError>(())
/// ```
pub fn create_category(
    tx: &mut Tx<'_>,
    actor: &Actor,
    extensions: &Extensions,
    change: CategoryChange,
) -> Result<RequestCategory, CoreError> {
    // Lock before reading the last sequence, so that no other transaction takes the next one too.
    categories::lock_tree(tx)?;
    let parent_id = change.parent_id.new_state().flatten();
    let sequence = match change.sequence {
        Some(sequence) => sequence,
        None => categories::last_sequence(tx, parent_id)?.saturating_add(1),
    };
    let mut category = RequestCategory::new(String::new(), sequence, tx.now());
    apply(&mut category, &change);
    check(tx, extensions, &mut category)?;
    check_place(tx, &category)?;
    categories::insert(tx, &category).map_err(taken_sequence)?;
    set_links(tx, category.id, &change)?;
    actor.record(
        tx,
        "category.create",
        subject(category.id),
        change.for_audit(),
    )?;
    Ok(category)
}

/// Changes a category.
///
/// # Errors
/// [`CoreError::NotFound`]; [`CoreError::Invalid`] names what is wrong, including a parent below
/// the category itself.
///
/// ```
/// use unicom_core::admin::*;
/// # let test = unicom_testing::TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let database = test.database();
///
/// let (name, hidden) = (Some("Refunds".to_owned()), Some(false));
/// let category = database
///     .write(move |tx| {
///         let (actor, extensions) = (Actor::COMMAND_LINE, Extensions::default());
///         let refunds = CategoryChange { name, ..CategoryChange::default() };
///         let refunds = create_category(tx, &actor, &extensions, refunds)?;
///         let change = CategoryChange { active: hidden, ..CategoryChange::default() };
///         update_category(tx, &actor, &extensions, refunds.id, change)
///     })
///     .wait()?;
/// assert_eq!((category.name.as_str(), category.active), ("Refunds", false));
/// # Ok::<(), unicom_core::CoreError>(())
/// ```
pub fn update_category(
    tx: &mut Tx<'_>,
    actor: &Actor,
    extensions: &Extensions,
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
    check(tx, extensions, &mut category)?;
    if category.parent_id != parent_id {
        check_place(tx, &category)?;
    }
    // Compiled matchers are cached until this time changes.
    category.updated_at = tx.now();
    categories::update(tx, &category).map_err(taken_sequence)?;
    set_links(tx, id, &change)?;
    actor.record(tx, "category.update", subject(id), change.for_audit())?;
    Ok(category)
}

/// Deletes a category and its descendants. Returns the ids of the descendants. Their requests stay,
/// without a category.
///
/// # Errors
/// [`CoreError::NotFound`].
pub fn delete_category(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: CategoryId,
) -> Result<Vec<CategoryId>, CoreError> {
    let missing = || CoreError::not_found("category", id);
    let below = categories::delete(tx, id)?.ok_or_else(missing)?;
    actor.record(tx, "category.delete", subject(id), json!({}))?;
    Ok(below)
}

fn apply(category: &mut RequestCategory, change: &CategoryChange) {
    if let Some(name) = &change.name {
        category.name.clone_from(name);
    }
    if let Some(description) = &change.description {
        category.description.clone_from(description);
    }
    category.parent_id = change.parent_id.new_state().unwrap_or(category.parent_id);
    category.sequence = change.sequence.unwrap_or(category.sequence);
    category.active = change.active.unwrap_or(category.active);
    category.public = change.public.unwrap_or(category.public);
    if let Some(matcher) = change.matcher.as_ref().new_state() {
        category.matcher = matcher.cloned();
    }
    if let Some(bot) = change.bot.as_ref().new_state() {
        category.bot = bot.cloned();
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
    extensions: &Extensions,
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
        let compiled = extensions.matchers.compile(matcher);
        compiled.map_err(|error| CoreError::invalid("matcher", format!("is invalid: {error}")))?;
    }
    check_bot_setting(tx, &extensions.bots, category.bot.as_ref()).map_err(|error| match error {
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

fn subject(id: CategoryId) -> String {
    format!("category:{id}")
}
