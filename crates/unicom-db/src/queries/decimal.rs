//! Comparison of numbers in metadata, as exact as PostgreSQL's `numeric`.

use std::cmp::Ordering;

/// Returns a number that a client compares with, in the form in which it would be stored: integers
/// from −2^63 to 2^64−1 exactly, others as the shortest decimal of a double. Returns `None` if the
/// text is not a number.
pub(super) fn parse(text: &str) -> Option<String> {
    if let Ok(number) = text.parse::<i64>() {
        return Some(number.to_string());
    }
    if let Ok(number) = text.parse::<u64>() {
        return Some(number.to_string());
    }
    let number = serde_json::Number::from_f64(text.parse().ok()?)?;
    Some(number.to_string())
}

/// Compares two numbers of JSON exactly. Returns −1, 0 or 1, or `None` if one is not a number.
pub(crate) fn compare(one: &str, other: &str) -> Option<i32> {
    let (one, other) = (Decimal::parse(one)?, Decimal::parse(other)?);
    Some(one.compare(&other) as i32)
}

/// A decimal number: `0.digits × 10^exponent`.
struct Decimal {
    is_negative: bool,
    exponent: i64,
    /// Without zeros at the ends. Empty for zero.
    digits: Vec<u8>,
}

impl Decimal {
    fn parse(text: &str) -> Option<Self> {
        let (is_negative, number) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (number, exponent) = match number.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
            None => (number, 0),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        digits.drain(..zeros);
        while digits.pop_if(|digit| *digit == b'0').is_some() {}
        if digits.is_empty() {
            return Some(Self {
                is_negative: false,
                exponent: 0,
                digits,
            });
        }
        let exponent = i64::from(exponent) + whole.len() as i64 - zeros as i64;
        Some(Self {
            is_negative,
            exponent,
            digits,
        })
    }

    fn compare(&self, other: &Self) -> Ordering {
        let sign = |number: &Self| match (number.digits.is_empty(), number.is_negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let sizes =
            (self.exponent.cmp(&other.exponent)).then_with(|| self.digits.cmp(&other.digits));
        match sign(self).cmp(&sign(other)) {
            Ordering::Equal if sign(self) < 0 => sizes.reverse(),
            Ordering::Equal if sign(self) > 0 => sizes,
            signs => signs,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_exactly() {
        let ordered = [
            "-1.7976931348623157e+308",
            "-18446744073709551616",
            "-9223372036854775808",
            "-9007199254740993",
            "-2.5",
            "-1e-300",
            "0",
            "5e-324",
            "0.1",
            "0.10000000000000002",
            "1",
            "9.99",
            "10",
            "9007199254740992",
            "9007199254740992.5",
            "9007199254740993",
            "1546130668394913822",
            "1546130668394913823",
            "9223372036854775807",
            "9223372036854775808",
            "18446744073709551615",
            "1e23",
            "1.7976931348623157e308",
        ];
        for (at, one) in ordered.iter().enumerate() {
            for (place, other) in ordered.iter().enumerate() {
                assert_eq!(
                    compare(one, other),
                    Some(at.cmp(&place) as i32),
                    "{one} {other}"
                );
            }
        }
        for (one, other) in [
            ("1", "1.0"),
            ("1e2", "100"),
            ("-0.0", "0"),
            ("0.50", "5e-1"),
        ] {
            assert_eq!(compare(one, other), Some(0), "{one} {other}");
        }
        for wrong in [
            "",
            "-",
            ".",
            "1.2.3",
            "abc",
            "\"1\"",
            "true",
            "1e",
            "1e99999999999",
        ] {
            assert_eq!(compare(wrong, "1"), None, "{wrong}");
        }
    }

    #[test]
    fn values_are_parsed_as_they_are_stored() {
        for (text, stored) in [
            ("5", Some("5")),
            ("+5", Some("5")),
            ("007", Some("7")),
            ("-9223372036854775808", Some("-9223372036854775808")),
            ("18446744073709551615", Some("18446744073709551615")),
            ("0.10000000000000001", Some("0.1")),
            ("1e2", Some("100.0")),
            ("inf", None),
            ("NaN", None),
            ("1e999", None),
            ("abc", None),
            ("", None),
        ] {
            assert_eq!(parse(text).as_deref(), stored, "{text}");
        }
    }
}
