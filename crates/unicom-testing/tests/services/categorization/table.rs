//! The table of cases.

use serde_json::json;

use super::case::End::{Asks, Nothing, Takes};
use super::case::{Case, Cat, On, always, case, cat, word};

fn three() -> Vec<Cat> {
    vec![cat("A"), cat("B"), cat("C")]
}

pub fn table() -> Vec<Case> {
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
        // A number alone answers the list.
        case("a number", three(), "2", Takes("B")),
        case(
            "a number as a phone writes it",
            three(),
            " ３. ",
            Takes("C"),
        ),
        case("a number that is not in the list", three(), "4", Asks),
        case("a number and a word", three(), "2 pizzas", Asks),
        case(
            "a matcher comes before the number",
            vec![cat("A"), cat("B"), word("C", "2")],
            "2",
            Takes("C"),
        ),
        case(
            "with one that says no, a number is just text",
            vec![word("A", "buy")],
            "1",
            Nothing,
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
