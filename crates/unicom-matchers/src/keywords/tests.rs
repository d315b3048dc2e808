//! Tests of keywords.

use serde_json::json;

use super::super::fixture::matcher;
use super::Keywords;
use super::fold::fold;
use unicom_core::matchers::MatchInput;

/// Returns `true` if `keyword` is found in `text`.
fn is_in(keyword: &str, text: &str) -> bool {
    let keywords = [keyword.to_owned()];
    Keywords::new(Some(&keywords), None).unwrap().matches(text)
}

#[test]
fn any_needs_one_and_all_needs_each() {
    let keywords =
        json!({"kind": "keywords", "any": ["refund", "money back"], "all": ["order", "late"]});
    let keywords = matcher(keywords);
    let matches = |text| keywords.matches(&MatchInput::of_visitor(text)).unwrap();
    assert!(matches("My order is late, I want my MONEY BACK!"));
    assert!(matches("late order: refund"));
    assert!(!matches("My order is late"));
    assert!(!matches("Refund my order"));
    assert!(!matches(""));

    let all = matcher(json!({"kind": "keywords", "all": ["order"]}));
    assert!(all.matches(&MatchInput::of_visitor("order")).unwrap());
    assert!(!all.matches(&MatchInput::of_visitor("orders")).unwrap());
}

#[test]
fn only_whole_words_match() {
    assert!(is_in("art", "The art of war"));
    assert!(is_in("art", "(art)"));
    assert!(is_in("art", "start with art"));
    assert!(!is_in("art", "start"));
    assert!(!is_in("art", "artful"));
    assert!(!is_in("art", "art_1"));
    assert!(!is_in("2", "12-request"));
    assert!(is_in("12", "12-request"));
    assert!(is_in("request", "12-request"));
    assert!(!is_in("order 1", "order 12"));
}

#[test]
fn punctuation_is_part_of_a_keyword() {
    assert!(is_in("c++", "I write C++."));
    assert!(is_in("c++", "c++"));
    assert!(!is_in("c++", "c++11"));
    assert!(!is_in("c++", "objc++"));
    assert!(is_in(".net", "is it .NET?"));
    assert!(is_in("a.b", "a.b"));
    assert!(!is_in("a.b", "axb"));
    assert!(is_in("👍", "ok 👍👍"));
}

#[test]
fn white_space_is_collapsed() {
    assert!(is_in("money back", "money \t\n\u{a0} back"));
    assert!(is_in("  money   back ", "my money back"));
    assert!(!is_in("money back", "moneyback"));
}

#[test]
fn umlauts_are_letters() {
    assert!(is_in("für", "Nur FÜR dich"));
    assert!(!is_in("f", "für"));
    assert!(!is_in("r", "für"));
    assert!(!is_in("über", "darüber"));
    // A combining accent after a letter belongs to the word.
    assert!(!is_in("fu", "fu\u{308}r"));
    assert!(!is_in("fu", "fu\u{308}"));
}

#[test]
fn case_is_folded_in_all_scripts() {
    for (keyword, text) in [
        ("straße", "STRASSE"),
        ("strasse", "Straße"),
        ("STRAẞE", "straße"),
        ("ОПЛАТА", "оплата"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("istanbul", "İSTANBUL"),
        ("ısı", "ISI"),
        ("ﬁn", "FIN"),
    ] {
        assert!(is_in(keyword, text), "{keyword} in {text}");
        assert!(is_in(text, keyword), "{text} in {keyword}");
    }
    assert!(!is_in("s", "ß"));
    assert_eq!(fold("  Groß \n ǅ "), "gross dž");
}

#[test]
fn scripts_without_spaces_have_no_whole_words() {
    for (keyword, text) in [
        ("退款", "退款"),
        ("退款", "你好，退款！"),
        ("退款", "我要退款，谢谢"),
        ("返金", "すぐに返金してください"),
        ("キャンセル", "注文をキャンセルしたい"),
        ("キャンセル", "ｷｬﾝｾﾙします"),
        ("カード", "クレジットカードで"),
        ("お金", "お金を返して"),
        ("คืนเงิน", "ฉันต้องการคืนเงินค่ะ"),
        ("ເງິນ", "ຂໍເງິນຄືນ"),
        ("ប្រាក់", "សងប្រាក់វិញ"),
        ("ငွေ", "ပြန်အမ်းငွေလို"),
        // Words with spaces beside letters that need none.
        ("refund", "我要refund谢谢"),
        ("iPhone", "私のiPhoneが"),
        ("iPhone壳", "买iPhone壳吗"),
    ] {
        assert!(is_in(keyword, text), "{keyword} in {text}");
    }
    for (keyword, text) in [
        ("退款", "退 款"),
        ("退款", "退不款"),
        ("refund", "我要refunds谢谢"),
        ("Phone", "私のiPhoneが"),
        // A consonant without its vowel sign is another syllable.
        ("ก", "กิน"),
        ("환불", "환불해"),
    ] {
        assert!(!is_in(keyword, text), "{keyword} in {text}");
    }
}

#[test]
fn spelling_is_folded() {
    for (keyword, text) in [
        ("don't", "I don’t know"),
        ("don’t", "I DON'T know"),
        ("don't", "I don\u{b4}t know"),
        ("don't", "I don＇t know"),
        ("e-mail", "my e‑mail"),
        ("e-mail", "my e–mail"),
        ("e—mail", "my e-mail"),
        ("5-2", "5−2"),
        ("\"urgent\"", "it is “urgent”!"),
        ("café", "the cafe\u{301}"),
        ("cafe\u{301}", "the CAFÉ"),
        ("refund", "ｒｅｆｕｎｄ"),
        ("ｒｅｆｕｎｄ", "Refund"),
        ("refund", "re\u{ad}fund"),
        ("refund", "re\u{200b}fund\u{feff}"),
        ("office", "oﬃce"),
        ("ガイド", "ｶﾞｲﾄﾞ"),
        ("각", "\u{1100}\u{1161}\u{11a8}"),
        ("می‌خواهم", "میخواهم"),
    ] {
        assert!(is_in(keyword, text), "{keyword} in {text}");
    }
    assert!(!is_in("dont", "don’t"));
    assert!(!is_in("cafe", "café"));
    let none = ["\u{200b}".to_owned()];
    assert!(Keywords::new(Some(&none), None).is_err());
}

#[test]
fn maximum_keywords_are_accepted() {
    let keywords: Vec<String> = (0..200)
        .map(|n| format!("{n:03}{}", "語 ".repeat(48)))
        .collect();
    let both = Keywords::new(Some(&keywords), Some(&keywords)).unwrap();
    assert!(both.matches(&keywords.join("!")));
    assert!(!both.matches(&keywords[1..].join("!")));
}
