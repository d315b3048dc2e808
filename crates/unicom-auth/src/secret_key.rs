//! The server's secret key, which signs its cookies.

mod weakness;

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use unicom_http::random_token;
use unicom_models::ChannelId;
use unicom_webchat::ChannelKey;
use zeroize::Zeroizing;

pub use weakness::Weakness;

/// The server's secret key. `Debug` does not print it. Its memory is overwritten when it is
/// dropped.
#[derive(Clone)]
pub struct SecretKey(Zeroizing<String>);

/// The error of loading a secret key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretKeyError {
    /// The given secret is easy to guess.
    #[error("the secret key {0}; `openssl rand -hex 32` prints a good one")]
    Weak(Weakness),
    /// The file does not contain a secret, or one that is easy to guess.
    #[error(
        "`{path}` is not a secret key: it {reason}; restore it from a backup, or remove it: a new key ends every session"
    )]
    NoKey {
        /// The path of the file.
        path: String,
        /// What is wrong with the content.
        reason: Weakness,
    },
    /// The file cannot be read or created.
    #[error("cannot read or make the secret key's file `{path}`: {source}")]
    File {
        /// The path of the file.
        path: String,
        /// The error of the operating system.
        source: io::Error,
    },
}

impl SecretKey {
    /// Creates a key from a configured secret: any text of at least 32 characters that is not
    /// obviously easy to guess. [`SecretKey::load`] applies the same rules to a file.
    ///
    /// # Errors
    /// [`SecretKeyError::Weak`] if the secret is easy to guess.
    ///
    /// ```
    /// use unicom_auth::SecretKey;
    ///
    /// assert!(SecretKey::new("5f0d2c9b71e84a36b0c7d1f29e8a4b63").is_ok());
    /// for weak in ["too short", &"a".repeat(32), &"abc".repeat(20), &"0".repeat(64)] {
    ///     assert!(SecretKey::new(weak).is_err());
    /// }
    /// ```
    pub fn new(secret: impl Into<String>) -> Result<Self, SecretKeyError> {
        let secret = Zeroizing::new(secret.into());
        match Weakness::of(&secret) {
            Some(weakness) => Err(SecretKeyError::Weak(weakness)),
            None => Ok(Self(secret)),
        }
    }

