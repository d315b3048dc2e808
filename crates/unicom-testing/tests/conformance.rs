//! Runs the conformance suites on the implementations that come with unicom.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};
use unicom_content::media::ObjectMediaStore;
use unicom_core::bots::{BotContext, BotError, Echo, Outcome};
use unicom_core::inbound::{ChatInfo, FileRef, PlatformEvent, Sender};
use unicom_core::media::LARGEST_FILE;
use unicom_core::platform::{
    Capabilities, ChannelError, DeliveryError, DeliveryFailure, DeliveryJob, DeliveryReceipt,
    FileSink, Pace, PollError, Rate, Signal, WebhookCall, WebhookHandler, WebhookMethod,
    WebhookRefusal, WebhookReply,
};
use unicom_core::{Bot, IncomingMessage, OutgoingMessage, Platform};
use unicom_models::{Address, Channel, PlatformKind};
use unicom_testing::conformance::ProviderFiles;
use unicom_testing::{FakePlatform, FakePoll, conformance};
use unicom_webchat::WebChat;

#[tokio::test]
async fn web_chat_conforms() {
    let invalid = [
        json!({"new_chat": "sometimes"}),
        json!({"bot_name": 7}),
        json!({"unknown": 7}),
    ];
    conformance::platform(WebChat, json!({"new_chat": "always"}), &invalid).await;
}

#[tokio::test]
async fn fake_platform_conforms() {
    conformance::platform(FakePlatform::default(), json!({}), &[json!({"token": 7})]).await;
}

/// Returns a call of the webhook of the fake platform.
fn fake_call() -> WebhookCall {
    let body = json!({ "messages": [{ "id": "1", "from": "4917", "text": "Hello!" }] });
    WebhookCall::new(WebhookMethod::Post, body.to_string()).with_header("X-Fake-Token", "t")
}

#[tokio::test]
async fn webhook_of_the_fake_platform_conforms() {
    conformance::webhook(FakePlatform::default(), json!({"token": "t"}), fake_call()).await;
}

#[tokio::test]
#[should_panic(expected = "the call was not read: Err(Unproven)")]
async fn call_without_a_proof_fails() {
    let valid = json!({"token": "another"});
    conformance::webhook(FakePlatform::default(), valid, fake_call()).await;
}

#[tokio::test]
async fn polled_platform_conforms() {
    let fake = FakePlatform::default().with_polling();
    let valid = json!({"token": "a secret"});
    conformance::platform(fake.clone(), valid, &[json!({"token": 7})]).await;
    assert!(fake.polls() > 0);
}

#[tokio::test]
#[should_panic(expected = "`poll` did not return within half a second")]
async fn poller_that_does_not_stop_fails() {
    let fake = FakePlatform::default().with_polling();
    fake.poll_next(FakePoll::Hang);
    conformance::platform(fake, json!({}), &[json!({"token": 7})]).await;
}

#[tokio::test]
#[should_panic(expected = "`poll` ended before its stop")]
async fn poller_that_fails_fails() {
    let fake = FakePlatform::default().with_polling();
    fake.poll_next(FakePoll::Fail(PollError::Broken("no".to_owned())));
    conformance::platform(fake, json!({}), &[json!({"token": 7})]).await;
}

#[tokio::test]
#[should_panic(expected = "the configuration {} was not refused")]
async fn platform_that_accepts_any_configuration_fails() {
    conformance::platform(FakePlatform::default(), json!({}), &[json!({})]).await;
}

#[tokio::test]
async fn echo_bot_conforms() {
    conformance::bot(Echo).await;
}

#[tokio::test]
async fn folder_media_store_conforms() {
    let folder = tempfile::tempdir().unwrap();
    let store = ObjectMediaStore::local(folder.path()).unwrap();
    tokio::spawn(conformance::media_store(store)).await.unwrap();
}

/// A bot that needs a setting.
struct Greeter;

