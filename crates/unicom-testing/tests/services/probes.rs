//! Tests of asking the provider of a channel whether the channel can work.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use unicom_core::admin::*;
use unicom_core::platform::{
    ChannelError, DeliveryFailure, DeliveryJob, DeliveryReceipt, PlatformContext, Probed,
};
use unicom_core::secrets::{CHANNEL_SECRETS, Secrets};
use unicom_core::{CoreError, Platform, Platforms};
use unicom_db::queries::channels;
use unicom_db::{Database, DbError};
use unicom_models::{Channel, ChannelId, PlatformKind, UtcTime};
use unicom_testing::{FakePlatform, FakeProbe, TestDatabase, both_engines};

const ADMIN: Actor = Actor::COMMAND_LINE;

fn channel(config: Value) -> Channel {
    let kind = FakePlatform::KIND.into();
    let mut channel = Channel::new(ChannelId(7), kind, "Fake".to_owned(), UtcTime::BEGINNING);
    channel.config = config;
    channel
}

/// Returns what is said about a channel whose provider refuses it.
async fn refused(probe: FakeProbe, config: Value) -> String {
    let fake = FakePlatform::default();
    fake.set_probe(probe);
    let secrets = Secrets::new(CHANNEL_SECRETS, |name| {
        name.ends_with("_LONG")
            .then(|| "from the environment".to_owned())
    });
    let context = PlatformContext::default().with_secrets(secrets);
    let platforms = Platforms::default().with(fake).with_context(context);
    let error = platforms.probe(channel(config)).await.unwrap_err();
    assert_eq!(error.code(), "invalid_body");
    error.to_string()
}

#[tokio::test]
async fn words_of_a_provider_are_short_and_without_secrets() {
    let refuse = |said: &str| FakeProbe::Refuse(said.to_owned());
    let config = json!({ "token": "4711", "keys": [{ "key_env": "UNICOM_CHANNEL_LONG" }] });
    let words = "token\0 4711\nor key from the environment? UNICOM_CHANNEL_LONG";
    let said = refused(refuse(words), config.clone()).await;
    let expected = "token *** or key ***? UNICOM_CHANNEL_LONG";
    assert_eq!(said, format!("the channel cannot work: {expected}"));
    let long = refused(refuse(&"ä".repeat(2000)), config).await;
    assert!(long.ends_with("ä…") && long.chars().count() < 600, "{long}");
    assert!(!long.contains("4711"));
}

#[test]
fn address_and_secret_of_a_webhook_come_from_the_program() {
    let context = PlatformContext::default();
    assert_eq!(context.webhook_url(&channel(json!({}))), None);
    let error = context.webhook_secret(ChannelId(7), "token").unwrap_err();
    assert!(error.to_string().contains("no key"), "{error}");
    let context = context
        .with_base_url("https://chat.example.com/unicom/")
        .with_webhook_secrets(|channel, token| Ok(format!("{channel} {token}")));
    let url = context.webhook_url(&channel(json!({})));
    assert_eq!(
        url.as_deref(),
        Some("https://chat.example.com/unicom/hooks/fake/7/")
    );
    assert_eq!(
        context.webhook_secret(ChannelId(7), "token").unwrap(),
        "7 token"
    );
    assert!(!format!("{context:?}").contains("token"));
}

/// A platform that changes or deletes the channel while it is asked about it.
#[derive(Debug)]
struct Meddler {
    database: Database,
    deletes: bool,
}

impl Platform for Meddler {
    fn kind(&self) -> PlatformKind {
        "Meddler".into()
    }

    fn validate_channel(&self, _: &Value) -> Result<(), ChannelError> {
        Ok(())
    }

    fn probe(&self, mut channel: Channel) -> BoxFuture<'_, Result<Probed, ChannelError>> {
        let deletes = self.deletes;
        let meddled = self.database.write(move |tx| -> Result<(), DbError> {
            if deletes {
                channels::delete(tx, channel.id)?;
            } else {
                channel.config = json!({ "from": "elsewhere" });
                channel.active = false;
                channels::update(tx, &channel)?;
            }
            Ok(())
        });
        async move {
            meddled.await.unwrap();
            Ok(Probed::default())
        }
        .boxed()
    }

    fn deliver(&self, _: DeliveryJob) -> BoxFuture<'_, Result<DeliveryReceipt, DeliveryFailure>> {
        std::future::ready(Ok(DeliveryReceipt::Local)).boxed()
    }
}

both_engines! {
    async fn channel_that_changes_while_its_provider_is_asked_is_not_activated(db: &TestDatabase) {
        for deletes in [false, true] {
            let database = db.database().clone();
            let meddler = Meddler { database: database.clone(), deletes };
            let extensions = Extensions::default().with_platforms(Platforms::default().with(meddler));
            let all = extensions.clone();
            let new = NewChannel::new("Meddler", "Meddled");
            let made = database.write(move |tx| create_inactive_channel(tx, &ADMIN, &all, new));
            let id = made.await.unwrap().id;
            let activate = ChannelChange { active: Some(true), ..ChannelChange::default() };
            let changed = update_probed_channel(&database, &ADMIN, &extensions, id, activate).await;
            let code = if deletes { "not_found" } else { "conflict" };
            let error = changed.unwrap_err();
            assert_eq!(error.code(), code, "{error}");
            let channel = database.read(move |db| channels::get(db, id)).await.unwrap();
            assert!(channel.is_none_or(|channel| !channel.active));
            if !deletes {
                // Its configuration is the same after the second time.
                let validated = validate_probed_channel(&database, &ADMIN, &extensions, id).await;
                assert!(validated.unwrap().active);
            }
        }
    }

    async fn new_channel_has_the_id_that_the_provider_was_told(db: &TestDatabase) {
        let fake = FakePlatform::default();
        let extensions = Extensions::default().with_platforms(Platforms::default().with(fake.clone()));
        let database = db.database();
        let mut made = Vec::new();
        for probe in [FakeProbe::Accept, FakeProbe::Refuse("no".to_owned()), FakeProbe::Accept] {
            fake.set_probe(probe);
            let new = NewChannel::new(FakePlatform::KIND, "Fake");
            let channel = create_probed_channel(database, &ADMIN, &extensions, new).await;
            match channel {
                Ok(channel) => made.push(channel.id),
                Err(error) => assert!(matches!(error, CoreError::ProbeFailed(_)), "{error}"),
            }
        }
        let asked: Vec<ChannelId> = fake.probed().iter().map(|channel| channel.id).collect();
        assert_eq!(made, [asked[0], asked[2]]);
        assert!(asked[0] < asked[1] && asked[1] < asked[2]);
        let stored = database.read(channels::list).await.unwrap();
        let stored: Vec<ChannelId> = stored.iter().map(|one| one.id).collect();
        assert_eq!(stored, made);
    }
}