    /// Loads the secret from the file `path`. Returns `None` if there is no file.
    ///
    /// The file may contain any text that [`SecretKey::new`] accepts. Surrounding white space and
    /// line ends are ignored.
    ///
    /// # Errors
    /// [`SecretKeyError::File`] if the file cannot be read, [`SecretKeyError::NoKey`] if its
    /// content is not a secret or is easy to guess.
    pub fn load(path: &Path) -> Result<Option<Self>, SecretKeyError> {
        let text = match fs::read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => Zeroizing::new(text.map_err(failed(path))?),
        };
        Self::parse(&text, path).map(Some)
    }

    /// Parses `text`, the content of the file `path`. Accepts the same texts as
    /// [`load`](Self::load).
    ///
    /// # Errors
    /// [`SecretKeyError::NoKey`] if the text is not a secret or is easy to guess.
    pub fn parse(text: &str, path: &Path) -> Result<Self, SecretKeyError> {
        Self::new(text.trim()).map_err(|error| match error {
            SecretKeyError::Weak(reason) => SecretKeyError::NoKey {
                path: path.display().to_string(),
                reason,
            },
            error => error,
        })
    }

    /// Loads the secret from the file `path`. If there is no file, creates it with a random secret,
    /// readable only by its owner.
    ///
    /// # Errors
    /// [`SecretKeyError::File`] if the file cannot be read or created, [`SecretKeyError::NoKey`] if
    /// its content is not a secret or is easy to guess.
    pub fn load_or_create(path: &Path) -> Result<Self, SecretKeyError> {
        if let Some(key) = Self::load(path)? {
            return Ok(key);
        }
        match create(path) {
            Ok(secret) => Ok(Self(secret)),
            // Another process was first. It wrote the whole file before linking it into place.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Self::load(path)?.ok_or_else(|| failed(path)(error))
            }
            Err(error) => Err(failed(path)(error)),
        }
    }

    /// Returns the secret of the webhook of a channel, in hexadecimal. It follows from this key,
    /// the channel, and `token`, the channel's secret at the provider, and is stored nowhere.
    ///
    /// ```
    /// use unicom_auth::SecretKey;
    /// use unicom_models::ChannelId;
    ///
    /// let key = SecretKey::new("5f0d2c9b71e84a36b0c7d1f29e8a4b63")?;
    /// let secret = key.webhook_secret(ChannelId(7), "110201543:AAHdqTcv");
    /// assert_eq!(secret, key.webhook_secret(ChannelId(7), "110201543:AAHdqTcv"));
    /// assert_eq!(secret.len(), 64);
    /// assert_ne!(secret, key.webhook_secret(ChannelId(8), "110201543:AAHdqTcv"));
    /// assert_ne!(secret, key.webhook_secret(ChannelId(7), "110201543:AAHdqTcw"));
    /// # Ok::<(), unicom_auth::SecretKeyError>(())
    /// ```
    pub fn webhook_secret(&self, channel: ChannelId, token: &str) -> String {
        let token = hex::encode(Sha256::digest(token));
        self.sign("hook", &format!("{channel}\0{token}"))
    }

    /// Returns the secret with which a site signs identity tokens (`HS256`) for the channel with
    /// this key, in hexadecimal. It follows from this key, the channel's key and `kid`, the id of
    /// the site's key, and is stored nowhere. The key of the signatures is the 64 bytes of the
    /// text.
    ///
    /// ```
    /// use unicom_auth::SecretKey;
    ///
    /// let key = SecretKey::new("5f0d2c9b71e84a36b0c7d1f29e8a4b63")?;
    /// let channel = "wk_0123456789abcdefABCDEF".parse()?;
    /// let secret = key.identity_secret(&channel, "2026-01");
    /// assert_eq!(secret, key.identity_secret(&channel, "2026-01"));
    /// assert_eq!(secret.len(), 64);
    /// assert_ne!(secret, key.identity_secret(&channel, "2026-02"));
    /// let other = "wk_0123456789abcdefABCDEG".parse()?;
    /// assert_ne!(secret, key.identity_secret(&other, "2026-01"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn identity_secret(&self, channel: &ChannelKey, kid: &str) -> String {
        self.sign("identity", &format!("{channel}\0{kid}"))
    }

    /// Returns a code for `purpose` and `message` that only this secret produces, in hexadecimal.
    pub(crate) fn sign(&self, purpose: &str, message: &str) -> String {
        hex::encode(self.mac(purpose, message))
    }

    /// Returns 64 bytes for `purpose` that only this secret produces.
    pub(crate) fn derive_64(&self, purpose: &str) -> [u8; 64] {
        let mut bytes = [0; 64];
        bytes[..32].copy_from_slice(&self.mac(purpose, "1"));
        bytes[32..].copy_from_slice(&self.mac(purpose, "2"));
        bytes
    }

    fn mac(&self, purpose: &str, message: &str) -> [u8; 32] {
        // HMAC takes keys of every length (RFC 2104), so `new_from_slice` does not fail.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()) else {
            return [0; 32];
        };
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(message.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

fn failed(path: &Path) -> impl Fn(io::Error) -> SecretKeyError {
    move |source| SecretKeyError::File {
        path: path.display().to_string(),
        source,
    }
}

/// Writes a new secret beside `path` and links it into place, so that other processes never read a
/// partial file.
fn create(path: &Path) -> io::Result<Zeroizing<String>> {
    let token = || {
        let token = random_token().map_err(|error| io::Error::other(error.to_string()));
        token.map(Zeroizing::new)
    };
    let (first, second) = (token()?, token()?);
    let secret = Zeroizing::new([first.as_str(), second.as_str()].concat());
    let unfinished = path.with_extension(format!("{}.tmp", *token()?));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(secret.as_bytes())?;
    file.sync_all()?;
    let linked = fs::hard_link(&unfinished, path);
    fs::remove_file(&unfinished)?;
    linked?;
    sync_folders_of(path)?;
    Ok(secret)
}

/// Makes the directory entries of the file and of its parent folders, which may be new as well,
/// survive a power loss. Without the key, every session is lost, and with it the guests' access to
/// their chats.
fn sync_folders_of(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let path = std::path::absolute(path)?;
        let mut folders = path.ancestors().skip(1);
        if let Some(folder) = folders.next() {
            fs::File::open(folder)?.sync_all()?;
        }
        // A folder that may not be read was not created by this process's user.
        for folder in folders {
            match fs::File::open(folder) {
                Ok(folder) => folder.sync_all()?,
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::thread;

    use super::weakness::SHORTEST;
    use super::*;

    const GOOD: &str = "5f0d2c9b71e84a36b0c7d1f29e8a4b63";

    #[test]
    fn weak_keys_are_rejected() {
        use Weakness::*;
        let weak = [
            ("", Short),
            (&GOOD[1..], Short),
            (&"x".repeat(SHORTEST - 1), Short),
            (&"x".repeat(SHORTEST), OneCharacter),
            (&"0".repeat(64), OneCharacter),
            (&"\0".repeat(64), OneCharacter),
            (&"ab".repeat(16), Repeated),
            (&"abc".repeat(20), Repeated),
            (&"deadbeef".repeat(8), Repeated),
            // The last repetition may be cut short.
            (&"change-me-".repeat(7)[..66], Repeated),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", Monotonous),
            ("00000000000000000000000000000001", Monotonous),
            ("0110100110010110100101100110100110010110", Monotonous),
            ("0123456789abcdefghijklmnopqrstuvwxyz", Sequence),
            ("zyxwvutsrqponmlkjihgfedcba9876543210", Sequence),
            ("aabbccddeeffgghhiijjkkllmmnnoopp", Sequence),
        ];
        for (text, weakness) in weak {
            let refused = SecretKey::new(text);
            assert!(
                matches!(refused, Err(SecretKeyError::Weak(why)) if why == weakness),
                "{text}: {refused:?}"
            );
        }
        for good in [
            GOOD,
            &GOOD.repeat(2),
            // Its first and last characters are equal.
            "5f0d2c9b71e84a36b0c7d1f29e8a4b65",
            "correct horse battery staple, and so on",
        ] {
            assert!(SecretKey::new(good).is_ok(), "{good}");
        }
        for _ in 0..1000 {
            let random = random_token().unwrap();
            assert!(SecretKey::new(&*random).is_ok(), "{random}");
        }
    }

    #[test]
    fn key_is_created_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("unicom.key");
        let made = SecretKey::load_or_create(&path).unwrap();
        assert_eq!(SecretKey::load_or_create(&path).unwrap().0, made.0);
        // 256 bits, and no other file is left in the folder.
        assert_eq!(fs::read_to_string(&path).unwrap().len(), 64);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        #[cfg(unix)]
        {
            let mode =
                std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
        // Editors append a line end.
        fs::write(&path, format!("{}\n", *made.0)).unwrap();
        assert_eq!(SecretKey::load_or_create(&path).unwrap().0, made.0);
    }

    #[test]
    fn invalid_file_is_reported_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("unicom.key");
        assert!(SecretKey::load(&path).unwrap().is_none());
        let refused = [
            (String::new(), "fewer than 32 characters"),
            ("x".repeat(SHORTEST - 1) + "\n", "fewer than 32 characters"),
            ("\0".repeat(64), "repeats one character"),
            ("k".repeat(64) + "\n", "repeats one character"),
            ("key".repeat(64) + "\n", "repeats a few characters"),
        ];
        for (text, reason) in refused {
            fs::write(&path, &text).unwrap();
            let error = SecretKey::load_or_create(&path).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
            assert!(error.contains(&path.display().to_string()), "{error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        // Texts that an operator may have written.
        for text in ["correct horse battery staple, and so on", GOOD] {
            fs::write(&path, text).unwrap();
            assert_eq!(*SecretKey::load_or_create(&path).unwrap().0, text);
        }
    }

    #[test]
    fn concurrent_callers_get_the_same_key() {
        for _ in 0..50 {
            let folder = tempfile::tempdir().unwrap();
            let (path, barrier) = (folder.path().join("unicom.key"), Barrier::new(4));
            let made: Vec<Zeroizing<String>> = thread::scope(|scope| {
                let begin = || {
                    barrier.wait();
                    SecretKey::load_or_create(&path).unwrap().0
                };
                let started: Vec<_> = (0..4).map(|_| scope.spawn(begin)).collect();
                started.into_iter().map(|one| one.join().unwrap()).collect()
            });
            assert!(made.iter().all(|one| *one == made[0]), "{made:?}");
        }
    }

    #[test]
    fn unusable_path_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        for path in [
            folder.path().join("missing/unicom.key"),
            folder.path().to_owned(),
        ] {
            let error = SecretKey::load_or_create(&path).unwrap_err().to_string();
            assert!(error.contains(&path.display().to_string()), "{error}");
        }
    }

    #[test]
    fn webhook_secret_is_the_documented_code() {
        // Python: hmac.new(key, b"hook\0" + b"7\0" + sha256(token).hexdigest().encode(), "sha256")
        let secret = SecretKey::new(GOOD)
            .unwrap()
            .webhook_secret(ChannelId(7), "token");
        assert_eq!(
            secret,
            "98fc650d5f192ed23447014cab2256c6caa96e4155a4216400d9becb8a219221"
        );
    }

    #[test]
    fn identity_secret_is_the_documented_code() {
        // Python: hmac.new(key, b"identity\0" + channel + b"\0" + kid, "sha256").hexdigest()
        let channel = "wk_0123456789abcdefABCDEF".parse().unwrap();
        let secret = SecretKey::new(GOOD).unwrap();
        assert_eq!(
            secret.identity_secret(&channel, "2026-01"),
            "71cb7590576919d8deaed42bec4d3b5e91e18362db6ec37bc22c2ad57f62fc45"
        );
    }

    #[test]
    fn derived_values_depend_on_all_inputs() {
        let [one, other] = ["a", "b"].map(|text| SecretKey::new(format!("{text}{GOOD}")).unwrap());
        assert_eq!(one.sign("p", "m"), one.sign("p", "m"));
        let mut made = vec![
            one.sign("p", "m"),
            other.sign("p", "m"),
            one.sign("q", "m"),
            one.sign("p", "n"),
            one.sign("pm", ""),
        ];
        let keys = [one.derive_64("p"), other.derive_64("p"), one.derive_64("q")];
        made.extend(keys.iter().flat_map(|key| key.chunks(32)).map(hex::encode));
        let all = made.len();
        made.sort();
        made.dedup();
        assert_eq!(made.len(), all);
        assert_eq!(format!("{one:?}"), "SecretKey(…)");
    }
}