impl Bot for Greeter {
    fn handle(&self, context: BotContext) -> BoxFuture<'_, Result<Outcome, BotError>> {
        let greeting = context.config["greeting"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        Box::pin(async { Ok(Outcome::text(greeting)) })
    }

    fn validate(&self, config: &Map<String, Value>) -> Result<(), String> {
        let known = config.get("greeting").is_some_and(Value::is_string);
        known
            .then_some(())
            .ok_or_else(|| "`greeting` must be a string".to_owned())
    }
}

#[tokio::test]
async fn bot_with_settings_conforms() {
    // The future can be moved to another thread.
    let suite = conformance::bot_with(Greeter, json!({"greeting": "Hi"}));
    tokio::spawn(suite).await.unwrap();
}

#[tokio::test]
#[should_panic(expected = "`greeting` must be a string")]
async fn bot_without_its_settings_fails() {
    conformance::bot(Greeter).await;
}

#[tokio::test]
#[should_panic(expected = "the bot has 21 replies to one message")]
async fn bot_with_many_replies_fails() {
    let replies = |_: BotContext| async {
        Ok(Outcome {
            replies: vec![OutgoingMessage::text("again"); 21],
            ..Outcome::default()
        })
    };
    conformance::bot(replies).await;
}

#[tokio::test]
#[should_panic(expected = "the bot blocked its thread for")]
async fn bot_that_blocks_fails() {
    let blocking = |_: BotContext| async {
        std::thread::sleep(Duration::from_millis(1100));
        Ok(Outcome::text("at last"))
    };
    conformance::bot(blocking).await;
}

#[tokio::test]
async fn bot_that_waits_conforms() {
    let waiting = |_: BotContext| async {
        tokio::time::sleep(Duration::from_millis(1100)).await;
        Ok(Outcome::text("at last"))
    };
    conformance::bot(waiting).await;
}

/// A platform that is correct except for what a test replaces.
#[derive(Debug)]
struct Wrong {
    kind: &'static str,
    validate_for: Duration,
    deliver_for: Duration,
    id_of: fn(&DeliveryJob) -> String,
    pace: Pace,
    signal: fn(Signal) -> BoxFuture<'static, ()>,
    fetch: fn(&str, &mut FileSink) -> Result<(), DeliveryError>,
}

impl Default for Wrong {
    fn default() -> Self {
        Self {
            kind: "Almost-right_2",
            validate_for: Duration::ZERO,
            deliver_for: Duration::ZERO,
            id_of: |job| job.message.id.to_string(),
            pace: Pace::default(),
            signal: |_| Box::pin(async {}),
            fetch: fetch_file,
        }
    }
}

/// Fetches a file from a provider that has `cat` and `film`.
fn fetch_file(name: &str, sink: &mut FileSink) -> Result<(), DeliveryError> {
    match name {
        "cat" => sink.write(b"meow"),
        "film" => loop {
            sink.write(&[0; 1 << 20])?;
        },
        _ => Err(DeliveryError::rejected(
            "not_found",
            "there is no such file",
        )),
    }
}

impl Platform for Wrong {
    fn kind(&self) -> PlatformKind {
        self.kind.into()
    }

    fn capabilities(&self) -> Capabilities {
        FakePlatform::default().capabilities().with_pace(self.pace)
    }

    fn validate_channel(&self, config: &Value) -> Result<(), ChannelError> {
        std::thread::sleep(self.validate_for);
        FakePlatform::default().validate_channel(config)
    }

    fn webhook(&self) -> Option<&dyn WebhookHandler> {
        Some(self)
    }

    fn fetch<'a>(
        &'a self,
        _: Channel,
        file: FileRef,
        sink: &'a mut FileSink,
    ) -> BoxFuture<'a, Result<(), DeliveryError>> {
        Box::pin(async move { (self.fetch)(file.reference.as_str().unwrap_or_default(), sink) })
    }

    fn signal(&self, _: Channel, _: Address, signal: Signal) -> BoxFuture<'_, ()> {
        (self.signal)(signal)
    }

    fn deliver(&self, job: DeliveryJob) -> BoxFuture<'_, Result<DeliveryReceipt, DeliveryFailure>> {
        std::thread::sleep(self.deliver_for);
        let receipt = DeliveryReceipt::accepted((self.id_of)(&job));
        Box::pin(async { Ok(receipt) })
    }
}

