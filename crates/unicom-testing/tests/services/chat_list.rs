//! Tests of `list_chats`: order, paging, and each filter.

use serde_json::{Value, json};
use unicom_db::queries::chat_filters::{ChatFilters, Comparison, MetadataFilter, MetadataKey};
use unicom_models::ChatId;
use unicom_testing::{TestClock, TestDatabase, both_engines};
use unicom_webchat::{
    ChatChange, ChatPageRequest, NewChat, NewMessage, Visitor, create_chat, list_chats, update_chat,
};

use crate::fixture::Fixture;

impl Fixture {
    fn make(&self, visitor: &Visitor, name: &str, metadata: Value) -> ChatId {
        let (channel, visitor) = (self.channel.clone(), visitor.clone());
        let new = NewChat {
            name: Some(name.to_owned()),
            metadata: metadata.as_object().cloned(),
        };
        self.write(move |tx| create_chat(tx, &channel, &visitor, new))
            .chat
            .id
    }

    fn names(&self, visitor: &Visitor, filters: ChatFilters) -> Vec<String> {
        let chats = self.chats_where(visitor, filters);
        let mut names: Vec<_> = chats
            .into_iter()
            .filter_map(|listed| listed.chat.name)
            .collect();
        names.sort();
        names
    }

    /// Returns the names of the chats whose metadata field `key` matches the comparison with
    /// `value`.
    fn where_field(&self, key: &str, comparison: Comparison, value: &str) -> Vec<String> {
        let key = MetadataKey::parse(key).unwrap();
        let filter = MetadataFilter {
            key,
            comparison,
            value: value.to_owned(),
        };
        self.names(
            &ann(),
            ChatFilters {
                metadata: vec![filter],
                ..ChatFilters::default()
            },
        )
    }
}

fn ann() -> Visitor {
    Visitor::user("7", "Ann")
}

