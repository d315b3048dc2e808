//! Tests of concurrent changes by two admins: both changes are kept, and the categories remain a
//! tree.

use std::collections::BTreeSet;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::json;
use unicom_core::CoreError;
use unicom_core::admin::{
    Actor, BotChange, CategoryChange, Change, GroupChange, MemberChange, NewBot, create_bot,
    create_category, create_group, create_member, update_bot, update_category, update_group,
    update_member,
};
use unicom_db::queries::{bots as stored_bots, categories, groups, members};
use unicom_db::{Database, Tx};
use unicom_models::{CategoryId, Member, MemberId, RequestCategory};
use unicom_testing::{TestDatabase, both_engines};

use crate::fixture::extensions;

/// Who makes all changes.
const ADMIN: Actor = Actor::COMMAND_LINE;

/// How long a transaction stays open after its work, so that the other one begins: on PostgreSQL
/// they overlap, on SQLite the other one waits.
const OPEN: Duration = Duration::from_millis(300);

fn write<T: Send + 'static>(
    database: &Database,
    f: impl FnOnce(&mut Tx<'_>) -> Result<T, CoreError> + Send + 'static,
) -> Result<T, CoreError> {
    database.write(f).wait()
}

/// Runs `second` in a transaction that begins after `first` has done its work and before it is
/// committed.
fn overlapping<A: Send + 'static, B: Send + 'static>(
    db: &TestDatabase,
    first: impl FnOnce(&mut Tx<'_>) -> Result<A, CoreError> + Send + 'static,
    second: impl FnOnce(&mut Tx<'_>) -> Result<B, CoreError> + Send + 'static,
) -> (Result<A, CoreError>, Result<B, CoreError>) {
    let (done, is_done) = mpsc::channel();
    let database = db.database().clone();
    let first = thread::spawn(move || {
        write(&database, move |tx| {
            let value = first(tx);
            done.send(()).unwrap();
            thread::sleep(OPEN);
            value
        })
    });
    is_done.recv().unwrap();
    let second = write(db.database(), second);
    (first.join().unwrap(), second)
}

fn named(name: &str) -> CategoryChange {
    CategoryChange {
        name: Some(name.to_owned()),
        ..CategoryChange::default()
    }
}

fn under(parent: CategoryId) -> CategoryChange {
    CategoryChange {
        parent_id: Change::Set(parent),
        ..CategoryChange::default()
    }
}

fn create(tx: &mut Tx<'_>, change: CategoryChange) -> Result<RequestCategory, CoreError> {
    create_category(tx, &ADMIN, &extensions(), change)
}

fn change(
    tx: &mut Tx<'_>,
    id: CategoryId,
    change: CategoryChange,
) -> Result<RequestCategory, CoreError> {
    update_category(tx, &ADMIN, &extensions(), id, change)
}

fn update(tx: &mut Tx<'_>, id: MemberId, change: MemberChange) -> Result<Member, CoreError> {
    update_member(tx, &ADMIN, id, change, |_, _| Ok(true))
}

/// Creates categories, each below the previous one, the top one first.
fn chain(db: &TestDatabase, length: usize) -> Vec<CategoryId> {
    let made = write(db.database(), move |tx| {
        let mut ids = Vec::new();
        for number in 0..length {
            let parent_id = ids.last().copied().into();
            let name = Some(number.to_string());
            let category = CategoryChange {
                name,
                parent_id,
                ..CategoryChange::default()
            };
            ids.push(create(tx, category)?.id);
        }
        Ok(ids)
    });
    made.unwrap()
}

/// Returns the field and the problem of a refused form. Panics on any other result.
fn refused<T: std::fmt::Debug>(result: Result<T, CoreError>) -> String {
    match result {
        Err(CoreError::Invalid { field, problem }) => format!("{field} {problem}"),
        other => panic!("{other:?}"),
    }
}

both_engines! {
    fn concurrent_category_updates_are_both_kept(db: &TestDatabase) {
        let [id] = chain(db, 1)[..] else { unreachable!() };
        let public = CategoryChange { public: Some(true), ..CategoryChange::default() };
        let (first, second) = overlapping(
            db,
            move |tx| change(tx, id, named("Refunds")),
            move |tx| change(tx, id, public),
        );
        first.unwrap();
        let after = second.unwrap();
        assert_eq!((after.name.as_str(), after.public), ("Refunds", true));
        let stored = db.read(move |db| categories::get(db, id));
        assert_eq!(stored.unwrap(), after);
    }

    fn concurrent_update_and_move_do_not_deadlock(db: &TestDatabase) {
        let [parent, other] = [chain(db, 1)[0], chain(db, 1)[0]];
        let (first, second) = overlapping(
            db,
            move |tx| change(tx, other, named("Renamed")),
            move |tx| change(tx, other, under(parent)),
        );
        first.unwrap();
        let after = second.unwrap();
        assert_eq!((after.name.as_str(), after.parent_id), ("Renamed", Some(parent)));
    }

    fn concurrent_member_updates_are_both_kept(db: &TestDatabase) {
        let ada = MemberChange { name: Some("Ada".to_owned()), ..MemberChange::default() };
        let id = write(db.database(), move |tx| create_member(tx, &ADMIN, ada, |_, _| Ok(true))).unwrap().id;
        let email = Change::Set("ada@example.org".to_owned());
        let phone = Change::Set("+491701234567".to_owned());
        let (first, second) = overlapping(
            db,
            move |tx| update(tx, id, MemberChange { email, ..MemberChange::default() }),
            move |tx| update(tx, id, MemberChange { phone, ..MemberChange::default() }),
        );
        first.unwrap();
        let after = second.unwrap();
        assert_eq!(after.email.as_deref(), Some("ada@example.org"));
        assert_eq!(after.phone.as_deref(), Some("+491701234567"));
    }

    fn concurrent_update_keeps_the_user_of_a_member(db: &TestDatabase) {
        let ada = MemberChange { name: Some("Ada".to_owned()), ..MemberChange::default() };
        let id = write(db.database(), move |tx| create_member(tx, &ADMIN, ada, |_, _| Ok(true))).unwrap().id;
        let renamed = MemberChange { name: Some("Ada Lovelace".to_owned()), ..MemberChange::default() };
        let (claimed, second) = overlapping(
            db,
            move |tx| Ok(members::claim_for_user(tx, id, "7")?),
            move |tx| update(tx, id, renamed),
        );
        assert!(claimed.unwrap());
        let after = second.unwrap();
        assert_eq!((after.name.as_str(), after.user_id.as_deref()), ("Ada Lovelace", Some("7")));
        let stored = db.read(move |db| members::get(db, id));
        assert_eq!(stored.unwrap(), after);
    }

    fn concurrent_group_and_bot_updates_are_both_kept(db: &TestDatabase) {
        let change = |name: Option<&str>, description: Option<&str>| GroupChange {
            name: name.map(str::to_owned),
            description: description.map(str::to_owned),
        };
        let group = change(Some("Support"), None);
        let id = write(db.database(), move |tx| create_group(tx, &ADMIN, group)).unwrap().id;
        let (name, description) = (change(Some("Help"), None), change(None, Some("Who helps")));
        let (first, second) = overlapping(
            db,
            move |tx| update_group(tx, &ADMIN, id, name),
            move |tx| update_group(tx, &ADMIN, id, description),
        );
        first.unwrap();
        second.unwrap();
        let stored = db.read(move |db| groups::get(db, id)).unwrap();
        assert_eq!((stored.name.as_str(), stored.description.as_str()), ("Help", "Who helps"));

        let parrot = NewBot { name: "parrot".to_owned(), kind: "echo".to_owned(), config: json!({}) };
        write(db.database(), |tx| create_bot(tx, &ADMIN, &extensions(), parrot)).unwrap();
        let (first, second) = overlapping(
            db,
            |tx| Ok(stored_bots::delete(tx, "parrot")?),
            |tx| update_bot(tx, &ADMIN, &extensions(), "parrot", BotChange { config: json!({}) }),
        );
        assert!(first.unwrap());
        assert!(matches!(second, Err(CoreError::NotFound { .. })), "{second:?}");
    }

    fn concurrent_opposite_moves_create_no_cycle(db: &TestDatabase) {
        let [a, b] = [chain(db, 1)[0], chain(db, 1)[0]];
        let (first, second) = overlapping(
            db,
            move |tx| change(tx, a, under(b)),
            move |tx| change(tx, b, under(a)),
        );
        assert_eq!(first.unwrap().parent_id, Some(b));
        assert_eq!(refused(second), "parent_id must not be below the category itself");
    }

    fn concurrently_created_categories_have_distinct_positions(db: &TestDatabase) {
        let makers: Vec<_> = (0..8)
            .map(|number| {
                let database = db.database().clone();
                thread::spawn(move || {
                    write(&database, move |tx| {
                        let made = create(tx, named(&number.to_string()));
                        thread::sleep(Duration::from_millis(20));
                        made
                    })
                })
            })
            .collect();
        let sequences: BTreeSet<_> =
            makers.into_iter().map(|maker| maker.join().unwrap().unwrap().sequence).collect();
        assert_eq!(sequences, (1..=8).collect());
    }

    fn category_depth_is_limited_to_16(db: &TestDatabase) {
        let deepest = chain(db, 16);
        let too_deep = "parent_id must not make more than 16 categories one below the other";
        let last = deepest[15];
        let one_more = CategoryChange { parent_id: Change::Set(last), ..named("One more") };
        assert_eq!(refused(write(db.database(), move |tx| create(tx, one_more))), too_deep);
        // Three categories, the second of which has another one below it.
        let moved = chain(db, 3);
        let (top, aside) = (moved[0], CategoryChange { parent_id: Change::Set(moved[1]), ..named("Aside") });
        write(db.database(), move |tx| create(tx, aside)).unwrap();
        let to = |place: usize| {
            let parent = deepest[place];
            write(db.database(), move |tx| change(tx, top, CategoryChange { sequence: Some(9), ..under(parent) }))
        };
        assert_eq!(refused(to(13)), too_deep);
        to(12).unwrap();
        to(0).unwrap();
        // A category cannot be moved below itself or below a category that does not exist.
        let (below, itself) = (moved[2], "parent_id must not be below the category itself");
        assert_eq!(refused(write(db.database(), move |tx| change(tx, top, under(below)))), itself);
        assert_eq!(refused(write(db.database(), move |tx| change(tx, top, under(top)))), itself);
        let nowhere = under(CategoryId::new());
        let refusal = refused(write(db.database(), move |tx| change(tx, top, nowhere)));
        assert_eq!(refusal, "parent_id must be the id of a category");
    }
}
