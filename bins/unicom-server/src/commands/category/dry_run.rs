//! The command `unicom category test`, which applies a category's matcher to a text.

use serde_json::json;
use unicom_core::matchers::{MatchInput, MatcherCompiler};
use unicom_db::{
    Db, DbError,
    queries::{accounts, categories, channels, members},
};
use unicom_matchers::Matchers;
use unicom_models::{
    Account, AccountId, CategoryId, Channel, ChannelId, Direction, Member, Message, UtcTime,
};
use unicom_webchat::WebChat;

use crate::Failure;
use crate::commands::{Context, missing};

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
        let category = categories::get(db, id)?.ok_or_else(|| missing("category", id))?;
        let writer = match account.map(AccountId::from) {
            Some(id) => known(db, &id)?.ok_or_else(|| missing("account", &id))?,
            None => unknown(),
        };
        Ok((category, writer.says(text)))
    })?;
    let name = &category.name;
    let Some(matcher) = &category.matcher else {
        let sentence = format!("category `{name}` has no matcher");
        return format.done(&sentence, &json!({ "id": id, "matches": null }));
    };
    let matches = Matchers::default()
        .compile(matcher)
        .map_err(|error| error.to_string())
        .and_then(|matcher| {
            let answer = matcher.matches(&input);
            answer.map_err(|reason| format!("matcher failed: {reason}"))
        })
        .map_err(|error| Failure::Failed(format!("category `{name}`: {error}")))?;
    let sentence = if matches {
        format!("category `{name}` matches")
    } else {
        format!("category `{name}` does not match")
    };
    format.done(&sentence, &json!({ "id": id, "matches": matches }))
}

/// The author of a text, and the channel it is written on.
struct Writer {
    account: Account,
    member: Option<Member>,
    channel: Channel,
}

/// Returns an existing account as the author, on the channel where it first wrote. Returns `None`
/// if the account does not exist.
fn known(db: &mut Db, id: &AccountId) -> Result<Option<Writer>, DbError> {
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
    Ok(Some(Writer {
        account,
        member,
        channel,
    }))
}

/// Returns an unknown visitor of a web chat as the author.
fn unknown() -> Writer {
    let now = UtcTime::now();
    let channel = Channel {
        id: ChannelId(0),
        name: "Test".to_owned(),
        platform: WebChat::KIND.into(),
        config: json!({}),
        active: true,
        error: None,
        confirmed_webhook_url: None,
        created_at: now,
        updated_at: now,
    };
    let account = Account::new("test".into(), &channel, "Test".to_owned(), now);
    Writer {
        account,
        member: None,
        channel,
    }
}

impl Writer {
    fn says(self, text: String) -> MatchInput {
        let chat_id = self.account.id.as_str().into();
        let (direction, now) = (Direction::Incoming, UtcTime::now());
        let message = Message {
            sender_id: Some(self.account.id.clone()),
            sender_name: self.account.name.clone(),
            text,
            ..Message::new(chat_id, self.channel.id, direction, now)
        };
        MatchInput {
            message,
            account: self.account,
            member: self.member,
            channel: self.channel,
        }
    }
}
