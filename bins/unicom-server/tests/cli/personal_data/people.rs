//! Two people who have data in every place that can hold personal data.

use diesel::connection::SimpleConnection;
use serde_json::json;
use unicom_auth::{Scope, admin, users::NewUser};
use unicom_content::media::ObjectMediaStore;
use unicom_core::admin::Actor;
use unicom_core::media::{MediaSource, MediaStore};
use unicom_core::{
    IncomingMessage, OutgoingMessage,
    inbound::{PlatformEvent, Sender, receive},
};
use unicom_db::queries::{accounts, channels, chats, deliveries, groups};
use unicom_db::{DbError, Tx, on_engine};
use unicom_models::{Channel, ChannelId, ChatId, MediaType, MemberId, StoredMedia};
use unicom_testing::{FakePlatform, TestDatabase, block_on};
use unicom_webchat::{
    GuestId, NewMessage, Visitor, WebChatError, migrate_guest_to_user, save_webchat_message,
    send_webchat_message,
};

use crate::workspace::Workspace;

/// A person in the database.
pub struct Person {
    pub name: &'static str,
    pub user_id: i64,
    pub member: MemberId,
}

impl Person {
    pub fn account(&self) -> String {
        format!("webchat_user_{}", self.user_id)
    }

    /// Creates a person with data in every place.
    fn make(db: &TestDatabase, home: &Workspace, channel: ChannelId, name: &'static str) -> Self {
        let mark = move |place: &str| format!("{name}-{place}");
        let media = ObjectMediaStore::local(home.path().join("media")).unwrap();
        let content = [b"\x89PNG\r\n\x1a\n".as_slice(), mark("content").as_bytes()].concat();
        let key = format!("messages/{name}.png");
        block_on(media.put(key.clone(), MediaSource::Bytes(content.into()))).unwrap();
        let made = db.write(move |tx| -> Result<Person, WebChatError> {
            let channel = channels::get(tx, channel)?.unwrap();
            let email = mark("email") + "@example.com";
            let new = NewUser::check(
                &mark("username"),
                "open-sesame",
                Some(&email),
                Some(&mark("displayname")),
            );
            let cli = Actor::COMMAND_LINE;
            let user = admin::create_user(tx, &cli, &new.unwrap(), "a hash").unwrap();
            admin::create_token(tx, &cli, user.id, &mark("token"), Scope::Admin, None).unwrap();
            // A guest who becomes the user.
            let guest = GuestId::new(format!("{name}guestkey"));
            save_webchat_message(
                tx,
                &channel,
                &Visitor::from(guest.clone()),
                NewMessage::text(mark("guest")),
            )?;
            let visitor = user.as_visitor();
            let account = migrate_guest_to_user(tx, &guest, &user.as_webchat_user())?.unwrap();
            let member = account.member_id.unwrap();
            write_as(tx, &channel, &visitor, mark, &key)?;
            // The same person by telephone.
            let incoming = PlatformEvent::message(
                Sender::new(format!("sms_of_{}", user.id), mark("displayname"))
                    .with_raw(json!({ "said": mark("accountraw") })),
                FakePlatform::chat(&format!("sms_chat_{}", user.id)),
                IncomingMessage {
                    text: mark("sms"),
                    ..IncomingMessage::default()
                },
            );
            let sent = receive(tx, &channel, incoming)?
                .into_saved()
                .unwrap()
                .message;
            accounts::link_member(tx, &sent.sender_id.unwrap(), member)?;
            Ok(Person {
                name,
                user_id: user.id,
                member,
            })
        });
        made.fill(db, mark);
        made
    }

    /// Fills columns that no service writes by itself, or none that these tests can run.
    fn fill(&self, db: &TestDatabase, mark: impl Fn(&str) -> String) {
        let (account, user) = (self.account(), self.user_id);
        let statements = [
            format!(
                "UPDATE unicom_members SET name = '{}', phone = '{}' WHERE user_id = '{user}'",
                mark("member"),
                mark("phone")
            ),
            format!(
                "UPDATE unicom_messages SET html = '{}', subject = '{}', raw = '{{\"r\":\"{}\"}}', provider_message_id = '{}', \
                 interactive_buttons = '[\"{}\"]' WHERE text = '{}'",
                mark("html"),
                mark("subject"),
                mark("raw"),
                mark("provider"),
                mark("buttons"),
                mark("text"),
            ),
            format!(
                "UPDATE unicom_requests SET display_text = '{}', error = '{}', metadata = '{{\"notes\":[\"{}\"]}}', email = '{}', \
                 status = 'FAILED', due_at = NULL WHERE account_id = '{account}'",
                mark("line"),
                mark("error"),
                mark("notes"),
                mark("requestemail"),
            ),
            format!(
                "UPDATE unicom_deliveries SET error = '{}' WHERE chat_id = '{}'",
                mark("undelivered"),
                self.title_chat()
            ),
            format!(
                "INSERT INTO unicom_message_edits (message_id, revision, text, edited_at) \
                 SELECT id, 1, '{}', timestamp FROM unicom_messages WHERE text = '{}'",
                mark("earlier"),
                mark("text"),
            ),
            format!(
                "INSERT INTO unicom_message_failures (message_id, code, reason, failed_at) \
                 SELECT id, '7', '{}', timestamp FROM unicom_messages WHERE text = '{}'",
                mark("failure"),
                mark("answer"),
            ),
            format!(
                "INSERT INTO unicom_sessions (key_hash, state, user_id, created_at, expires_at) \
                 SELECT '{0}', '{{\"csrf_nonce\":\"{0}\"}}', id, created_at, updated_at FROM unicom_users WHERE id = {user}",
                mark("state"),
            ),
        ];
        let mut connection = db.connection();
        on_engine!(&mut connection, conn => {
            for statement in statements {
                conn.batch_execute(&statement).unwrap();
            }
        });
    }

