//! Tests of the categorization rules, as a table of cases.

use serde_json::{Value, json};
use unicom_core::matchers::Matchers;
use unicom_core::media::ObjectMediaStore;
use unicom_core::{
    Pipeline,
    admin::{CategoryChange, GroupChange, create_category, create_group, join_group},
};
use unicom_db::queries::{accounts, categories, messages};
use unicom_models::{CategoryId, GroupId, MemberId, Request, RequestCategory, RequestStatus};
use unicom_testing::{FakePlatform, TestDatabase, both_engines};
use unicom_webchat::Visitor;

use crate::fixture::{Fixture, access, bots, platforms};
use crate::pipeline::{quick, until};

/// A category of a case. Categories are created in the order of the table.
#[derive(Clone, Default)]
struct Cat {
    name: &'static str,
    under: Option<&'static str>,
    sequence: Option<i32>,
    private: bool,
    inactive: bool,
    for_member: bool,
    for_group: bool,
    on: Option<On>,
    matcher: Option<Value>,
}

/// The channels to which a category is restricted.
#[derive(Clone, Copy, PartialEq)]
enum On {
    This,
    Another,
    Both,
}

fn cat(name: &'static str) -> Cat {
    Cat {
        name,
        ..Cat::default()
    }
}

/// Returns a category that matches messages with this word.
fn word(name: &'static str, word: &str) -> Cat {
    cat(name).matcher(json!({"kind": "keywords", "any": [word]}))
}

fn always(name: &'static str) -> Cat {
    cat(name).matcher(json!({"kind": "always"}))
}

impl Cat {
    fn matcher(self, matcher: Value) -> Self {
        Self {
            matcher: Some(matcher),
            ..self
        }
    }

    fn script(self, source: &str) -> Self {
        self.matcher(json!({"kind": "script", "source": source}))
    }

    fn under(self, parent: &'static str) -> Self {
        Self {
            under: Some(parent),
            ..self
        }
    }

    fn at(self, sequence: i32) -> Self {
        Self {
            sequence: Some(sequence),
            ..self
        }
    }

    fn private(self) -> Self {
        Self {
            private: true,
            ..self
        }
    }

    fn inactive(self) -> Self {
        Self {
            inactive: true,
            ..self
        }
    }

    fn for_member(self) -> Self {
        Self {
            for_member: true,
            ..self.private()
        }
    }

    fn for_group(self) -> Self {
        Self {
            for_group: true,
            ..self.private()
        }
    }

    fn on(self, on: On) -> Self {
        Self {
            on: Some(on),
            ..self
        }
    }
}

/// The outcome of a request.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Takes(&'static str),
    Asks,
    Nothing,
}

use End::{Asks, Nothing, Takes};

/// One row of the table: the setup, the message and the outcome.
struct Case {
    about: &'static str,
    categories: Vec<Cat>,
    /// The account's default category before.
    default: Option<&'static str>,
    text: &'static str,
    end: End,
    /// The account's default category afterwards.
    default_after: Option<&'static str>,
    note: Option<&'static str>,
}

fn case(about: &'static str, categories: Vec<Cat>, text: &'static str, end: End) -> Case {
    Case {
        about,
        categories,
        default: None,
        text,
        end,
        default_after: None,
        note: None,
    }
}

impl Case {
    fn default(self, before: &'static str, after: Option<&'static str>) -> Self {
        Self {
            default: Some(before),
            default_after: after,
            ..self
        }
    }

    fn sets_default(self, after: &'static str) -> Self {
        Self {
            default_after: Some(after),
            ..self
        }
    }

    fn notes(self, note: &'static str) -> Self {
        Self {
            note: Some(note),
            ..self
        }
    }
}

fn three() -> Vec<Cat> {
    vec![cat("A"), cat("B"), cat("C")]
}

