//! Tests of every kind of matcher, and of the error messages for invalid ones.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::Matchers;
use crate::fixture::{invalid, matcher};
use unicom_core::matchers::{MatchInput, MatcherCompiler};

#[test]
fn always_matches() {
    assert!(
        matcher(json!({"kind": "always"}))
            .matches(&MatchInput::of_visitor(""))
            .unwrap()
    );
}

#[test]
fn regex_ignores_case_by_default() {
    let order = matcher(json!({"kind": "regex", "pattern": r"^order \d+"}));
    assert!(
        order
            .matches(&MatchInput::of_visitor("Order 12, please"))
            .unwrap()
    );
    assert!(
        !order
            .matches(&MatchInput::of_visitor("my order 12"))
            .unwrap()
    );

    let order = matcher(json!({"kind": "regex", "pattern": "^order", "case_sensitive": true}));
    assert!(order.matches(&MatchInput::of_visitor("order 12")).unwrap());
    assert!(!order.matches(&MatchInput::of_visitor("Order 12")).unwrap());
}

#[test]
fn pathological_regex_is_fast() {
    let nasty = matcher(json!({"kind": "regex", "pattern": "(a+)+$"}));
    let begun = Instant::now();
    assert!(
        !nasty
            .matches(&MatchInput::of_visitor(format!("{}!", "a".repeat(50_000))))
            .unwrap()
    );
    assert!(
        nasty
            .matches(&MatchInput::of_visitor("a".repeat(50_000)))
            .unwrap()
    );
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[test]
fn custom_matcher_is_called_by_name() {
    let matchers = Matchers::default()
        .with("bot", |input: &MatchInput| Ok(input.account.is_bot))
        .with("sad", |_: &MatchInput| Err("no idea".to_owned()))
        .with("mad", |_: &MatchInput| panic!("ouch"));
    let ask = |name: &str| {
        let matcher = matchers.compile(&json!({"kind": "custom", "name": name}));
        let matcher = matcher.map_err(|error| error.to_string())?;
        matcher.matches(&MatchInput::of_visitor("hello"))
    };

    assert_eq!(ask("bot"), Ok(false));
    assert_eq!(ask("sad"), Err("custom matcher `sad`: no idea".to_owned()));
    assert_eq!(ask("mad").unwrap_err(), "custom matcher `mad` panicked");
    assert_eq!(
        ask("glad").unwrap_err(),
        "invalid matcher: custom matcher `glad` is not registered: expected one of bot, mad, sad"
    );
    assert_eq!(format!("{matchers:?}"), r#"{"bot", "mad", "sad"}"#);
}

#[test]
fn invalid_matchers_are_rejected_with_a_reason() {
    for (json, sentence) in [
        (
            json!("always"),
            "invalid matcher: expected an object such as `{\"kind\": \"always\"}`",
        ),
        (
            json!({}),
            "invalid matcher: `kind` must be one of `always`, `keywords`, `regex`, `script`, `custom`",
        ),
        (
            json!({"kind": 1}),
            "invalid matcher: `kind` must be one of `always`, `keywords`, `regex`, `script`, `custom`",
        ),
        (
            json!({"kind": "never"}),
            "invalid matcher: `kind` must be one of `always`, `keywords`, `regex`, `script`, `custom`",
        ),
        (
            json!({"kind": "always", "any": []}),
            "invalid matcher: unknown field `any`: expected no other fields",
        ),
        (
            json!({"kind": "keywords", "some": ["refund"]}),
            "invalid matcher: unknown field `some`: expected `any`, `all`",
        ),
        (
            json!({"kind": "keywords"}),
            "invalid matcher: keywords need at least one of the lists `any` and `all`",
        ),
        (
            json!({"kind": "keywords", "any": "refund"}),
            "invalid matcher: `any` must be a list",
        ),
        (
            json!({"kind": "keywords", "all": ["refund", 5]}),
            "invalid matcher: `all[1]` must be a string",
        ),
        (
            json!({"kind": "keywords", "any": []}),
            "invalid matcher: `any` has 0 keywords: expected 1 to 200",
        ),
        (
            json!({"kind": "keywords", "any": vec!["a"; 201]}),
            "invalid matcher: `any` has 201 keywords: expected 1 to 200",
        ),
        (
            json!({"kind": "keywords", "any": ["a"], "all": ["a", " \n"]}),
            "invalid matcher: `all[1]` has 0 characters: expected 1 to 100",
        ),
        (
            json!({"kind": "keywords", "all": ["é".repeat(101)]}),
            "invalid matcher: `all[0]` has 101 characters: expected 1 to 100",
        ),
        (
            json!({"kind": "regex"}),
            "invalid matcher: `pattern` is missing",
        ),
        (
            json!({"kind": "regex", "pattern": ["a"]}),
            "invalid matcher: `pattern` must be a string",
        ),
        (
            json!({"kind": "regex", "pattern": ""}),
            "invalid matcher: `pattern` has 0 characters: expected 1 to 1000",
        ),
        (
            json!({"kind": "regex", "pattern": "a".repeat(1_001)}),
            "invalid matcher: `pattern` has 1001 characters: expected 1 to 1000",
        ),
        (
            json!({"kind": "regex", "pattern": "(a"}),
            "invalid matcher: `pattern` is not a regular expression: unclosed group",
        ),
        (
            json!({"kind": "regex", "pattern": r"(?:\w{100}){100}"}),
            "invalid matcher: `pattern` needs more than 1048576 bytes: expected fewer repetitions",
        ),
        (
            json!({"kind": "regex", "pattern": format!("{}a{}", "(".repeat(60), ")".repeat(60))}),
            "invalid matcher: `pattern` is not a regular expression: exceed the maximum number of nested parentheses/brackets (50)",
        ),
        (
            json!({"kind": "regex", "pattern": "a", "case_sensitive": "yes"}),
            "invalid matcher: `case_sensitive` must be true or false",
        ),
        (
            json!({"kind": "script", "code": "true"}),
            "invalid matcher: unknown field `code`: expected `source`",
        ),
        (
            json!({"kind": "script", "source": true}),
            "invalid matcher: `source` must be a string",
        ),
        (
            json!({"kind": "script", "source": " "}),
            "invalid matcher: `source` has 0 bytes: expected 1 to 10000",
        ),
        (
            json!({"kind": "script", "source": " ".repeat(10_000) + "true"}),
            "invalid matcher: `source` has 10004 bytes: expected 1 to 10000",
        ),
        (
            json!({"kind": "script", "source": "message.text =="}),
            "invalid matcher: `source` is not a script: script is incomplete (line 1, position 16)",
        ),
        (
            json!({"kind": "script", "source": "mesage.text == \"\""}),
            "invalid matcher: `source` is not a script: undefined variable: mesage (line 1, position 1)",
        ),
        (
            json!({"kind": "custom"}),
            "invalid matcher: `name` is missing",
        ),
        (
            json!({"kind": "custom", "name": 5}),
            "invalid matcher: `name` must be a string",
        ),
        (
            json!({"kind": "custom", "name": "vip"}),
            "invalid matcher: custom matcher `vip` is not registered: there are none",
        ),
    ] {
        assert_eq!(invalid(json), sentence);
    }
}
