//! Tests of the categorization rules, as a table of cases.

mod case;
mod stage;
mod table;

use serde_json::{Value, json};
use unicom_content::media::ObjectMediaStore;
use unicom_core::Pipeline;
use unicom_core::admin::{Actor, CategoryChange, Change, create_category};
use unicom_core::matchers::MatchInput;
use unicom_db::queries::categories;
use unicom_matchers::Matchers;
use unicom_models::RequestStatus;
use unicom_testing::{TestDatabase, both_engines};
use unicom_webchat::Visitor;

use self::case::End::{Asks, Nothing};
use self::case::{On, case, cat};
use self::stage::Stage;
use self::table::table;
use crate::fixture::{Fixture, bots, extensions};
use crate::pipeline::{quick, until};

/// Matchers registered by a host.
fn custom() -> Matchers {
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
        let extensions = extensions().with_matchers(custom());
        let pipeline = Pipeline::new(db.database().clone(), media, extensions, quick());
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
        let known = extensions().with_bots(bots.clone()).with_matchers(Matchers::default());
        site.write(move |tx| {
            let make = |tx: &mut unicom_db::Tx<'_>, name: &str, parent, bot: Option<Value>, word: &str| {
                let change = CategoryChange {
                    name: Some(name.to_owned()),
                    parent_id: Change::from(parent),
                    public: Some(true),
                    bot: Change::from(bot),
                    matcher: Change::Set(json!({"kind": "keywords", "any": [word]})),
                    ..CategoryChange::default()
                };
                create_category(tx, &Actor::COMMAND_LINE, &known, change)
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