fn table() -> Vec<Case> {
    let words = || vec![word("Sales", "buy"), word("Support", "broken")];
    let tree = || {
        vec![
            word("Sales", "buy"),
            word("Cars", "car").under("Sales"),
            word("Boats", "boat").under("Sales"),
            word("Red", "red").under("Cars"),
            word("Blue", "blue").under("Cars"),
            word("Support", "broken"),
        ]
    };
    vec![
        // No category or one.
        case("no category", vec![], "hello", Nothing),
        case(
            "the only one, without a matcher",
            vec![cat("A")],
            "hello",
            Takes("A"),
        ),
        case(
            "the only one, which agrees",
            vec![word("A", "hello")],
            "hello",
            Takes("A"),
        ),
        case(
            "the only one, which does not agree",
            vec![word("A", "buy")],
            "hello",
            Nothing,
        ),
        case(
            "the only one, always",
            vec![always("A")],
            "hello",
            Takes("A"),
        ),
        case(
            "the only one whose matcher fails",
            vec![cat("A").script("throw 1")],
            "hello",
            Nothing,
        )
        .notes("category `A`: "),
        case(
            "with one, a choice is just text",
            vec![cat("A")],
            "1-request",
            Takes("A"),
        ),
        case(
            "with one that says no, a choice is just text",
            vec![word("A", "buy")],
            "1-request",
            Nothing,
        ),
        case(
            "with one, the menu is just text",
            vec![cat("A")],
            "list-categories",
            Takes("A"),
        ),
        // Visibility.
        case(
            "inactive ones are not seen",
            vec![cat("A").inactive()],
            "hello",
            Nothing,
        ),
        case(
            "an inactive sibling leaves one",
            vec![cat("A").inactive(), cat("B")],
            "hello",
            Takes("B"),
        ),
        case(
            "private ones are not seen",
            vec![cat("A").private()],
            "hello",
            Nothing,
        ),
        case(
            "a private sibling leaves one",
            vec![cat("A").private(), cat("B")],
            "hello",
            Takes("B"),
        ),
        case(
            "an authorised member sees it",
            vec![cat("A").for_member()],
            "hello",
            Takes("A"),
        ),
        case(
            "a member of an authorised group sees it",
            vec![cat("A").for_group()],
            "hello",
            Takes("A"),
        ),
        case(
            "an authorised member does not see it inactive",
            vec![cat("A").for_member().inactive()],
            "hello",
            Nothing,
        ),
        case(
            "allowed on this channel",
            vec![cat("A").on(On::This)],
            "hello",
            Takes("A"),
        ),
        case(
            "allowed on both channels",
            vec![cat("A").on(On::Both)],
            "hello",
            Takes("A"),
        ),
        case(
            "allowed on another channel only",
            vec![cat("A").on(On::Another)],
            "hello",
            Nothing,
        ),
        case(
            "authorised, but on another channel",
            vec![cat("A").for_member().on(On::Another)],
            "hello",
            Nothing,
        ),
        case(
            "another channel's leaves one",
            vec![cat("A").on(On::Another), cat("B")],
            "hello",
            Takes("B"),
        ),
        case(
            "numbers count what is seen",
            vec![cat("A").private(), cat("B"), cat("C")],
            "2-request",
            Takes("C"),
        ),
        case(
            "what is below something unseen is unseen",
            vec![cat("A").private(), cat("B").under("A")],
            "hello",
            Nothing,
        ),
        // Explicit choices.
        case("a number", three(), "2-request", Takes("B")),
        case(
            "a number in a sentence",
            three(),
            "I need help, 3-request please",
            Takes("C"),
        ),
        case(
            "a number in words",
            three(),
            "This is a category 1 request",
            Takes("A"),
        ),
        case("in capitals", three(), "CATEGORY 1 REQUEST", Takes("A")),
        case("a number is a whole word", three(), "12-request", Asks),
        case("a word is a whole word", three(), "2-requests", Asks),
        case("a part of a number is none", three(), "1.2-request", Asks),
        case("a number that is not there", three(), "4-request", Asks),
        case("zero", three(), "0-request", Asks),
        case(
            "a number beyond all numbers",
            three(),
            "99999999999999999999999999-request",
            Asks,
        ),
        case(
            "the first of two choices",
            three(),
            "3-request or 1-request",
            Takes("C"),
        ),
        case(
            "the first of two choices that is there",
            three(),
            "9-request or 1-request",
            Takes("A"),
        ),
        case(
            "a choice beats a matcher",
            vec![word("Sales", "buy"), word("Support", "broken")],
            "buy 2-request",
            Takes("Support"),
        ),
        case(
            "a choice needs no matcher to agree",
            words(),
            "2-request",
            Takes("Support"),
        ),
        case("a choice beats a default", three(), "2-request", Takes("B")).default("A", Some("A")),
        case(
            "the order is that of the sequence",
            vec![cat("A").at(30), cat("B").at(20), cat("C").at(10)],
            "1-request",
            Takes("C"),
        ),
        case(
            "a choice is not led further down",
            tree(),
            "1-request car red",
            Takes("Sales"),
        ),
        // The menu.
        case("the menu", three(), "list-categories", Asks),
        case(
            "the menu by its other name",
            three(),
            "the category-menu, please",
            Asks,
        ),
        case(
            "the menu beats a choice",
            three(),
            "2-request list-categories",
            Asks,
        ),
        case("the menu beats a default", three(), "category-menu", Asks).default("A", Some("A")),
        case(
            "the menu beats a matcher",
            vec![always("A"), cat("B")],
            "category-menu",
            Asks,
        ),
        case(
            "a longer word is not the menu",
            vec![always("A"), cat("B")],
            "category-menus",
            Takes("A"),
        ),
        // The default category.
        case("a default is kept", three(), "default-to-2", Takes("B")).sets_default("B"),
        case("a default in words", three(), "set default 3", Takes("C")).sets_default("C"),
        case("a default is a whole word", three(), "default-to-22", Asks),
        case("a default that is not there", three(), "default-to-7", Asks),
        case("a default is taken", three(), "hello", Takes("B")).default("B", Some("B")),
        case(
            "a default beats a matcher",
            vec![always("A"), cat("B")],
            "hello",
            Takes("B"),
        )
        .default("B", Some("B")),
        case(
            "another default takes its place",
            three(),
            "default-to-1",
            Takes("A"),
        )
        .default("B", Some("A")),
        case(
            "a default that is private now is dropped",
            vec![cat("A"), cat("B"), cat("C").private()],
            "hello",
            Asks,
        )
        .default("C", None),
        case(
            "a default that is inactive now is dropped",
            vec![cat("A"), cat("B"), cat("C").inactive()],
            "hello",
            Asks,
        )
        .default("C", None),
        case(
            "a default of another channel is dropped",
            vec![cat("A"), cat("B"), cat("C").on(On::Another)],
            "hello",
            Asks,
        )
        .default("C", None),
        case(
            "a dropped default lets matchers decide",
            vec![always("A"), cat("B"), cat("C").private()],
            "hello",
            Takes("A"),
        )
        .default("C", None),
        case(
            "a default is dropped where nothing can be chosen",
            vec![cat("A").inactive()],
            "hello",
            Nothing,
        )
        .default("A", None),
        case(
            "a default that the member may take",
            vec![cat("A"), cat("B").for_member()],
            "hello",
            Takes("B"),
        )
        .default("B", Some("B")),
        // Matchers, by sequence, down the tree.
        case(
            "the first that agrees",
            words(),
            "it is broken",
            Takes("Support"),
        ),
        case(
            "in sequence",
            vec![always("A").at(2), always("B").at(1)],
            "hello",
            Takes("B"),
        ),
        case(
            "one without a matcher never agrees among several",
            vec![cat("A"), always("B")],
            "hello",
            Takes("B"),
        ),
        case("none agrees", words(), "hello", Asks),
        case(
            "none agrees, and one is left",
            vec![word("A", "buy"), cat("B").private()],
            "hello",
            Nothing,
        ),
        case(
            "a matcher that fails says no",
            vec![cat("A").script("nonsense("), always("B")],
            "hello",
            Takes("B"),
        )
        .notes("category `A`: "),
        case(
            "a matcher that says no bool says no",
            vec![cat("A").script("42"), always("B")],
            "hello",
            Takes("B"),
        )
        .notes("category `A`: "),
        case(
            "a matcher that does not end says no",
            vec![cat("A").script("loop {}"), always("B")],
            "hello",
            Takes("B"),
        )
        .notes("category `A`: "),
        case(
            "an unknown custom matcher says no",
            vec![
                cat("A").matcher(json!({"kind": "custom", "name": "gone"})),
                always("B"),
            ],
            "hello",
            Takes("B"),
        )
        .notes("category `A`: "),
        case(
            "a custom matcher",
            vec![
                cat("A").matcher(json!({"kind": "custom", "name": "shouts"})),
                always("B"),
            ],
            "HELLO",
            Takes("A"),
        ),
        case(
            "a custom matcher that says no",
            vec![
                cat("A").matcher(json!({"kind": "custom", "name": "shouts"})),
                always("B"),
            ],
            "hello",
            Takes("B"),
        ),
        case(
            "a custom matcher that panics says no",
            vec![
                cat("A").matcher(json!({"kind": "custom", "name": "panics"})),
                always("B"),
            ],
            "hello",
            Takes("B"),
        )
        .notes("category `A`: "),
        case(
            "a regex",
            vec![
                cat("A").matcher(json!({"kind": "regex", "pattern": r"^order \d+$"})),
                word("B", "x"),
            ],
            "Order 12",
            Takes("A"),
        ),
        case(
            "all of the words",
            vec![
                cat("A").matcher(json!({"kind": "keywords", "all": ["red", "car"]})),
                word("B", "x"),
            ],
            "a CAR, Red",
            Takes("A"),
        ),
        case(
            "not all of the words",
            vec![
                cat("A").matcher(json!({"kind": "keywords", "all": ["red", "car"]})),
                always("B"),
            ],
            "a car",
            Takes("B"),
        ),
        case(
            "a script sees the member",
            vec![cat("A").script("member != ()"), always("B")],
            "hello",
            Takes("A"),
        ),
        case(
            "a script sees the channel",
            vec![
                cat("A").script(r#"channel.platform == "WebChat""#),
                always("B"),
            ],
            "hello",
            Takes("A"),
        ),
        case("down one step", tree(), "buy a boat", Takes("Boats")),
        case("down two steps", tree(), "buy a red car", Takes("Red")),
        case(
            "as far down as one agrees",
            tree(),
            "buy a car",
            Takes("Cars"),
        ),
        case(
            "a parent stands where none below agrees",
            tree(),
            "buy a house",
            Takes("Sales"),
        ),
        case("below needs its parent to agree", tree(), "a red car", Asks),
        case(
            "the only one below needs no matcher",
            vec![always("A"), cat("B").under("A"), cat("C")],
            "hello",
            Takes("B"),
        ),
        case(
            "the only one below that does not agree",
            vec![always("A"), word("B", "buy").under("A"), cat("C")],
            "hello",
            Takes("A"),
        ),
        case(
            "the only one, and down",
            vec![
                cat("A"),
                word("B", "buy").under("A"),
                word("C", "sell").under("A"),
            ],
            "sell it",
            Takes("C"),
        ),
        case(
            "what is below and unseen is not taken",
            vec![always("A"), always("B").under("A").private(), cat("C")],
            "hello",
            Takes("A"),
        ),
        case(
            "what is below and for the member is",
            vec![always("A"), always("B").under("A").for_group(), cat("C")],
            "hello",
            Takes("B"),
        ),
        case(
            "a choice below the top is none",
            vec![word("A", "x"), cat("B").under("A"), word("C", "y")],
            "3-request",
            Asks,
        ),
    ]
}

/// A channel, a second channel, and a visitor who is a member of a group.
struct Stage {
    site: Fixture,
    another: Fixture,
    visitor: Visitor,
    member: MemberId,
    group: GroupId,
}

impl Stage {
    fn new(db: &TestDatabase) -> Self {
        let site = Fixture::new(db);
        let another = site.another(json!({}));
        let visitor = Visitor::user("7", "Ada");
        site.say(&visitor, "hello");
        let member = site.account("webchat_user_7").unwrap().member_id.unwrap();
        let group = site.write(move |tx| {
            let name = Some("Customers".to_owned());
            let group = create_group(
                tx,
                GroupChange {
                    name,
                    ..GroupChange::default()
                },
            )?;
            join_group(tx, group.id, member)?;
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
    fn set(&self, case: &Case) -> Vec<RequestCategory> {
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
                    parent_id: Some(cat.under.map(id_of)),
                    sequence: cat.sequence,
                    active: Some(!cat.inactive),
                    public: Some(!cat.private),
                    channel_ids: Some(channel_ids),
                    member_ids: cat.for_member.then(|| vec![member]),
                    group_ids: cat.for_group.then(|| vec![group]),
                    ..CategoryChange::default()
                };
                let mut category = create_category(tx, &bots(), &Matchers::default(), change)?;
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

    fn clear(&self) {
        self.site.write(|tx| {
            for category in categories::list(tx)? {
                categories::delete(tx, category.id)?;
            }
            Ok(())
        });
    }

    fn check(&self, case: &Case) {
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

    fn replies(&self, request: &Request) -> Vec<String> {
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

/// Matchers registered by a host.
fn custom() -> Matchers {
    use unicom_core::matchers::MatchInput;
    Matchers::default()
        .with("shouts", |input: &MatchInput| {
            Ok(input.message.text == input.message.text.to_uppercase())
        })
        .with("panics", |_: &MatchInput| -> Result<bool, String> {
            panic!("this matcher panics on purpose")
        })
}

both_engines! {
    fn categorisation_rules(db: &TestDatabase) {
        let stage = Stage::new(db);
        let media = std::sync::Arc::new(ObjectMediaStore::in_memory());
        let pipeline = Pipeline::new(db.database().clone(), media, platforms(&FakePlatform::default()), bots(), quick())
            .with_matchers(custom());
        let _running = crate::pipeline::Running::run(pipeline);
        let table = table();
        assert!(table.len() >= 60, "{}", table.len());
        for case in &table {
            stage.check(case);
        }
        // A hidden category cannot be chosen, whichever command names it, nor become the default.
        let hidden = [
            vec![cat("C").private()],
            vec![cat("C").inactive()],
            vec![cat("C").on(On::Another)],
            vec![cat("X").private(), cat("C").under("X")],
        ];
        for hidden in hidden {
            let categories = [vec![cat("A"), cat("B")], hidden].concat();
            for command in [
                "3-request",
                "category 3 request",
                "set default 3",
                "default-to-3",
                "3-request 3-request",
                "4-request",
            ] {
                let about = "a command that names what is not seen";
                stage.check(&case(about, categories.clone(), command, Asks));
            }
        }
    }

    fn menu_lists_the_available_categories(db: &TestDatabase) {
        let stage = Stage::new(db);
        let _running = crate::pipeline::Running::start(db.database(), bots(), quick());
        let case = case("menu", vec![cat("Sales"), cat("Hidden").private(), cat("Support")], "list-categories", Asks);
        stage.set(&case);
        let message = stage.site.say(&stage.visitor, case.text);
        until("the menu is sent", || stage.site.request_of(&message).status == RequestStatus::CategoryListSent);
        let request = stage.site.request_of(&message);
        assert!(request.category_list_sent_at.is_some());
        let menu = stage.replies(&request).remove(0);
        assert!(menu.contains("1. Sales\n2. Support\n"), "{menu}");
        assert!(menu.contains("1-request") && menu.contains("set default 1"), "{menu}");
        assert!(!menu.contains("Hidden"), "{menu}");
        // A visitor who was asked for a category does not block the next request of the chat.
        let next = stage.site.say(&stage.visitor, "2-request");
        until("the choice is taken", || stage.site.request_of(&next).category_id.is_some());
    }

    fn bot_comes_from_the_category_or_its_ancestor(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let answering = |name: &'static str| move |_| async move { Ok(unicom_core::bots::Outcome::text(name)) };
        let bots = bots().with("echo", answering("channel")).with("sales", answering("sales")).with("cars", answering("cars"));
        let known = bots.clone();
        site.write(move |tx| {
            let make = |tx: &mut unicom_db::Tx<'_>, name: &str, parent, bot: Option<Value>, word: &str| {
                let change = CategoryChange {
                    name: Some(name.to_owned()),
                    parent_id: Some(parent),
                    public: Some(true),
                    bot: Some(bot),
                    matcher: Some(Some(json!({"kind": "keywords", "any": [word]}))),
                    ..CategoryChange::default()
                };
                create_category(tx, &known, &Matchers::default(), change)
            };
            let sales = make(tx, "Sales", None, Some(json!("sales")), "buy")?;
            make(tx, "Cars", Some(sales.id), Some(json!({"kind": "cars"})), "car")?;
            make(tx, "Boats", Some(sales.id), None, "boat")?;
            make(tx, "Other", None, None, "other")?;
            Ok(())
        });
        let _running = crate::pipeline::Running::start(db.database(), bots, quick());
        let visitor = Visitor::guest("4f3c");
        for (text, bot) in [("buy", "sales"), ("buy a car", "cars"), ("buy a boat", "sales"), ("other", "channel")] {
            let message = site.say(&visitor, text);
            until(text, || site.request_of(&message).status == RequestStatus::Completed);
            assert_eq!(site.texts(&visitor).pop().unwrap(), bot, "{text}");
        }
    }

    fn category_of_a_deleted_channel_is_not_available(db: &TestDatabase) {
        let stage = Stage::new(db);
        let case = case("restricted", vec![cat("A").on(On::Another), cat("B").on(On::Both)], "hello", Nothing);
        let made = stage.set(&case);
        let (this, another) = (stage.site.channel.id, stage.another.channel.id);
        assert!(stage.site.write(move |tx| Ok(unicom_db::queries::channels::delete(tx, another)?)));
        let seen = stage.site.read(move |db| categories::available(db, this, None));
        assert_eq!(seen.iter().map(|category| category.id).collect::<Vec<_>>(), [made[1].id]);
    }
}
