//! The construction of the server's parts from the settings.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use crate::paths::{media_folder, sqlite_file};
use crate::{Failure, LoggedAddresses, Registration, Settings, secret, tls};
use unicom_auth::{Auth, SecretKey, SessionIdentity};
use unicom_content::media::ObjectMediaStore;
use unicom_core::media::MediaStore;
use unicom_core::platform::{ChannelError, PlatformContext};
use unicom_core::{Bots, Platforms, bots::Echo};
use unicom_db::{Database, DatabaseOptions, Migrations};
use unicom_http::{
    Api, UploadFolder,
    admission::Admission,
    security_log::Sources,
    storage::{GuardedMedia, Storage},
};
use unicom_internal::Internal;
use unicom_outbound::{Outbound, OutboundOptions, Proxies};
use unicom_webchat::WebChat;

/// All migrations that the server needs, in the order in which they run.
pub(crate) const MIGRATIONS: [&Migrations; 2] = [&unicom_db::MIGRATIONS, &unicom_auth::MIGRATIONS];

/// Returns the platforms that come with the server.
pub fn platforms() -> Platforms {
    Platforms::default().with(Internal).with(WebChat)
}

/// Returns what platforms get from the server.
pub(crate) fn platform_context(settings: &Settings, database: &Database) -> PlatformContext {
    let context = match &settings.public_origin {
        Some(origin) => {
            PlatformContext::default().with_base_url(&format!("{origin}{}", settings.base_path))
        }
        None => PlatformContext::default(),
    };
    let (settings, database) = (settings.clone(), database.clone());
    let key: OnceLock<SecretKey> = OnceLock::new();
    // The key is loaded when it is needed, because loading may create it.
    context.with_webhook_secrets(move |channel, token| {
        let key = match key.get() {
            Some(key) => key,
            None => {
                let loaded = secret::load(&settings, &database);
                let loaded = loaded.map_err(|error| ChannelError(error.to_string()))?;
                key.get_or_init(|| loaded)
            }
        };
        Ok(key.webhook_secret(channel, token))
    })
}

/// Returns the client with which bots call other servers.
pub(crate) fn outbound(settings: &Settings) -> Outbound {
    let options = OutboundOptions::default()
        .with_allowed_networks(settings.private_networks.clone())
        .with_proxies(Proxies::from_env())
        .with_client_builder(tls::client_builder);
    Outbound::new(options)
}

/// Returns the bots that come with the server.
pub(crate) fn bots(database: &Database, outbound: &Outbound) -> Bots {
    let bots = Bots::default().with("echo", Echo);
    unicom_bots::with_defaults(bots, database, outbound)
}

/// Connects to the database, runs the pending migrations and logs how many ran.
///
/// # Errors
/// Returns [`Failure::Usage`] if the URL is invalid, otherwise [`Failure::Failed`] with the
/// engine's message.
pub fn open_database(settings: &Settings) -> Result<Database, Failure> {
    let options = DatabaseOptions {
        connections: settings.database_connections,
        ..DatabaseOptions::default()
    };
    let database = Database::connect_with(&settings.database_url, options)?;
    let ran = database.migrate(&MIGRATIONS)?;
    if ran > 0 {
        // Logged because a command that only reads may not be expected to migrate, and a server of
        // an older version may be running.
        log::info!("the database's tables were brought up to date: {ran} migrations ran");
    }
    Ok(database)
}

pub(crate) fn auth(
    settings: &Settings,
    database: &Database,
    admission: &Admission,
) -> Result<Auth, Failure> {
    let key = secret::load(settings, database)?;
    Ok(Auth::new(database.clone(), key)
        .with_public_origin(settings.public_origin.clone())
        .with_trusted_origins(settings.trusted_origins.clone())
        .with_session_life(settings.session_life)
        .with_registration(settings.registration == Registration::Open)
        .with_cookie_names(settings.cookie_names.clone())
        .with_admission(admission.clone()))
}

/// Returns how the security log names the addresses that requests come from.
pub(crate) fn sources(settings: &Settings, admission: &Admission, auth: &Auth) -> Sources {
    let admission = admission.clone();
    match settings.security_log_addresses {
        LoggedAddresses::Plain => Sources::new(admission, |address| address.to_string()),
        LoggedAddresses::Hashed => {
            let auth = auth.clone();
            Sources::new(admission, move |address| {
                auth.pseudonym("address", &address.to_string())
            })
        }
    }
}

