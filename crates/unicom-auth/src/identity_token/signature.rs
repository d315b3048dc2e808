//! Checks the signatures of tokens.

use hmac::{Hmac, KeyInit, Mac};
use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey, VerificationAlgorithm};
use sha2::Sha256;
use unicom_webchat::{ChannelKey, IdentityAlgorithm, IdentityKey};
use zeroize::Zeroizing;

use super::refused::Refused;
use crate::SecretKey;

const WRONG: Refused = Refused::Invalid("the signature is wrong");

/// Checks that `signature` is the signature of `signed` by the key, in constant time if it is a
/// secret.
///
/// # Errors
/// [`Refused::Invalid`] if it is not, or if the public key cannot be read.
pub(super) fn check(
    key: &IdentityKey,
    channel: &ChannelKey,
    secret_key: &SecretKey,
    signed: &[u8],
    signature: &[u8],
) -> Result<(), Refused> {
    let by = |algorithm: &'static dyn VerificationAlgorithm| {
        let unreadable = Refused::Invalid("the public key of the channel cannot be read");
        let public = key.public_key_bytes().map_err(|_| unreadable)?;
        let public = UnparsedPublicKey::new(algorithm, public);
        public.verify(signed, signature).map_err(|_| WRONG)
    };
    match key.alg {
        IdentityAlgorithm::Hs256 => {
            let secret = Zeroizing::new(secret_key.identity_secret(channel, &key.kid));
            let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| WRONG)?;
            let mac = mac.chain_update(signed);
            mac.verify_slice(signature).map_err(|_| WRONG)
        }
        IdentityAlgorithm::Es256 => by(&ECDSA_P256_SHA256_FIXED),
        IdentityAlgorithm::EdDsa => by(&ED25519),
        _ => Err(Refused::Invalid("the algorithm of the key is unknown")),
    }
}
