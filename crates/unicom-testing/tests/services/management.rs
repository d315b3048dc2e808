//! Tests that each management action leaves exactly one entry in the audit trail, in the
//! transaction of the change, and that a failed action leaves none.

use diesel::RunQueryDsl;
use serde_json::json;
use unicom_core::admin::*;
use unicom_core::{CoreError, OutgoingMessage};
use unicom_db::queries::{audit, chats, deliveries};
use unicom_db::{DbError, Tx, on_engine};
use unicom_models::{AuditEntry, CategoryId, ChannelId, GroupId, MemberId, MessageId, RequestId};
use unicom_testing::{TestDatabase, both_engines};
use unicom_webchat::Visitor;

use crate::fixture::{Fixture, extensions};

/// The admin of these tests.
const ADMIN: Actor = Actor::COMMAND_LINE;

type Action = Box<dyn Fn(&mut Tx<'_>) -> Result<(), CoreError> + Send + Sync>;

/// An action with the expected action and subject of its entry, and the same action on something
/// that does not exist or with something invalid.
struct Case {
    action: &'static str,
    subject: String,
    good: Action,
    bad: Action,
}

fn case<T, U>(
    action: &'static str,
    subject: impl ToString,
    good: impl Fn(&mut Tx<'_>) -> Result<T, CoreError> + Send + Sync + 'static,
    bad: impl Fn(&mut Tx<'_>) -> Result<U, CoreError> + Send + Sync + 'static,
) -> Case {
    Case {
        action,
        subject: subject.to_string(),
        good: Box::new(move |tx| good(tx).map(drop)),
        bad: Box::new(move |tx| bad(tx).map(drop)),
    }
}

fn member(name: &str) -> MemberChange {
    MemberChange {
        name: Some(name.to_owned()),
        ..MemberChange::default()
    }
}

fn group(name: &str) -> GroupChange {
    GroupChange {
        name: Some(name.to_owned()),
        ..GroupChange::default()
    }
}

fn category(name: &str) -> CategoryChange {
    CategoryChange {
        name: Some(name.to_owned()),
        ..CategoryChange::default()
    }
}

fn bot(name: &str) -> NewBot {
    NewBot {
        name: name.to_owned(),
        kind: "echo".to_owned(),
        config: json!({}),
    }
}

fn site(name: &str) -> NewChannel {
    NewChannel::new("WebChat", name)
}

fn channel(name: &str) -> ChannelChange {
    ChannelChange {
        name: Some(name.to_owned()),
        ..ChannelChange::default()
    }
}

fn anyone(_: &mut Tx<'_>, _: &str) -> Result<bool, DbError> {
    Ok(true)
}

fn trail(site: &Fixture) -> Vec<AuditEntry> {
    site.read(|db| audit::list(db, None, 1000))
}

/// The ids that the actions of the test change.
struct Resources {
    channel: ChannelId,
    member: MemberId,
    group: GroupId,
    category: CategoryId,
    request: RequestId,
    delivery: MessageId,
}

impl Resources {
    /// Creates one of each, with a visitor `4f3c` whose request has failed.
    fn make(fixture: &Fixture) -> Self {
        let visitor = Visitor::guest("4f3c");
        let message = fixture.say(&visitor, "Hello!");
        let request = fixture.request_of(&message).id;
        let answer = fixture.answer(&message.chat_id, "Hi!");
        let delivery = answer.id;
        fixture.write(move |tx| {
            let chat = chats::lock(tx, &answer.chat_id)?.unwrap();
            deliveries::queue(tx, &chat, &answer)?;
            for failed in [
                "UPDATE unicom_requests SET status = 'FAILED', due_at = NULL",
                "UPDATE unicom_deliveries SET status = 'dead', due_at = NULL",
            ] {
                on_engine!(&mut **tx, conn => diesel::sql_query(failed).execute(conn))
                    .map_err(DbError::from)?;
            }
            create_bot(tx, &ADMIN, &extensions(), bot("parrot"))?;
            Ok(Self {
                channel: create_channel(tx, &ADMIN, &extensions(), site("Unused"))?.id,
                member: create_member(tx, &ADMIN, member("Ada"), anyone)?.id,
                group: create_group(tx, &ADMIN, group("Partners"))?.id,
                category: create_category(tx, &ADMIN, &extensions(), category("Sales"))?.id,
                request,
                delivery,
            })
        })
    }

    /// The actions that change or delete the things, in an order in which each succeeds.
    #[rustfmt::skip]
    fn cases(&self, fixture: &Fixture) -> Vec<Case> {
        let Self { channel: channel_id, member: member_id, group: group_id, category: category_id, request, delivery } = *self;
        let (account, unknown) = (Visitor::guest("4f3c").account_id(), "unknown");
        let (subject, used) = (format!("account:{account}"), fixture.channel.id);
        let (unblocked, chat) = (account.clone(), fixture.requests()[0].chat_id.clone());
        let (gone_member, gone_group, gone_category) = (MemberId::new(), GroupId::new(), CategoryId::new());
        let gone_channel = ChannelId(4711);
        let text = || OutgoingMessage::text("Good morning");
        vec![
            case("account.block", &subject,
                move |tx| block_account(tx, &ADMIN, &account),
                move |tx| block_account(tx, &ADMIN, &unknown.into())),
            case("account.unblock", &subject,
                move |tx| unblock_account(tx, &ADMIN, &unblocked),
                move |tx| unblock_account(tx, &ADMIN, &unknown.into())),
            case("message.send", format!("chat:{chat}"),
                move |tx| send_to_chat(tx, &ADMIN, &extensions(), None, &chat, text()),
                move |tx| send_to_chat(tx, &ADMIN, &extensions(), None, &unknown.into(), text())),
            case("request.retry", format!("request:{request}"),
                move |tx| retry_request(tx, &ADMIN, request),
                move |tx| retry_request(tx, &ADMIN, request)),
            case("delivery.retry", format!("message:{delivery}"),
                move |tx| retry_delivery(tx, &ADMIN, delivery),
                move |tx| retry_delivery(tx, &ADMIN, delivery)),
            case("channel.update", format!("channel:{channel_id}"),
                move |tx| update_channel(tx, &ADMIN, &extensions(), channel_id, channel("Shop")),
                move |tx| update_channel(tx, &ADMIN, &extensions(), channel_id, channel(""))),
            case("channel.validate", format!("channel:{channel_id}"),
                move |tx| validate_channel(tx, &ADMIN, &extensions(), channel_id),
                move |tx| validate_channel(tx, &ADMIN, &extensions(), gone_channel)),
            case("bot.update", "bot:parrot",
                |tx| update_bot(tx, &ADMIN, &extensions(), "parrot", BotChange { config: json!({}) }),
                |tx| update_bot(tx, &ADMIN, &extensions(), "parrot", BotChange { config: json!(7) })),
            case("member.update", format!("member:{member_id}"),
                move |tx| update_member(tx, &ADMIN, member_id, member("Ada L."), anyone),
                move |tx| update_member(tx, &ADMIN, gone_member, member("Ada L."), anyone)),
            case("group.update", format!("group:{group_id}"),
                move |tx| update_group(tx, &ADMIN, group_id, group("Resellers")),
                move |tx| update_group(tx, &ADMIN, gone_group, group("Resellers"))),
            case("group.add_member", format!("group:{group_id}"),
                move |tx| add_group_member(tx, &ADMIN, group_id, member_id),
                move |tx| add_group_member(tx, &ADMIN, group_id, gone_member)),
            case("group.remove_member", format!("group:{group_id}"),
                move |tx| remove_group_member(tx, &ADMIN, group_id, member_id),
                move |tx| remove_group_member(tx, &ADMIN, gone_group, member_id)),
            case("category.update", format!("category:{category_id}"),
                move |tx| update_category(tx, &ADMIN, &extensions(), category_id, category("Returns")),
                move |tx| update_category(tx, &ADMIN, &extensions(), gone_category, category("Returns"))),
            case("channel.delete", format!("channel:{channel_id}"),
                move |tx| delete_channel(tx, &ADMIN, channel_id),
                move |tx| delete_channel(tx, &ADMIN, used)),
            case("bot.delete", "bot:parrot",
                |tx| delete_bot(tx, &ADMIN, "parrot"),
                |tx| delete_bot(tx, &ADMIN, "polly")),
            case("member.delete", format!("member:{member_id}"),
                move |tx| delete_member(tx, &ADMIN, member_id),
                move |tx| delete_member(tx, &ADMIN, gone_member)),
            case("group.delete", format!("group:{group_id}"),
                move |tx| delete_group(tx, &ADMIN, group_id),
                move |tx| delete_group(tx, &ADMIN, gone_group)),
            case("category.delete", format!("category:{category_id}"),
                move |tx| delete_category(tx, &ADMIN, category_id),
                move |tx| delete_category(tx, &ADMIN, gone_category)),
            // The ids of what they create are not known in advance.
            case("channel.create", "channel:",
                |tx| create_channel(tx, &ADMIN, &extensions(), site("Another")),
                |tx| create_channel(tx, &ADMIN, &extensions(), site(""))),
            case("bot.create", "bot:polly",
                |tx| create_bot(tx, &ADMIN, &extensions(), bot("polly")),
                |tx| create_bot(tx, &ADMIN, &extensions(), bot("echo"))),
            case("member.create", "member:",
                |tx| create_member(tx, &ADMIN, member("Bob"), anyone),
                |tx| create_member(tx, &ADMIN, member(""), anyone)),
            case("group.create", "group:",
                |tx| create_group(tx, &ADMIN, group("Friends")),
                |tx| create_group(tx, &ADMIN, group("Friends"))),
            case("category.create", "category:",
                |tx| create_category(tx, &ADMIN, &extensions(), category("Help")),
                |tx| create_category(tx, &ADMIN, &extensions(), category(""))),
        ]
    }
}

both_engines! {
    fn each_action_leaves_one_audit_entry(db: &TestDatabase) {
        let fixture = Fixture::new(db);
        for Case { action, subject, good, bad } in Resources::make(&fixture).cases(&fixture) {
            let before = trail(&fixture).len();
            // The entry is rolled back with the change.
            let good = std::sync::Arc::new(good);
            let undone = {
                let good = good.clone();
                fixture.database.write(move |tx| {
                    good(tx)?;
                    Err::<(), _>(CoreError::EmptyMessage)
                })
            };
            assert!(matches!(undone.wait(), Err(CoreError::EmptyMessage)), "{action}");
            assert_eq!(trail(&fixture).len(), before, "{action} was rolled back");

            fixture.write(move |tx| Ok(good(tx)?));
            let after = trail(&fixture);
            assert_eq!(after.len(), before + 1, "{action}");
            let entry = &after[0];
            assert_eq!((entry.actor.as_str(), entry.action.as_str()), ("cli", action));
            assert!(entry.subject.starts_with(&subject), "{action}: {}", entry.subject);

            let failed = fixture.database.write(bad).wait();
            assert!(failed.is_err(), "{action} was to fail");
            assert_eq!(trail(&fixture).len(), before + 1, "{action} failed");
        }
    }
}