pub(crate) fn api(settings: &Settings, database: &Database, auth: &Auth) -> Result<Api, Failure> {
    let storage = storage(settings);
    let media = Arc::new(GuardedMedia::new(media(settings)?, storage.clone()));
    let identity = Arc::new(SessionIdentity::new(auth));
    let mut api = Api::new(database.clone(), media, identity, &settings.base_path);
    api.storage = storage;
    api.limits = settings.limits;
    api.uploads = UploadFolder::within(&settings.data_dir.join("uploads")).map_err(|error| {
        Failure::Failed(format!(
            "cannot use folder `{}` for uploads: {error}",
            settings.data_dir.join("uploads").display()
        ))
    })?;
    Ok(api)
}

/// Returns the local places that files and the SQLite database are written to, with the bytes that
/// must stay free.
fn storage(settings: &Settings) -> Storage {
    let places = [
        ("uploads", Some(settings.data_dir.join("uploads"))),
        ("media", media_folder(settings)),
        ("database", sqlite_file(settings).map(PathBuf::from)),
    ];
    let here = places
        .into_iter()
        .filter_map(|(name, path)| Some((name, path?)));
    Storage::new(settings.min_free_space, here)
}

pub(crate) fn media(settings: &Settings) -> Result<Arc<dyn MediaStore>, Failure> {
    let Some(url) = &settings.media_url else {
        let folder = settings.data_dir.join("media");
        return Ok(Arc::new(ObjectMediaStore::local(folder)?));
    };
    tls::install_provider();
    let options = if url.starts_with("s3://") {
        s3_options(settings)
    } else {
        settings.media_options.clone().into_iter().collect()
    };
    let store = ObjectMediaStore::from_url(url, options);
    // Without the URL, which may contain a secret where none belongs.
    let store = store.map_err(|error| Failure::Usage(format!("`media_url`: {error}")))?;
    Ok(Arc::new(store))
}

/// The environment variables of S3 tools that name a server, a region or credentials.
const S3_VARIABLES: [&str; 11] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT",
    "AWS_ALLOW_HTTP",
    "AWS_VIRTUAL_HOSTED_STYLE_REQUEST",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
];

/// Returns the settings of the S3 client: those of the file, overridden by the environment.
fn s3_options(settings: &Settings) -> Vec<(String, String)> {
    let variable = |name: &str| Some((name.to_lowercase(), std::env::var(name).ok()?));
    let from_environment = S3_VARIABLES.iter().filter_map(|name| variable(name));
    settings
        .media_options
        .clone()
        .into_iter()
        .chain(from_environment)
        .collect()
}

#[cfg(test)]
mod tests {
    use unicom_models::{Channel, ChannelId, UtcTime};
    use unicom_testing::TestDatabase;

    use super::*;
    use crate::Options;
    use crate::paths::key_file;

    #[test]
    fn platforms_get_the_public_address_and_secrets_of_the_key() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::load(Options {
            data_dir: Some(folder.path().to_owned()),
            public_origin: Some("https://chat.example.com".to_owned()),
            ..Options::default()
        });
        let settings = settings.unwrap();
        let test = TestDatabase::sqlite(&MIGRATIONS);
        let context = platform_context(&settings, test.database());
        let (id, now) = (ChannelId(7), UtcTime::BEGINNING);
        let channel = Channel::new(id, "Sms".into(), "Hotline".to_owned(), now);
        let url = context.webhook_url(&channel);
        let expected = "https://chat.example.com/unicom/hooks/sms/7/";
        assert_eq!(url.as_deref(), Some(expected));

        let path = key_file(&settings).unwrap();
        assert!(!path.exists(), "the key is created when it is needed");
        let secret = context.webhook_secret(id, "token").unwrap();
        let key = SecretKey::load(&path).unwrap().unwrap();
        assert_eq!(secret, key.webhook_secret(id, "token"));
        assert_eq!(secret, context.webhook_secret(id, "token").unwrap());
    }
}
