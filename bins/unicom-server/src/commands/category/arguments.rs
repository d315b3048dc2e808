//! The command-line arguments that describe a category.

use clap::Args;
use serde_json::Value;
use unicom_core::admin::CategoryChange;
use unicom_models::{CategoryId, ChannelId, GroupId, MemberId};

use crate::commands::values::{bot, choice, choices, object};

/// The options of both new and existing categories.
#[derive(Debug, Default, Args)]
struct Fields {
    /// What the category is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// The parent category
    #[arg(long, value_name = "ID")]
    parent: Option<CategoryId>,
    /// The position among the category's siblings [default: the last, for a new category]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    sequence: Option<i32>,
    /// The matcher that decides whether a message belongs to the category, for example
    /// '{"kind":"keywords","any":["refund"]}'
    #[arg(long, value_name = "JSON", value_parser = object)]
    matcher: Option<Value>,
    /// The bot that answers instead of the channel's: its name, or a JSON object with its kind and
    /// its settings
    #[arg(long, value_name = "NAME|JSON", value_parser = bot)]
    bot: Option<Value>,
    /// A channel on which the category can be used; without one, it can be used on all. Can be
    /// given several times
    #[arg(long, value_name = "ID")]
    channel: Vec<ChannelId>,
    /// A member who may use the category if it is not public. Can be given several times
    #[arg(long, value_name = "ID")]
    member: Vec<MemberId>,
    /// A group whose members may use the category if it is not public. Can be given several times
    #[arg(long, value_name = "ID")]
    group: Vec<GroupId>,
}

/// A category to create.
#[derive(Debug, Args)]
pub(crate) struct New {
    /// The category's name
    name: String,
    #[command(flatten)]
    fields: Fields,
    /// Let every requester use the category
    #[arg(long)]
    public: bool,
    /// Create the category inactive, so that it cannot be used yet
    #[arg(long)]
    inactive: bool,
}

/// The changes to a category. Lists are replaced as a whole.
#[derive(Debug, Default, Args)]
pub(crate) struct Changes {
    /// The new name
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    fields: Fields,
    /// Whether every requester may use the category
    #[arg(long)]
    public: Option<bool>,
    /// Whether requests may use the category at all
    #[arg(long)]
    active: Option<bool>,
    /// Remove the parent category
    #[arg(long, conflicts_with = "parent")]
    no_parent: bool,
    /// Remove the matcher
    #[arg(long, conflicts_with = "matcher")]
    no_matcher: bool,
    /// Remove the category's bot
    #[arg(long, conflicts_with = "bot")]
    no_bot: bool,
    /// Use the category on all channels
    #[arg(long, conflicts_with = "channel")]
    any_channel: bool,
    /// Remove all members
    #[arg(long, conflicts_with = "member")]
    no_members: bool,
    /// Remove all groups
    #[arg(long, conflicts_with = "group")]
    no_groups: bool,
}

impl New {
    /// Converts the arguments to a change.
    pub(super) fn into_change(self) -> CategoryChange {
        let changes = Changes {
            name: Some(self.name),
            fields: self.fields,
            public: self.public.then_some(true),
            active: self.inactive.then_some(false),
            ..Changes::default()
        };
        changes.into_change()
    }
}

impl Changes {
    /// Converts the arguments to a change.
    pub(super) fn into_change(self) -> CategoryChange {
        let fields = self.fields;
        CategoryChange {
            name: self.name,
            description: fields.description,
            parent_id: choice(fields.parent, self.no_parent),
            sequence: fields.sequence,
            active: self.active,
            public: self.public,
            matcher: choice(fields.matcher, self.no_matcher),
            bot: choice(fields.bot, self.no_bot),
            channel_ids: choices(fields.channel, self.any_channel),
            member_ids: choices(fields.member, self.no_members),
            group_ids: choices(fields.group, self.no_groups),
        }
    }
}
