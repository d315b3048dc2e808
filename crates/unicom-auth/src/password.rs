//! Password hashing: argon2id with the OWASP parameters, which are the library's defaults (ASVS
//! 5.0, 11.4.2).

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use unicode_normalization::UnicodeNormalization;

/// Minimum length of a password, in characters (ASVS 5.0, 6.2.1).
pub const SHORTEST: usize = 8;

/// Maximum length of a password, in characters. It keeps clients from making the server hash long
/// texts.
pub const LONGEST: usize = 256;

/// Returns the password as it is hashed: in the normal form NFC and with ASCII spaces, so that a
/// device that composes characters and one that does not enter the same password (NIST SP 800-63B,
/// 3.1.1.2; RFC 8265, 4.2).
pub(crate) fn prepared(password: &str) -> String {
    let spaced = password.chars().map(|c| match c {
        c if c.is_whitespace() && !c.is_control() => ' ',
        c => c,
    });
    spaced.nfc().collect()
}

/// Hashes a password. Characters that are composed of several ones are hashed like those that are
/// not. Takes tens of milliseconds of a core and 19 MiB.
///
/// # Errors
/// Fails if the operating system provides no randomness.
pub fn hash(password: &str) -> Result<String, argon2::password_hash::Error> {
    let hash: PasswordHash = Argon2::default().hash_password(prepared(password).as_bytes())?;
    Ok(hash.to_string())
}

/// Returns `true` if `password` is the password of `hash`, in whatever way its characters are
/// composed. As slow as [`hash()`], or up to three times as slow if the password has characters
/// that can be composed in several ways: earlier versions hashed what they were given.
pub fn is_right(password: &str, hash: &str) -> bool {
    compare(password, hash) != Comparison::Wrong
}

/// How a password compares with a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// It is the password of the hash.
    Right,
    /// It is the password of a hash that an earlier version made of another form of it. The
    /// password should be hashed again.
    RightInOldForm,
    /// It is another password.
    Wrong,
}

/// Compares a password with a hash. Takes as long as [`is_right`].
pub(crate) fn compare(password: &str, hash: &str) -> Comparison {
    let Ok(hash) = PasswordHash::new(hash) else {
        return Comparison::Wrong;
    };
    let is_of_hash = |form: &str| {
        let verified = Argon2::default().verify_password(form.as_bytes(), &hash);
        verified.is_ok()
    };
    let prepared = prepared(password);
    if is_of_hash(&prepared) {
        return Comparison::Right;
    }
    let decomposed: String = password.nfd().collect();
    let mut forms = vec![password.to_owned(), decomposed, password.nfc().collect()];
    forms.dedup();
    forms.retain(|form| *form != prepared);
    match forms.iter().any(|form| is_of_hash(form)) {
        true => Comparison::RightInOldForm,
        false => Comparison::Wrong,
    }
}

/// A hash that no password matches. It is verified if a user does not exist, so that a wrong name
/// takes as long as a wrong password.
pub(crate) const DUMMY_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHR0aGF0aXNub25l$aBpGkPK4HcVjXFYlkQyi9vNIPBu6BOWBUlR0Wyq2wTk";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composition_does_not_matter() {
        let forms = [
            "P\u{e4}ssw\u{f6}rd 2026",
            "Pa\u{308}sswo\u{308}rd 2026",
            "P\u{e4}sswo\u{308}rd\u{a0}2026",
        ];
        let old = |form: &str| -> String {
            let hash: PasswordHash = Argon2::default().hash_password(form.as_bytes()).unwrap();
            hash.to_string()
        };
        let new = hash(forms[1]).unwrap();
        for form in forms {
            assert_eq!(compare(form, &new), Comparison::Right, "{form}");
            let of_old = |of: &str| compare(form, &old(of));
            assert_eq!(of_old(forms[0]), Comparison::Right, "{form}");
            assert_ne!(of_old(form), Comparison::Wrong, "{form}");
        }
        // Entered on a device that composes, and hashed from one that did not.
        assert_eq!(
            compare("P\u{e4}sse", &old("Pa\u{308}sse")),
            Comparison::RightInOldForm
        );
        for other in [
            "Password 2026",
            "P\u{c4}ssw\u{f6}rd 2026",
            "P\u{e4}ssw\u{f6}rd2026",
        ] {
            assert_eq!(compare(other, &new), Comparison::Wrong, "{other}");
        }
    }

    #[test]
    fn verifies_right_and_wrong_passwords() {
        let hashed = hash("correct horse").unwrap();
        assert!(is_right("correct horse", &hashed) && !is_right("correct horsf", &hashed));
        assert!(!hashed.contains("correct"));
        let owasp = "$argon2id$v=19$m=19456,t=2,p=1$";
        assert!(hashed.starts_with(owasp), "{hashed}");
        assert!(PasswordHash::new(DUMMY_HASH).is_ok() && !is_right("", DUMMY_HASH));
        assert_eq!(
            hashed.split('$').nth(3),
            DUMMY_HASH.split('$').nth(3),
            "the dummy hash costs as much"
        );
    }
}
