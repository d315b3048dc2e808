//! `Stage`: channels and a visitor, with whom cases are checked.

use serde_json::json;
use unicom_core::admin::{
    Actor, CategoryChange, Change, GroupChange, add_group_member, create_category, create_group,
};
use unicom_db::queries::{accounts, categories, messages};
use unicom_models::{CategoryId, GroupId, MemberId, Request, RequestCategory, RequestStatus};
use unicom_testing::TestDatabase;
use unicom_webchat::Visitor;

use super::case::End::{Asks, Nothing, Takes};
use super::case::{Case, On};
use crate::fixture::{Fixture, access, extensions};
use crate::pipeline::until;

/// A channel, a second channel, and a visitor who is a member of a group.
pub struct Stage {
    pub site: Fixture,
    pub another: Fixture,
    pub visitor: Visitor,
    pub member: MemberId,
    pub group: GroupId,
}

impl Stage {
    pub fn new(db: &TestDatabase) -> Self {
        let site = Fixture::new(db);
        let another = site.another(json!({}));
        let visitor = Visitor::user("7", "Ada");
        site.say(&visitor, "hello");
        let member = site.account("webchat_user_7").unwrap().member_id.unwrap();
        let group = site.write(move |tx| {
            let customers = GroupChange {
                name: Some("Customers".to_owned()),
                ..GroupChange::default()
            };
            let group = create_group(tx, &Actor::COMMAND_LINE, customers)?;
            add_group_member(tx, &Actor::COMMAND_LINE, group.id, member)?;
            Ok(group.id)
        });
        Self {
            site,
            another,
            visitor,
            member,
            group,
        }
    }

    /// Creates the categories of the case and sets the default category.
    pub fn set(&self, case: &Case) -> Vec<RequestCategory> {
        let (this, another) = (self.site.channel.id, self.another.channel.id);
        let (member, group) = (self.member, self.group);
        let (cats, default) = (case.categories.clone(), case.default);
        self.site.write(move |tx| {
            let mut made: Vec<RequestCategory> = Vec::new();
            for cat in cats {
                let id_of = |name| made.iter().find(|made| made.name == name).unwrap().id;
                let channel_ids = match cat.on {
                    None => vec![],
                    Some(On::This) => vec![this],
                    Some(On::Another) => vec![another],
                    Some(On::Both) => vec![this, another],
                };
                let change = CategoryChange {
                    name: Some(cat.name.to_owned()),
                    parent_id: Change::from(cat.under.map(id_of)),
                    sequence: cat.sequence,
                    active: Some(!cat.inactive),
                    public: Some(!cat.private),
                    channel_ids: Some(channel_ids),
                    member_ids: cat.for_member.then(|| vec![member]),
                    group_ids: cat.for_group.then(|| vec![group]),
                    ..CategoryChange::default()
                };
                let mut category =
                    create_category(tx, &Actor::COMMAND_LINE, &extensions(), change)?;
                // Set without the service, which would refuse some of these matchers.
                category.matcher = cat.matcher;
                categories::update(tx, &category)?;
                made.push(category);
            }
            let default =
                default.map(|name| made.iter().find(|made| made.name == name).unwrap().id);
            accounts::set_default_category(tx, &"webchat_user_7".into(), default)?;
            Ok(made)
        })
    }

    pub fn clear(&self) {
        self.site.write(|tx| {
            for category in categories::list(tx)? {
                categories::delete(tx, category.id)?;
            }
            Ok(())
        });
    }

    pub fn check(&self, case: &Case) {
        let about = case.about;
        let made = self.set(case);
        let name_of = |id: Option<CategoryId>| {
            id.map(|id| made.iter().find(|made| made.id == id).unwrap().name.clone())
        };
        let message = self.site.say(&self.visitor, case.text);
        let request = || self.site.request_of(&message);
        until(about, || request().due_at.is_none());
        let request = request();
        let (end, replies) = match case.end {
            Takes(name) => ((RequestStatus::Queued, Some(name.to_owned())), 0),
            Nothing => ((RequestStatus::Queued, None), 0),
            Asks => ((RequestStatus::CategoryListSent, None), 1),
        };
        assert_eq!(
            (request.status, name_of(request.category_id)),
            end,
            "{about}: {request:?}"
        );
        assert_eq!(self.replies(&request).len(), replies, "{about}");
        let account = self.site.account("webchat_user_7").unwrap();
        let default = name_of(account.default_category_id);
        assert_eq!(default.as_deref(), case.default_after, "{about}");
        let notes = request.metadata.get("notes").cloned().unwrap_or(json!([]));
        match case.note {
            Some(note) => assert!(
                notes[0].as_str().is_some_and(|line| line.contains(note)),
                "{about}: {notes}"
            ),
            None => assert_eq!(notes, json!([]), "{about}"),
        }
        self.clear();
    }

    pub fn replies(&self, request: &Request) -> Vec<String> {
        let chat_id = request.chat_id.clone();
        let id = request.message_id;
        self.site.read(move |db| {
            let account = "webchat_user_7".into();
            let access = access(db, &account, &chat_id);
            let page = messages::page(db, &access, messages::Walk::FromNewest, 10)?;
            Ok(page
                .into_iter()
                .filter(|message| message.reply_to_message_id == Some(id))
                .map(|message| message.text)
                .collect())
        })
    }
}