/// Reports messages without an id of the provider.
impl WebhookHandler for Wrong {
    fn read(&self, channel: &Channel, call: &WebhookCall) -> Result<WebhookReply, WebhookRefusal> {
        call.header("X-Fake-Token")
            .ok_or(WebhookRefusal::Unproven)?;
        let message = IncomingMessage {
            text: "Hello!".to_owned(),
            ..IncomingMessage::default()
        };
        let chat = ChatInfo::new(channel.id, "4917");
        let event = PlatformEvent::message(Sender::new("4917", "4917"), chat, message);
        Ok(WebhookReply::events(vec![event]))
    }
}

#[tokio::test]
#[should_panic(expected = "was stored again when the call was repeated")]
async fn webhook_without_ids_fails() {
    conformance::webhook(Wrong::default(), json!({}), fake_call()).await;
}

async fn check(wrong: Wrong) {
    let invalid = [json!({"token": 7})];
    let suite = async move { conformance::platform(wrong, json!({}), &invalid).await };
    let ended = tokio::spawn(suite).await;
    if let Err(panicked) = ended {
        std::panic::resume_unwind(panicked.into_panic());
    }
}

#[tokio::test]
async fn platform_without_a_mistake_conforms() {
    check(Wrong::default()).await;
}

/// Tests that the suite panics with this message about a platform with one mistake.
macro_rules! fails {
    ($($name:ident: { $($field:ident: $value:expr),* } => $expected:literal;)*) => {
        $(
            #[tokio::test]
            #[should_panic(expected = $expected)]
            async fn $name() {
                check(Wrong { $($field: $value,)* ..Wrong::default() }).await;
            }
        )*
    };
}

fails! {
    platform_whose_kind_is_empty_fails: { kind: "" } => "`kind` must have only ASCII letters";
    platform_whose_kind_has_spaces_fails: { kind: "Text message" } => "`kind` must have only ASCII letters";
    platform_whose_kind_reverses_text_fails: { kind: "Sm\u{202e}s" } => "`kind` must have only ASCII letters";
    platform_that_blocks_in_deliver_fails: { deliver_for: Duration::from_millis(1100) } =>
        "`deliver` blocked its thread for";
    platform_that_blocks_in_validation_fails: { validate_for: Duration::from_millis(1100) } =>
        "`validate_channel` blocked its thread for";
    platform_with_one_provider_id_fails: { id_of: |_| "7".to_owned() } =>
        "two messages have the same provider's id";
    platform_whose_provider_ids_have_nul_fails: { id_of: |job| format!("{}\0", job.message.id) } =>
        "it cannot be stored";
    platform_whose_provider_ids_are_empty_fails: { id_of: |_| String::new() } => "it cannot be stored";
    platform_whose_pace_has_no_period_fails: { pace: Pace::default().with_chat(Rate::new(1, Duration::ZERO)) } =>
        "`pace.chat` limits nothing";
    platform_whose_pace_has_more_messages_than_time_fails:
        { pace: Pace::default().with_channel(Rate::new(2, Duration::from_nanos(1))) } => "`pace.channel` limits nothing";
    platform_whose_pace_lets_nothing_through_fails: { pace: Pace::default().with_group(Rate::new(1, Duration::MAX)) } =>
        "`pace.group` lets a message through every";
    platform_that_panics_on_a_signal_fails: { signal: |signal| match signal {
        Signal::Seen { .. } | Signal::Typing => Box::pin(async {}),
        other => panic!("{other:?} is not known"),
    } } => "`signal` of ClickTaken { provider_click_id: \"conformance-2\" } panicked";
    platform_that_fails_while_it_signals_fails: { signal: |_| Box::pin(async { panic!("no network") }) } =>
        "`signal` of Seen { provider_message_id: \"conformance-1\" } panicked";
    platform_whose_signals_hang_fails: { signal: |_| Box::pin(std::future::pending()) } => "took longer than 5s";
    platform_that_blocks_in_a_signal_fails: { signal: |_| Box::pin(async {
        std::thread::sleep(Duration::from_millis(1100));
    }) } => "blocked its thread for";
}

