//! Secrets and symmetric signatures (`v1`) of Standard Webhooks 1.0.0.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::InvalidLength;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const PREFIX: &str = "whsec_";

/// Allowed length of a secret in bytes: the specification requires 192 to 512 bits.
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// Description of what a variable with secrets must contain, for error messages.
const FORM: &str = "`whsec_` and 24 to 64 bytes in base64, or several of these separated by spaces";

/// The secrets that sign calls: one, or several while the webhook changes to a new one.
pub(super) struct SigningSecrets(Vec<Hmac<Sha256>>);

impl SigningSecrets {
    /// Parses one or more secrets, separated by white space.
    ///
    /// # Errors
    /// A description of the expected value. It does not contain the actual one.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let secrets: Option<Vec<_>> = text.split_whitespace().map(parse).collect();
        match secrets {
            Some(secrets) if !secrets.is_empty() => Ok(Self(secrets)),
            _ => Err(FORM),
        }
    }

    /// Returns the value of `webhook-signature`: one signature of `{id}.{timestamp}.{body}` per
    /// secret.
    pub(super) fn sign(&self, id: &str, timestamp: &str, body: &[u8]) -> String {
        let signatures = self.0.iter().map(|secret| {
            let mut mac = secret.clone();
            mac.update(format!("{id}.{timestamp}.").as_bytes());
            mac.update(body);
            format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
        });
        signatures.collect::<Vec<_>>().join(" ")
    }
}

fn parse(text: &str) -> Option<Hmac<Sha256>> {
    let bytes = STANDARD.decode(text.strip_prefix(PREFIX)?).ok()?;
    if !BYTES.contains(&bytes.len()) {
        return None;
    }
    let mac: Result<Hmac<Sha256>, InvalidLength> = Hmac::new_from_slice(&bytes);
    mac.ok()
}

#[cfg(test)]
mod tests {
    use super::SigningSecrets;

    /// A secret from the reference libraries of the specification.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn sign(secrets: &str) -> String {
        let body = br#"{"test": 2432232314}"#;
        SigningSecrets::parse(secrets)
            .unwrap_or_else(|problem| panic!("{problem}"))
            .sign("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body)
    }

    #[test]
    fn signs_as_specified() {
        let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(sign(SECRET), signature);
        assert_eq!(sign(&format!("{SECRET}\n")), signature);
        let other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
        let both = sign(&format!("{other} {SECRET}"));
        assert!(
            both.starts_with("v1,") && both.ends_with(&format!(" {signature}")),
            "{both}"
        );
    }

    #[test]
    fn invalid_secrets_are_rejected() {
        for secret in [
            "",
            " ",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_",
            "whsec_c2hvcnQ=",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_",
            "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            &format!("whsec_{}", "AAAA".repeat(22)),
            &format!("{SECRET},{SECRET}"),
        ] {
            assert!(SigningSecrets::parse(secret).is_err(), "{secret}");
        }
    }
}
