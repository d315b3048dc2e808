//! Reads the public keys of sites.

use rustls_pki_types::SubjectPublicKeyInfoDer;
use rustls_pki_types::pem::PemObject;

use super::invalid_web_setting::InvalidWebSetting;
use super::{IdentityAlgorithm, IdentityKey};

const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";

/// Maximum size of a key in PEM, in bytes: several times that of the longer one.
const LONGEST: usize = 1000;

/// What precedes the 65 bytes of an uncompressed point in the public key of P-256 (RFC 5480).
const P256: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// What precedes the 32 bytes of a public key of Ed25519 (RFC 8410).
const ED25519: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

impl IdentityKey {
    /// Returns the bytes of the public key: for `ES256` an uncompressed point of P-256 (65 bytes),
    /// for `EdDSA` a key of Ed25519 (32 bytes). Whether the bytes are a point of the curve is not
    /// checked.
    ///
    /// # Errors
    /// [`InvalidWebSetting`] if there is no public key, if it is not exactly one `PUBLIC KEY` in
    /// PEM, or if it is a key of another algorithm.
    pub fn public_key_bytes(&self) -> Result<Vec<u8>, InvalidWebSetting> {
        let pem = self.public_key.as_deref().unwrap_or_default();
        bytes(self.alg, pem).map_err(|problem| InvalidWebSetting(problem.to_owned()))
    }
}

fn bytes(alg: IdentityAlgorithm, pem: &str) -> Result<Vec<u8>, &'static str> {
    let pem = pem.trim();
    if pem.len() > LONGEST {
        return Err("is longer than a public key for ES256 or EdDSA");
    }
    // A private key beside the public one would be shown with the channel.
    let is_one = pem.starts_with(BEGIN) && pem.ends_with(END) && pem.matches("-----").count() == 4;
    if !is_one {
        return Err(
            "must be one public key in PEM, which begins with `-----BEGIN PUBLIC KEY-----`, and \
             nothing else",
        );
    }
    let key = SubjectPublicKeyInfoDer::from_pem_slice(pem.as_bytes())
        .map_err(|_| "cannot be read: the text between its first and last line is not Base64")?;
    let of = |prefix: &[u8], length: usize| {
        let key = key.as_ref().strip_prefix(prefix)?;
        (key.len() == length).then(|| key.to_vec())
    };
    match alg {
        IdentityAlgorithm::Es256 => of(&P256, 65).filter(|key| key.first() == Some(&4)).ok_or(
            "is not a key for ES256: it must be an uncompressed key of the curve P-256, as from \
             `openssl ec -pubout`",
        ),
        IdentityAlgorithm::EdDsa => of(&ED25519, 32).ok_or(
            "is not a key for EdDSA: it must be a key of Ed25519, as from `openssl pkey -pubout`",
        ),
        IdentityAlgorithm::Hs256 => Err("must not be given for HS256, which has a secret"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const P256_PEM: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEIJxpt+XDi4CGjh/0DQFW/NVeNI1E
Gdl1xJ1SQvG2hVHypzRaFSP4vVWjkdnyBsI/Fhgcy1rKwP1Cdurc8aqxwg==
-----END PUBLIC KEY-----
";
    const ED25519_PEM: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAYSh5oUj3fNrVrG6qeqrGPZE5QNY+8eOk9uwxDjhNpYQ=
-----END PUBLIC KEY-----
";

    #[test]
    fn keys_of_their_algorithm_are_read() {
        let key = bytes(IdentityAlgorithm::Es256, P256_PEM).unwrap();
        assert_eq!((key.len(), key[0]), (65, 4));
        assert_eq!(
            bytes(IdentityAlgorithm::EdDsa, ED25519_PEM).unwrap().len(),
            32
        );
        // Editors and forms change line ends and surrounding white space.
        let other_lines = format!("\r\n{}\n\n", ED25519_PEM.replace('\n', "\r\n"));
        assert!(bytes(IdentityAlgorithm::EdDsa, &other_lines).is_ok());
    }

    #[test]
    fn other_texts_are_refused() {
        use IdentityAlgorithm::{EdDsa, Es256, Hs256};
        let body: String = P256_PEM.lines().skip(1).take(2).collect();
        let private = P256_PEM.replace("PUBLIC KEY", "PRIVATE KEY");
        let cases = [
            (Es256, String::new(), "one public key in PEM"),
            (Es256, body, "one public key in PEM"),
            (Es256, private.clone(), "one public key in PEM"),
            (
                Es256,
                format!("{P256_PEM}{private}"),
                "one public key in PEM",
            ),
            (
                Es256,
                format!("{private}{P256_PEM}"),
                "one public key in PEM",
            ),
            (
                Es256,
                P256_PEM.replace("PUBLIC", "RSA PUBLIC"),
                "one public key in PEM",
            ),
            (Es256, P256_PEM.replace("MFkw", "M*kw"), "not Base64"),
            (Es256, P256_PEM.replace("MFkw", "MFkx"), "curve P-256"),
            (Es256, ED25519_PEM.to_owned(), "curve P-256"),
            (EdDsa, P256_PEM.to_owned(), "Ed25519"),
            (EdDsa, format!("{BEGIN}\n{END}"), ""),
            (
                EdDsa,
                format!("{BEGIN}{}{END}", "\n".repeat(1000)),
                "longer",
            ),
            (Hs256, P256_PEM.to_owned(), "HS256"),
        ];
        for (alg, pem, said) in cases {
            let problem = bytes(alg, &pem).unwrap_err();
            assert!(problem.contains(said), "{pem}: {problem}");
        }
    }
}