/// Checks the files of a platform whose provider has `cat` and `film`.
async fn check_files(fetch: fn(&str, &mut FileSink) -> Result<(), DeliveryError>) {
    let wrong = Wrong {
        fetch,
        ..Wrong::default()
    };
    let files = ProviderFiles {
        present: FileRef::new("cat"),
        content: b"meow".to_vec(),
        missing: FileRef::new("dog"),
        too_large: FileRef::new("film"),
    };
    conformance::files(wrong, json!({}), files).await;
}

#[tokio::test]
async fn files_without_a_mistake_conform() {
    check_files(fetch_file).await;
}

#[tokio::test]
async fn files_of_the_fake_platform_conform() {
    let fake = FakePlatform::default()
        .with_file("cat.gif", &[7; 100_000])
        .with_file("film.mkv", &vec![7; LARGEST_FILE + 1]);
    let files = ProviderFiles {
        present: FakePlatform::file("cat.gif"),
        content: vec![7; 100_000],
        missing: FakePlatform::file("dog.gif"),
        too_large: FakePlatform::file("film.mkv"),
    };
    // The future can be moved to another thread.
    let suite = conformance::files(fake, json!({}), files);
    tokio::spawn(suite).await.unwrap();
}

/// Tests that the suite for files panics with this message about files with one mistake.
macro_rules! files_fail {
    ($($name:ident: $fetch:expr => $expected:literal;)*) => {
        $(
            #[tokio::test]
            #[should_panic(expected = $expected)]
            async fn $name() {
                check_files($fetch).await;
            }
        )*
    };
}

files_fail! {
    file_that_is_cut_fails: |name, sink| match name {
        "cat" => sink.write(b"me"),
        other => fetch_file(other, sink),
    } => "the file was not fetched whole the first time: 2 bytes of 4";
    file_that_is_not_fetched_fails: |_, _| Err(DeliveryError::Temporary("no network".to_owned())) =>
        "fetching the file the first time failed";
    file_that_is_fetched_once_fails: |name, sink| {
        static FETCHED: AtomicBool = AtomicBool::new(false);
        match FETCHED.swap(true, Ordering::Relaxed) {
            false => fetch_file(name, sink),
            true => Err(DeliveryError::rejected("gone", "the file was fetched before")),
        }
    } => "fetching the file again failed";
    fetching_that_blocks_fails: |name, sink| {
        std::thread::sleep(Duration::from_millis(1100));
        fetch_file(name, sink)
    } => "`fetch` blocked its thread for";
    missing_file_that_is_empty_fails: |name, sink| match name {
        "dog" => Ok(()),
        other => fetch_file(other, sink),
    } => "a file that does not exist was fetched";
    missing_file_that_is_asked_for_again_fails: |name, sink| match name {
        "dog" => Err(DeliveryError::Temporary("404".to_owned())),
        other => fetch_file(other, sink),
    } => "a file that does not exist would be fetched again after Temporary";
    large_file_that_is_cut_fails: |name, sink| match name {
        "film" => {
            let _ = fetch_file(name, sink);
            Ok(())
        }
        other => fetch_file(other, sink),
    } => "a file that is too large was fetched";
    large_file_that_is_asked_for_again_fails: |name, sink| match name {
        "film" => fetch_file(name, sink).map_err(|error| DeliveryError::Unknown(error.to_string())),
        other => fetch_file(other, sink),
    } => "a file that is too large would be fetched again after Unknown";
}

#[tokio::test]
#[should_panic(expected = "`invalid_configs` is empty")]
async fn suite_without_invalid_configurations_fails() {
    conformance::platform(FakePlatform::default(), json!({}), &[]).await;
}
