//! What is said of a category on the command line.

use clap::Args;
use serde_json::Value;
use unicom_core::admin::CategoryChange;
use unicom_models::{CategoryId, ChannelId, GroupId, MemberId};

use crate::commands::values::{bot, choice, choices, matcher};

/// What can be said of a new category and of one that is there.
#[derive(Debug, Default, Args)]
struct Fields {
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// The category that it is part of
    #[arg(long, value_name = "ID")]
    parent: Option<CategoryId>,
    /// Its place among its siblings [default: the last, when it is made]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    sequence: Option<i32>,
    /// How a message is told to belong to it, for example '{"kind":"keywords","any":["refund"]}'
    #[arg(long, value_name = "JSON", value_parser = matcher)]
    matcher: Option<Value>,
    /// The bot that answers instead of the channel's: its name, or a JSON object with its kind and its settings
    #[arg(long, value_name = "NAME|JSON", value_parser = bot)]
    bot: Option<Value>,
    /// A channel where it can be taken; without one, it can be on all. Can be given several times
    #[arg(long, value_name = "ID")]
    channel: Vec<ChannelId>,
    /// A member who may take it though it is not public. Can be given several times
    #[arg(long, value_name = "ID")]
    member: Vec<MemberId>,
    /// A group whose members may take it though it is not public. Can be given several times
    #[arg(long, value_name = "ID")]
    group: Vec<GroupId>,
}

/// A category to make.
#[derive(Debug, Args)]
pub(crate) struct New {
    /// Its name
    name: String,
    #[command(flatten)]
    fields: Fields,
    /// Every requester may take it
    #[arg(long)]
    public: bool,
    /// Nobody may take it yet
    #[arg(long)]
    inactive: bool,
}

/// What is to be changed of a category; lists are replaced as a whole.
#[derive(Debug, Default, Args)]
pub(crate) struct Changes {
    /// Another name
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    fields: Fields,
    /// Whether every requester may take it
    #[arg(long)]
    public: Option<bool>,
    /// Whether requests may take it at all
    #[arg(long)]
    active: Option<bool>,
    /// No category above it
    #[arg(long, conflicts_with = "parent")]
    no_parent: bool,
    /// No matcher
    #[arg(long, conflicts_with = "matcher")]
    no_matcher: bool,
    /// No bot of its own
    #[arg(long, conflicts_with = "bot")]
    no_bot: bool,
    /// On all channels
    #[arg(long, conflicts_with = "channel")]
    any_channel: bool,
    /// No members
    #[arg(long, conflicts_with = "member")]
    no_members: bool,
    /// No groups
    #[arg(long, conflicts_with = "group")]
    no_groups: bool,
}

impl New {
    /// What is to be set.
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
    /// What is to be set.
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
