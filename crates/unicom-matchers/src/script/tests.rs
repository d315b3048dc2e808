//! Tests of the data that scripts see and of their limits.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::fixture::{invalid, matcher, member};
use unicom_core::matchers::{MatchInput, MatcherCompiler};

fn run_on(input: &MatchInput, source: &str) -> Result<bool, String> {
    matcher(json!({"kind": "script", "source": source})).matches(input)
}

fn run(source: &str) -> Result<bool, String> {
    run_on(
        &MatchInput::of_visitor("I want a refund for Order 12"),
        source,
    )
}

/// Runs `source`, which must fail. Returns the error message without its prefix.
fn failure(source: &str) -> String {
    let sentence = run(source).unwrap_err();
    let sentence = sentence.strip_prefix("the script ");
    sentence.expect("a failure of a script").to_owned()
}

/// Compiles `source`, which must be refused. Returns the error message without its prefix.
fn refusal(source: &str) -> String {
    let sentence = invalid(json!({"kind": "script", "source": source}));
    let sentence = sentence.strip_prefix("invalid matcher: `source` is not a script: ");
    sentence.expect("a refusal of a script").to_owned()
}

/// Asserts that `source` is stopped by one of the limits in less than two seconds.
#[track_caller]
fn assert_stops(source: &str) {
    let begun = Instant::now();
    let failure = failure(source);
    let limits = [
        "took longer than 50 ms",
        "failed: too many operations",
        "failed: stack overflow",
        "failed: length of string too large",
        "failed: size of array/BLOB too large",
        "failed: size of object map too large",
        "failed: too many variables",
    ];
    assert!(
        limits.iter().any(|limit| failure.starts_with(limit)),
        "{failure}"
    );
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[test]
fn script_reads_message_and_sender() {
    let mut input = MatchInput::of_visitor("Refund!");
    input.member = Some(member());
    input.message.subject = Some("Order 12".to_owned());
    input.message.raw = json!({"button_click": {"value": "refund:12"}});
    for source in [
        r#"message.text.contains("fund") && "Ref" in message.text"#,
        r#"message.text.to_lower() == "refund!" && message.text.to_upper().starts_with("REF")"#,
        r#"message.text.ends_with("!") && message.text.contains('R') && !message.text.is_empty"#,
        r#"message.text.len() == 7 && message.text.len == 7 && "é".len == 1"#,
        r#"message.subject == "Order 12" && message.html == () && message.media_name == ()"#,
        r#"message.media_type == "text" && message.sender_name == "Test" && message.button == "refund:12""#,
        r#"message.id.len == 36 && message.chat_id == "test""#,
        r#"account.id == "test" && account.platform == "WebChat" && account.name == "Test""#,
        "!account.is_bot",
        r#"member != () && member.name == "Ann Smith" && member.id.len == 36"#,
        r#"member.email == "ann@example.com" && member.phone == ()"#,
        r#"channel.id == 0 && channel.name == "Test" && channel.platform == "WebChat""#,
        r#"channel.name in ["Sales", "Test"] && channel.id in [0] && !(8 in [0])"#,
        r#"for word in message.subject.split(" ") { if word == "12" { return true } } false"#,
        r#"let words = message.subject.split(" "); words.len == 2 && !words.is_empty()"#,
        "let sum = 0; for i in 0..3 { sum += i } for i in 0..=3 { sum += i } sum == 9",
        "5 in 0..6 && 5 in 0..=5 && !(5 in 0..5) && -5 < 0",
        r#"fn is_order(subject) { subject.starts_with("Order") } is_order(message.subject)"#,
        r#"`${channel.id}: ${message.subject}` == "0: Order 12""#,
        "const OPEN = [0, 8]; OPEN.contains(channel.id) && OPEN.len == 2",
    ] {
        assert_eq!(run_on(&input, source), Ok(true), "{source}");
    }
    assert_eq!(
        run_on(&input, r#"message.text.contains("order")"#),
        Ok(false)
    );
}

#[test]
fn unknown_member_is_unit() {
    assert_eq!(run("member == ()"), Ok(true));
    assert_eq!(run("member?.email == ()"), Ok(true));
    assert_eq!(
        failure("member.email == ()"),
        "failed: unknown property 'email' - a getter is not registered for type '()' (line 1, position 8)"
    );
}

#[test]
fn unknown_names_are_reported() {
    assert_eq!(
        failure("message.txet == ()"),
        "failed: property not found: txet (line 1, position 9)"
    );
    assert_eq!(
        failure("fn f() { message.text } f() == 1"),
        "failed: variable not found: message (line 1, position 10), in call to function 'f' (line 1, position 25)"
    );
    assert!(failure("message.text.shout()").starts_with("failed: function not found: shout"));
}

#[test]
fn non_boolean_result_is_a_failure() {
    let sentence = |kind| format!("gave a value of type `{kind}`: expected true or false");
    assert_eq!(failure("message.text"), sentence("string"));
    assert_eq!(failure("1"), sentence("i64"));
    assert_eq!(failure("()"), sentence("()"));
    assert_eq!(failure("let x = true;"), sentence("()"));
    assert_eq!(failure("fn f() {} f"), sentence("Fn"));
    assert_eq!(
        failure(r#"throw "no""#),
        "failed: runtime error: no (line 1, position 1)"
    );
    let long = failure("let s = message.text; s += s; s += s; s += s; s += s; throw s");
    assert_eq!(long.chars().count(), "failed: ".len() + 200);
}

#[test]
fn endless_loops_stop() {
    for source in [
        "loop {}",
        "while true { let x = 1; }",
        "do {} while true",
        "for i in 0..9_000_000_000_000 {} true",
        "loop { try { loop {} } catch {} }",
        "let text = message.text; loop { text = text.to_lower(); }",
    ] {
        assert_stops(source);
    }
}

#[test]
fn deep_recursion_stops() {
    for source in [
        "fn f(n) { f(n + 1) } f(0)",
        "fn f(n) { f(f(f(f(f(n))))) } f(0)",
        "fn f(n) { [[[f(n)]]] } f(0)",
        "fn f(n) { #{a: #{b: #{c: f(n)}}} } f(0)",
        "fn f(n) { `${`${f(n)}`}` } f(0)",
        "fn f(n) { switch n { 0 => { switch n { 0 => f(n) } } } } f(0)",
        "fn f(n) { try { f(n) } catch { f(n) } } f(0)",
        "fn f(n) { g(n) } fn g(n) { f(n) } f(0)",
    ] {
        assert_stops(source);
    }
}

#[test]
fn huge_values_stop() {
    for source in [
        r#"let s = "aaaaaaaa"; loop { s += s; }"#,
        r#"let s = "aaaaaaaa"; loop { s = s + s; }"#,
        r#"let s = "aaaaaaaa"; loop { s = `${s}${s}`; }"#,
        r#"let s = "aaaaaaaa"; loop { s = [s, s]; }"#,
        "let a = [1]; loop { a += a; }",
        "let a = [1]; loop { a += 1; }",
        "let a = [1]; loop { a[0] = a; }",
        "let a = [1, 2]; loop { a = [a, a]; }",
        "let m = #{}; let n = 0; loop { n += 1; m[`${n}`] = n; }",
        "let m = #{}; loop { m.m = m; }",
        r#"let s = "a"; for i in 0..14 { s += s; } s.split("").len == 0"#,
        &(0..70)
            .map(|n| format!("let x{n} = 1; "))
            .collect::<String>(),
    ] {
        assert_stops(source);
    }
}

#[test]
fn deep_values_stop() {
    for source in [
        "let a = []; loop { a = [a]; }",
        "let a = []; loop { a = [[[[[[[[a]]]]]]]]; }",
        "let a = #{}; loop { a = #{a: a}; }",
        "let a = #{}; loop { a = #{a: [a]}; }",
        "let a = []; loop { a = [a]; let s = `${a}`; let b = a; }",
    ] {
        assert_stops(source);
    }
}

#[test]
fn deeply_nested_sources_are_rejected() {
    let too_deep = "expression exceeds maximum complexity";
    for source in [
        format!("{}true{}", "(".repeat(4_000), ")".repeat(4_000)),
        format!("{}true{}", "{".repeat(4_000), "}".repeat(4_000)),
        format!("{}true{}", "[".repeat(4_000), "]".repeat(4_000)),
        format!("{}true", "!".repeat(9_000)),
        format!("1{} == 1", "+1".repeat(4_000)),
        format!("1{} == 1", "**1".repeat(3_000)),
        format!("message{}", ".a".repeat(4_000)),
        format!("message{}", "[0]".repeat(3_000)),
        format!("message{}", ".a()".repeat(2_000)),
        format!("if false {{}} {}", "else if false {} ".repeat(500)),
    ] {
        assert!(refusal(&source).starts_with(too_deep), "{source}");
    }
}

#[test]
fn unsafe_functions_are_rejected() {
    for source in [
        r#"eval("true")"#,
        r#""true".eval()"#,
        r#"import "x" as x; true"#,
        "export message; true",
        "print(1); true",
        "debug(1); true",
        r#"Fn("f").call()"#,
        "fn f() {} let g = f; g.curry(g); true",
        "let f = |x| x; true",
        "x::f(); true",
        "let f = || true; f.call()",
    ] {
        assert!(!refusal(source).is_empty());
    }
    for source in [
        "sleep(60); true",
        "exit(true)",
        "timestamp(); true",
        r#"parse_json("{}"); true"#,
    ] {
        assert!(failure(source).starts_with("failed: "), "{source}");
    }
    assert!(
        refusal(
            &(0..20)
                .map(|n| format!("fn f{n}() {{}} "))
                .collect::<String>()
        )
        .contains("functions")
    );
}

#[test]
fn constants_cannot_be_changed() {
    let input = MatchInput::of_visitor("refund");
    for source in [
        r#"message = 1; true"#,
        r#"message.text = "x"; true"#,
        r#"message.text += "x"; true"#,
        r#"message["text"] = "x"; true"#,
        "member = 1; true",
    ] {
        let script = json!({"kind": "script", "source": source});
        let refused = crate::Matchers::default()
            .compile(&script)
            .map_err(|error| error.to_string())
            .and_then(|matcher| matcher.matches(&input));
        assert!(refused.unwrap_err().contains("onstant"), "{source}");
    }
    // The script changes a copy, which the next run does not see.
    let own = matcher(json!({"kind": "script", "source":
        r#"let m = message; m.text += "!"; let message = m; message.text == "refund!""#}));
    assert_eq!(own.matches(&input), Ok(true));
    assert_eq!(own.matches(&input), Ok(true));
}

#[test]
fn oversized_text_is_a_failure() {
    let long = MatchInput::of_visitor("a".repeat(100_000));
    let sentence = run_on(&long, r#"message.text.contains("a")"#).unwrap_err();
    assert!(
        sentence.contains("length of string too large"),
        "{sentence}"
    );
    assert_eq!(run_on(&long, "channel.id == 0"), Ok(true));
    assert_eq!(
        run_on(
            &MatchInput::of_visitor("a ".repeat(8_192)),
            r#"message.text.contains("a")"#
        ),
        Ok(true)
    );
}

#[test]
fn arithmetic_error_is_a_failure() {
    for source in [
        "9223372036854775807 + 1 == 0",
        "1 / 0 == 0",
        "(-9223372036854775807 - 1) / -1 == 0",
        "-(-9223372036854775807 - 1) == 0",
        "2 ** 100 == 0",
        "1 << 100 == 1",
        "[1][5] == 1",
        r#""abc"[-9223372036854775807 - 1] == 'a'"#,
    ] {
        let answer = run(source);
        assert!(!matches!(answer, Ok(true)), "{source}");
        if let Err(error) = answer {
            assert!(!error.to_string().contains("panicked"), "{source}");
        }
    }
}