    /// Returns the id of the chat that has a name and metadata.
    fn title_chat(&self) -> String {
        format!("title_chat_of_{}", self.name)
    }
}

/// Writes a text, a file, a reply and an internal message in the chat that has a name.
fn write_as(
    tx: &mut Tx<'_>,
    channel: &Channel,
    visitor: &Visitor,
    mark: impl Fn(&str) -> String,
    key: &str,
) -> Result<(), WebChatError> {
    let name = mark("x").split('-').next().unwrap().to_owned();
    let id = ChatId::from(format!("title_chat_of_{name}"));
    let mut chat = unicom_models::Chat::new(id, channel, tx.now());
    chat.name = Some(mark("title"));
    chat.metadata = json!({ "note": mark("metadata") });
    chats::insert_if_absent(tx, &chat)?;
    chats::join(tx, &visitor.account_id(), &chat.id)?;
    let said = NewMessage {
        chat_id: Some(chat.id.clone()),
        client_message_id: Some(mark("client")),
        ..NewMessage::text(mark("text"))
    };
    let said = save_webchat_message(tx, channel, visitor, said)?.message;
    let file = StoredMedia {
        key: key.to_owned(),
        name: mark("filename") + ".png",
        content_type: "image/png".to_owned(),
        size: 20,
        sha256: "00".repeat(32),
        measures: unicom_models::MediaMeasures::default(),
    };
    let picture = NewMessage {
        chat_id: Some(chat.id.clone()),
        media: Some((MediaType::Image, file)),
        ..NewMessage::text("")
    };
    save_webchat_message(tx, channel, visitor, picture)?;
    let answer = OutgoingMessage {
        reply_to_message_id: Some(said.id),
        ..OutgoingMessage::text(mark("answer"))
    };
    let answer = send_webchat_message(tx, channel, &chat.id, answer)?;
    let chat = chats::lock(tx, &chat.id)?.unwrap();
    deliveries::queue(tx, &chat, &answer)?;
    let mut internal = unicom_models::Message::new(
        chat.id.clone(),
        channel.id,
        unicom_models::Direction::Internal,
        answer.timestamp.next(),
    );
    internal.text = mark("internal");
    Ok(unicom_db::queries::messages::insert(tx, &chat, &internal)?)
}

/// Has both people write in one chat, which Ann begins. Both get a reply there.
fn share(db: &TestDatabase, channel: ChannelId, people: [&Person; 2]) {
    let chat_id = ChatId::from("shared");
    let people = people.map(|person| (person.name, person.account(), person.user_id));
    for (name, account, user_id) in people {
        let chat_id = chat_id.clone();
        db.write(move |tx| -> Result<(), WebChatError> {
            let channel = channels::get(tx, channel)?.unwrap();
            let chat = unicom_models::Chat::new(chat_id.clone(), &channel, tx.now());
            chats::insert_if_absent(tx, &chat)?;
            chats::join(tx, &account.as_str().into(), &chat_id)?;
            let visitor = Visitor::user(user_id.to_string(), format!("{name}-displayname"));
            let said = NewMessage {
                chat_id: Some(chat_id.clone()),
                ..NewMessage::text(format!("{name}-shared"))
            };
            let said = save_webchat_message(tx, &channel, &visitor, said)?.message;
            let echo = OutgoingMessage {
                reply_to_message_id: Some(said.id),
                ..OutgoingMessage::text(format!("{name}-echo"))
            };
            send_webchat_message(tx, &channel, &chat_id, echo)?;
            Ok(())
        });
    }
}

/// Adds both people to a group and permits them a category.
fn belong(db: &TestDatabase, home: &Workspace, people: [&Person; 2]) {
    let group = home.json(&["group", "create", "Customers"])["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let category = home.json(&["category", "create", "Repairs"])["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let members = people.map(|person| person.member);
    for member in members {
        home.run(&[
            "category",
            "update",
            &category,
            "--member",
            &members[0].to_string(),
            "--member",
            &members[1].to_string(),
        ])
        .ok();
        let group = group.parse().unwrap();
        db.write(move |tx| -> Result<_, DbError> { groups::add_member(tx, group, member) });
    }
}

/// Creates two people who have data in every place.
pub fn two_people(db: &TestDatabase, home: &Workspace) -> (Person, Person) {
    let channel = ChannelId(home.echo_channel());
    let ann = Person::make(db, home, channel, "ann");
    let bob = Person::make(db, home, channel, "bob");
    share(db, channel, [&ann, &bob]);
    belong(db, home, [&ann, &bob]);
    (ann, bob)
}
