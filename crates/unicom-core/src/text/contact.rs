//! E-mail addresses and telephone numbers, in the canonical form that is stored and compared.

/// Returns an e-mail address in lower case, without surrounding white space.
///
/// # Errors
/// What the address must be, to be appended to the name of its field.
pub fn email_address(text: &str) -> Result<String, &'static str> {
    let address = text.trim().to_lowercase();
    let (name, host) = address.split_once('@').unwrap_or_default();
    let is_address = address.len() <= 254
        && !name.is_empty()
        && !host.is_empty()
        && !host.contains('@')
        && !address.chars().any(|c| c.is_whitespace() || c.is_control());
    if is_address {
        Ok(address)
    } else {
        Err("must be an e-mail address")
    }
}

/// Returns a telephone number as `+` and 5 to 15 digits (ITU E.164), without the separators that
/// people write.
///
/// # Errors
/// What the number must be, to be appended to the name of its field.
pub fn phone_number(text: &str) -> Result<String, &'static str> {
    let wrong = "must be a telephone number with its country, such as `+49 170 1234567`";
    let digits = text.trim().strip_prefix('+').ok_or(wrong)?;
    if !digits
        .chars()
        .all(|c| c.is_ascii_digit() || " -./()".contains(c))
    {
        return Err(wrong);
    }
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    if (5..=15).contains(&digits.len()) && !digits.starts_with('0') {
        Ok(format!("+{digits}"))
    } else {
        Err(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts_are_normalised() {
        assert_eq!(
            email_address(" Ada@Example.ORG "),
            Ok("ada@example.org".to_owned())
        );
        for wrong in ["", "ada", "@x", "ada@", "a@b@c", "a b@c", "a@b\0"] {
            assert!(email_address(wrong).is_err(), "{wrong:?}");
        }
        assert_eq!(
            phone_number("+49 (170) 123-45.67"),
            Ok("+491701234567".to_owned())
        );
        for wrong in [
            "",
            "+",
            "0170 1234567",
            "+0170",
            "+49170x",
            "+1234567890123456",
            "+123",
        ] {
            assert!(phone_number(wrong).is_err(), "{wrong:?}");
        }
    }
}