both_engines! {
    fn chats_are_ordered_by_latest_activity(db: &TestDatabase) {
        let site = Fixture::new(db);
        let (first, second) = (site.make(&ann(), "one", json!({})), site.make(&ann(), "two", json!({})));
        let order = || site.chats(&ann()).into_iter().map(|listed| listed.chat.id).collect::<Vec<_>>();
        assert_eq!(order(), [second.clone(), first.clone()]);
        site.tell(&ann(), NewMessage::text("news").in_chat(first.clone()));
        assert_eq!(order(), [first, second]);
        let listed = &site.chats(&ann())[0];
        assert_eq!(listed.last_message.as_ref().unwrap().text, "news");
        assert!(site.chats(&Visitor::guest("other")).is_empty());
    }

    fn simple_filters_match(db: &TestDatabase) {
        let site = Fixture::new(db);
        let other = site.another(json!({}));
        let one = site.make(&ann(), "Bill", json!({}));
        site.make(&ann(), "bill 2", json!({}));
        other.make(&ann(), "Order", json!({}));
        site.make(&Visitor::guest("other"), "Bill", json!({}));
        let archived = one.clone();
        let changed = site.write(move |tx| {
            let change = ChatChange { is_archived: Some(true), ..ChatChange::default() };
            update_chat(tx, &ann(), &archived, change)
        });
        // Not the latest chat, which comes first in the list.
        assert_eq!(changed.chat.id, one);
        let all = ChatFilters::default;
        for (filters, expected) in [
            (all(), vec!["Bill", "Order", "bill 2"]),
            (ChatFilters { channel_id: Some(other.channel.id), ..all() }, vec!["Order"]),
            (ChatFilters { id: Some(one), ..all() }, vec!["Bill"]),
            (ChatFilters { id: Some("no-such-chat".into()), ..all() }, vec![]),
            (ChatFilters { name: Some("Bill".to_owned()), ..all() }, vec!["Bill"]),
            (ChatFilters { name_contains: Some("BILL".to_owned()), ..all() }, vec!["Bill", "bill 2"]),
            (ChatFilters { is_archived: Some(true), ..all() }, vec!["Bill"]),
            (ChatFilters { is_archived: Some(false), ..all() }, vec!["Order", "bill 2"]),
            (ChatFilters { is_private: Some(true), ..all() }, vec!["Bill", "Order", "bill 2"]),
            (ChatFilters { is_private: Some(false), ..all() }, vec![]),
            (ChatFilters { name_contains: Some("bill".to_owned()), is_archived: Some(false), ..all() }, vec!["bill 2"]),
        ] {
            assert_eq!(site.names(&ann(), filters.clone()), expected, "{filters:?}");
        }
    }

    fn wildcards_are_literal(db: &TestDatabase) {
        let site = Fixture::new(db);
        for name in ["100% sure", "100 times", "a_b", "axb", r"c\d", "cd", "Über"] {
            site.make(&ann(), name, json!({"note": name}));
        }
        for (text, expected) in [
            ("100%", vec!["100% sure"]),
            ("%", vec!["100% sure"]),
            ("A_B", vec!["a_b"]),
            (r"c\d", vec![r"c\d"]),
            ("Über", vec!["Über"]),
            ("'; DROP TABLE unicom_chats; --", vec![]),
        ] {
            let filters = ChatFilters { name_contains: Some(text.to_owned()), ..ChatFilters::default() };
            assert_eq!(site.names(&ann(), filters), expected, "{text}");
            assert_eq!(site.where_field("note", Comparison::Contains, text), expected, "{text}");
        }
    }

    fn metadata_compares_numbers_as_numbers(db: &TestDatabase) {
        use Comparison::{Above, AtLeast, AtMost, Below, Contains, Equal};
        let site = Fixture::new(db);
        for (name, value) in [
            ("9", json!(9)), ("10", json!(10)), ("10.5", json!(10.5)), ("-1", json!(-1)),
            ("text", json!("10")), ("null", json!(null)), ("array", json!([10])),
        ] {
            site.make(&ann(), name, json!({"n": value}));
        }
        site.make(&ann(), "without", json!({}));
        for (comparison, value, expected) in [
            (Equal, "10", vec!["10", "text"]),
            (Equal, "10.0", vec!["10"]),
            (Equal, "null", vec![]),
            (Above, "9", vec!["10", "10.5"]),
            (Below, "9", vec!["-1"]),
            (AtLeast, "10.5", vec!["10.5"]),
            (AtMost, "-1", vec!["-1"]),
            // Values that are not numbers are compared as text.
            (Below, "inf", vec!["text"]),
            (Above, "-1e999", vec!["text"]),
            (Below, "NaN", vec!["text"]),
            (Contains, "0.", vec!["10.5"]),
            (Contains, "1", vec!["-1", "10", "10.5", "text"]),
        ] {
            assert_eq!(site.where_field("n", comparison, value), expected, "{comparison:?} {value}");
        }
    }

    fn metadata_compares_texts_and_booleans_as_texts(db: &TestDatabase) {
        use Comparison::{Above, AtLeast, AtMost, Below, Contains, Equal};
        let site = Fixture::new(db);
        for (name, value) in [
            ("apple", json!("apple")), ("Banana", json!("Banana")), ("yes", json!(true)), ("no", json!(false)),
        ] {
            site.make(&ann(), name, json!({"a-b_1": value}));
        }
        for (comparison, value, expected) in [
            (Equal, "apple", vec!["apple"]),
            (Equal, "Apple", vec![]),
            (Equal, "true", vec!["yes"]),
            (Equal, "false", vec!["no"]),
            (Equal, "1", vec![]),
            (AtLeast, "apple", vec!["apple"]),
            (Above, "apple", vec![]),
            (AtMost, "Banana", vec!["Banana"]),
            (Below, "Banana", vec![]),
            (Contains, "AN", vec!["Banana"]),
            (Equal, "' OR '1'='1", vec![]),
        ] {
            assert_eq!(site.where_field("a-b_1", comparison, value), expected, "{comparison:?} {value}");
        }
    }

    fn each_chat_is_on_exactly_one_page(db: &TestDatabase) {
        let clock = TestClock::new();
        // Most chats have the same time, so the ids decide the order.
        let site = Fixture::with(&db.connect_with(clock.options()), json!({}));
        let made: Vec<_> = (0..25).map(|number| site.make(&ann(), &number.to_string(), json!({}))).collect();
        // The order of the ids differs from that of the times.
        for chat in [&made[17], &made[3]] {
            clock.advance(std::time::Duration::from_secs(1));
            site.tell(&ann(), NewMessage::text("news").in_chat(chat.clone()));
        }
        let expected: Vec<_> = site.chats(&ann()).into_iter().map(|listed| listed.chat.id).collect();
        assert_eq!(expected.len(), 25);
        for limit in [1, 2, 7, 24, 25, 26] {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let request = ChatPageRequest { after, limit, ..ChatPageRequest::default() };
                let page = site.database.read(move |db| list_chats(db, &ann(), &request)).wait().unwrap();
                assert!(page.chats.len() <= limit as usize);
                assert_eq!(page.has_more, page.next.is_some());
                seen.extend(page.chats.into_iter().map(|listed| listed.chat.id));
                after = page.next;
                if after.is_none() { break }
            }
            assert_eq!(seen, expected, "limit {limit}");
        }
    }
}

#[test]
fn metadata_keys_with_special_characters_are_rejected() {
    for key in [
        "",
        "a.b",
        "a'b",
        "a\"b",
        "a b",
        "$",
        "a__gte",
        "ü",
        &"k".repeat(65),
    ] {
        assert_eq!(MetadataKey::parse(key), None, "{key}");
    }
}
