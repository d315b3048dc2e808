//! Password hashing: argon2id with the OWASP parameters, which are the library's defaults (ASVS
//! 5.0, 11.4.2).

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

/// Minimum length of a password, in characters (ASVS 5.0, 6.2.1).
pub const SHORTEST: usize = 8;

/// Maximum length of a password, in characters. It keeps clients from making the server hash long
/// texts.
pub const LONGEST: usize = 256;

/// Hashes a password. Takes tens of milliseconds of a core and 19 MiB.
///
/// # Errors
/// Fails if the operating system provides no randomness.
pub fn hash(password: &str) -> Result<String, argon2::password_hash::Error> {
    let hash: PasswordHash = Argon2::default().hash_password(password.as_bytes())?;
    Ok(hash.to_string())
}

/// Returns `true` if `password` is the password of `hash`. As slow as [`hash()`].
pub fn is_right(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

/// A hash that no password matches. It is verified if a user does not exist, so that a wrong name
/// takes as long as a wrong password.
pub(crate) const DUMMY_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHR0aGF0aXNub25l$aBpGkPK4HcVjXFYlkQyi9vNIPBu6BOWBUlR0Wyq2wTk";

#[cfg(test)]
mod tests {
    use super::*;

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
