//! The data of a message and its sender that scripts see.

use rhai::{Dynamic, Map, Scope};
use unicom_models::{Account, Channel, Member, Message};

use unicom_core::matchers::MatchInput;

/// Returns the constants of a script.
pub(super) fn constants(input: &MatchInput) -> Scope<'static> {
    let member = input.member.as_ref().map_or(Dynamic::UNIT, member);
    scope([
        message(&input.message),
        account(&input.account),
        member,
        channel(&input.channel),
    ])
}

/// Returns the names of the constants without values, so that other names are refused when a script
/// is saved.
pub(super) fn names() -> Scope<'static> {
    scope([const { Dynamic::UNIT }; 4])
}

fn scope([message, account, member, channel]: [Dynamic; 4]) -> Scope<'static> {
    let mut scope = Scope::new();
    scope
        .push_constant("message", message)
        .push_constant("account", account)
        .push_constant("member", member)
        .push_constant("channel", channel);
    scope
}

fn message(message: &Message) -> Dynamic {
    map([
        ("id", message.id.to_string().into()),
        ("chat_id", message.chat_id.to_string().into()),
        ("text", message.text.as_str().into()),
        ("html", or_unit(message.html.as_deref())),
        ("subject", or_unit(message.subject.as_deref())),
        ("media_type", message.media_type.as_str().into()),
        ("media_name", or_unit(message.media_name.as_deref())),
        ("sender_name", message.sender_name.as_str().into()),
        ("button", or_unit(message.clicked())),
    ])
}

fn account(account: &Account) -> Dynamic {
    map([
        ("id", account.id.as_str().into()),
        ("platform", account.platform.as_str().into()),
        ("name", account.name.as_str().into()),
        ("is_bot", account.is_bot.into()),
    ])
}

/// Returns the `member` constant, without unverified contact details. They may belong to another
/// person, so a script must not decide by them.
fn member(member: &Member) -> Dynamic {
    let email = member.email.as_deref().filter(|_| member.email_verified);
    let phone = member.phone.as_deref().filter(|_| member.phone_verified);
    map([
        ("id", member.id.to_string().into()),
        ("name", member.name.as_str().into()),
        ("email", or_unit(email)),
        ("phone", or_unit(phone)),
    ])
}

fn channel(channel: &Channel) -> Dynamic {
    map([
        ("id", channel.id.0.into()),
        ("platform", channel.platform.as_str().into()),
        ("name", channel.name.as_str().into()),
    ])
}

fn map<const N: usize>(fields: [(&str, Dynamic); N]) -> Dynamic {
    let fields = fields.map(|(name, value)| (name.into(), value));
    Map::from(fields).into()
}

fn or_unit(text: Option<&str>) -> Dynamic {
    text.map_or(Dynamic::UNIT, Into::into)
}
