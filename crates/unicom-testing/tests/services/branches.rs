//! Tests of the pages of a branch in a chat that has more messages than branches are looked for in.

use std::collections::HashSet;

use unicom_models::MessageId;
use unicom_testing::{TestDatabase, both_engines};
use unicom_webchat::{
    Anchor, Branch, MessagePageRequest, NewMessage, Visitor, WebChatError, save_webchat_message,
};

use crate::fixture::Fixture;

/// Number of messages after the alternatives.
const LATER: usize = 1_100;

/// Reads all pages of a branch, from the newest to the oldest. Returns the messages in the branch.
fn walk(site: &Fixture, guest: &Visitor, branch: Branch) -> Vec<MessageId> {
    let (mut seen, mut anchor) = (Vec::new(), None);
    loop {
        let page = MessagePageRequest {
            anchor,
            limit: 100,
            branch: Some(branch),
            ..MessagePageRequest::default()
        };
        let page = site.list(guest, page).unwrap();
        let in_branch = page.in_branch.unwrap();
        let ids = page.messages.iter().map(|message| message.id);
        seen.extend(ids.filter(|id| in_branch.contains(id)));
        match page.next {
            Some(id) => anchor = Some(Anchor::Before(id)),
            None => return seen,
        }
    }
}

both_engines! {
    fn alternatives_are_chosen_far_back_in_a_chat(db: &TestDatabase) {
        let site = Fixture::new(db);
        let guest = Visitor::guest("4f3c");
        let start = site.say(&guest, "start").id;
        let alternatives = ["one", "two"].map(|text| {
            let reply = NewMessage { reply_to_message_id: Some(start), ..NewMessage::text(text) };
            site.tell(&guest, reply).id
        });
        let (channel, writer) = (site.channel.clone(), guest.clone());
        let later = site.write(move |tx| {
            let saved = (0..LATER).map(|number| {
                let text = NewMessage::text(number.to_string());
                save_webchat_message(tx, &channel, &writer, text).map(|saved| saved.message.id)
            });
            saved.collect::<Result<Vec<MessageId>, WebChatError>>()
        });
        let [one, two] = alternatives;
        let expected = |alternative| {
            let older = [start, alternative];
            older.into_iter().chain(later.iter().copied()).rev().collect::<Vec<_>>()
        };
        assert_eq!(walk(&site, &guest, Branch::Latest), expected(two));
        assert_eq!(walk(&site, &guest, Branch::Through(later[LATER - 1])), expected(two));
        // A page of a message that is far back begins there, and has no newer messages.
        for alternative in alternatives {
            let seen = walk(&site, &guest, Branch::Through(alternative));
            let expected = expected(alternative);
            assert!(seen.len() > 900 && expected.ends_with(&seen), "{} messages", seen.len());
        }
        let page = MessagePageRequest { branch: Some(Branch::Through(one)), ..MessagePageRequest::default() };
        let mut ids = HashSet::new();
        let page = site.list(&guest, page).unwrap();
        assert!(page.messages.iter().all(|message| ids.insert(message.id)));
        assert_eq!((ids.len(), page.has_more), (50, true));
    }
}
