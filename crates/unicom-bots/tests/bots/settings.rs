//! Valid settings, and the errors for invalid ones.

use serde_json::{Value, json};
use unicom_core::{Bot, bots::BotError};

use crate::chat::Chat;

/// Returns the validation error, or an empty string if the settings are valid.
fn said(bot: &impl Bot, config: &Value) -> String {
    let config = config.as_object().unwrap();
    bot.validate(config).err().unwrap_or_default()
}

/// Returns the error for a variable that is not set or not bound to the host.
fn unbound(setting: &str, name: &str, host: &str) -> String {
    format!(
        "`{setting}`: environment variable `{name}` is not set, or `{name}_HOSTS` does not name `{host}`: both must be \
         set where the secret is used, as in `{name}_HOSTS={host}`"
    )
}

/// Returns `good` with the fields of `change` replaced. Null unsets a field.
fn changed(good: &Value, change: Value) -> Value {
    let mut config = good.clone();
    for (name, value) in change.as_object().unwrap() {
        config[name] = value.clone();
    }
    config
}

#[tokio::test]
async fn webhook_settings_are_validated() {
    let chat = Chat::new().await;
    let bot = chat.webhook();
    let good = json!({"url": "https://example.org/unicom?a=b", "secret_env": "UNICOM_BOT_SHOP"});
    let address = "must be a web address such as `https://example.org/v1`";
    let variable = "the name of an environment variable of the form `UNICOM_BOT_[A-Z0-9_]+`, not ending with `_HOSTS`";
    for (change, sentence) in [
        (json!({}), String::new()),
        (json!({"timeout_s": 55, "answer_within_s": 86_400}), String::new()),
        (json!({"timeout_s": 1, "answer_within_s": 0, "url": "http://127.0.0.2:8080/"}), String::new()),
        (json!({"timeout_s": null, "answer_within_s": null}), String::new()),
        (
            json!({"secret": "whsec_x"}),
            "unknown field `secret`: expected `url`, `secret_env`, `timeout_s`, `answer_within_s`".to_owned(),
        ),
        (json!({"url": null}), format!("`url` {address}")),
        (json!({"url": 5}), format!("`url` {address}")),
        (json!({"url": "example.org"}), format!("`url` {address}")),
        (json!({"url": "/unicom"}), format!("`url` {address}")),
        (
            json!({"url": "ftp://example.org"}),
            "`url`: the address must begin with `https://` or `http://`".to_owned(),
        ),
        (
            json!({"url": "https://ada:secret@example.org"}),
            "`url`: the address must have no user and no password".to_owned(),
        ),
        (json!({"url": "http://127.0.0.1/"}), "`url`: address `127.0.0.1` is not public".to_owned()),
        (json!({"url": "http://0x7f.1/"}), "`url`: address `127.0.0.1` is not public".to_owned()),
        (json!({"url": "http://[::ffff:10.0.0.1]/"}), "`url`: address `::ffff:10.0.0.1` is not public".to_owned()),
        (json!({"secret_env": null}), "`secret_env` must be a string".to_owned()),
        (json!({"secret_env": 5}), "`secret_env` must be a string".to_owned()),
        (json!({"secret_env": "PATH"}), format!("`secret_env` must be {variable}")),
        (json!({"secret_env": "UNICOM_SECRET_KEY"}), format!("`secret_env` must be {variable}")),
        (json!({"secret_env": "UNICOM_BOT_"}), format!("`secret_env` must be {variable}")),
        (json!({"secret_env": "UNICOM_BOT_SHOP_HOSTS"}), format!("`secret_env` must be {variable}")),
        (json!({"secret_env": "UNICOM_BOT_shop"}), format!("`secret_env` must be {variable}")),
        (json!({"secret_env": "UNICOM_BOT_GONE"}), unbound("secret_env", "UNICOM_BOT_GONE", "example.org")),
        (json!({"secret_env": "UNICOM_BOT_UNBOUND"}), unbound("secret_env", "UNICOM_BOT_UNBOUND", "example.org")),
        (
            json!({"url": "https://evil.example/"}),
            unbound("secret_env", "UNICOM_BOT_SHOP", "evil.example"),
        ),
        (
            json!({"secret_env": "UNICOM_BOT_SHORT"}),
            "`secret_env`: the variable must hold `whsec_` and 24 to 64 bytes in base64, or several of these separated by spaces".to_owned(),
        ),
        (json!({"timeout_s": 0}), "`timeout_s` must be an integer from 1 to 55".to_owned()),
        (json!({"timeout_s": 56}), "`timeout_s` must be an integer from 1 to 55".to_owned()),
        (json!({"timeout_s": 1.5}), "`timeout_s` must be an integer from 1 to 55".to_owned()),
        (json!({"timeout_s": "10"}), "`timeout_s` must be an integer from 1 to 55".to_owned()),
        (json!({"answer_within_s": -1}), "`answer_within_s` must be an integer from 0 to 86400".to_owned()),
        (json!({"answer_within_s": 86_401}), "`answer_within_s` must be an integer from 0 to 86400".to_owned()),
    ] {
        assert_eq!(said(&bot, &changed(&good, change.clone())), sentence, "{change}");
    }
}

#[tokio::test]
async fn llm_settings_are_validated() {
    let chat = Chat::new().await;
    let bot = chat.llm();
    let good = json!({"base_url": "https://api.openai.com/v1", "model": "gpt-5"});
    let address = "must be a web address such as `https://example.org/v1`";
    let variable = "`api_key_env` must be the name of an environment variable of the form `UNICOM_BOT_[A-Z0-9_]+`, not ending with `_HOSTS`";
    for (change, sentence) in [
        (json!({}), String::new()),
        (
            json!({
                "system_prompt": "ä".repeat(20_000), "mode": "thread", "depth": 200, "api_key_env": "UNICOM_BOT_KEY",
                "timeout_s": 55, "temperature": 0.7, "max_tokens": 1_000_000, "stream": true,
            }),
            String::new(),
        ),
        (json!({"temperature": 2, "mode": "chat", "api_key_env": "UNICOM_BOT_SHOP"}), String::new()),
        (
            json!({"prompt": "x"}),
            "unknown field `prompt`: expected `base_url`, `model`, `system_prompt`, `mode`, `depth`, `api_key_env`, \
             `timeout_s`, `temperature`, `max_tokens`, `stream`, `markdown`"
                .to_owned(),
        ),
        (json!({"base_url": null}), format!("`base_url` {address}")),
        (json!({"base_url": ["https://example.org"]}), format!("`base_url` {address}")),
        (json!({"base_url": "http://localhost"}), String::new()),
        (json!({"base_url": "http://[::1]/v1"}), "`base_url`: address `::1` is not public".to_owned()),
        (json!({"model": null}), "`model` must be a string of 1 to 200 characters".to_owned()),
        (json!({"model": ""}), "`model` must be a string of 1 to 200 characters".to_owned()),
        (json!({"model": ["a"]}), "`model` must be a string of 1 to 200 characters".to_owned()),
        (
            json!({"system_prompt": "x".repeat(20_001)}),
            "`system_prompt` must be a string of 1 to 20000 characters".to_owned(),
        ),
        (json!({"mode": "all"}), "`mode` must be `chat` or `thread`".to_owned()),
        (json!({"mode": 1}), "`mode` must be a string".to_owned()),
        (json!({"system_prompt": 5}), "`system_prompt` must be a string of 1 to 20000 characters".to_owned()),
        (json!({"stream": "yes"}), "`stream` must be true or false".to_owned()),
        (json!({"depth": "all"}), "`depth` must be an integer from 1 to 200".to_owned()),
        (json!({"api_key_env": 5}), "`api_key_env` must be a string".to_owned()),
        (json!({"timeout_s": "10"}), "`timeout_s` must be an integer from 1 to 55".to_owned()),
        (json!({"max_tokens": 1.5}), "`max_tokens` must be an integer from 1 to 1000000".to_owned()),
        (
            json!({
                "system_prompt": null, "mode": null, "depth": null, "api_key_env": null, "timeout_s": null,
                "temperature": null, "max_tokens": null, "stream": null,
            }),
            String::new(),
        ),
        (json!({"depth": 0}), "`depth` must be an integer from 1 to 200".to_owned()),
        (json!({"depth": 201}), "`depth` must be an integer from 1 to 200".to_owned()),
        (json!({"api_key_env": "DATABASE_URL"}), variable.to_owned()),
        (json!({"api_key_env": "UNICOM_BOT_KEY_HOSTS"}), variable.to_owned()),
        (json!({"api_key_env": "unicom_bot_key"}), variable.to_owned()),
        (
            json!({"api_key_env": "OPENAI_API_KEY"}),
            format!(
                "{variable}: set `UNICOM_BOT_OPENAI_API_KEY` to the key, and \
                 `UNICOM_BOT_OPENAI_API_KEY_HOSTS=api.openai.com`"
            ),
        ),
        (json!({"api_key_env": "UNICOM_BOT_GONE"}), unbound("api_key_env", "UNICOM_BOT_GONE", "api.openai.com")),
        (
            json!({"api_key_env": "UNICOM_BOT_TIMEOUT"}),
            unbound("api_key_env", "UNICOM_BOT_TIMEOUT", "api.openai.com"),
        ),
        (
            json!({"api_key_env": "UNICOM_BOT_ELSEWHERE"}),
            unbound("api_key_env", "UNICOM_BOT_ELSEWHERE", "api.openai.com"),
        ),
        (
            json!({"api_key_env": "UNICOM_BOT_KEY", "base_url": "http://api.openai.com/v1"}),
            unbound("api_key_env", "UNICOM_BOT_KEY", "http://api.openai.com"),
        ),
        (
            json!({"api_key_env": "UNICOM_BOT_KEY", "base_url": "https://api.openai.com./v1"}),
            unbound("api_key_env", "UNICOM_BOT_KEY", "api.openai.com."),
        ),
        (
            json!({"api_key_env": "UNICOM_BOT_KEY", "base_url": "https://evil.example\\@api.openai.com/v1"}),
            unbound("api_key_env", "UNICOM_BOT_KEY", "evil.example"),
        ),
        (
            json!({"api_key_env": "UNICOM_BOT_KEY", "base_url": "https://api.openai.com@evil.example/"}),
            "`base_url`: the address must have no user and no password".to_owned(),
        ),
        (json!({"api_key_env": "UNICOM_BOT_KEY", "base_url": "https://API.OpenAI.com:443"}), String::new()),
        (
            json!({"api_key_env": "UNICOM_BOT_EMPTY"}),
            "`api_key_env`: the variable must hold a key, and is empty".to_owned(),
        ),
        (
            json!({"api_key_env": "UNICOM_BOT_BROKEN"}),
            "`api_key_env`: the variable must hold a key that a header can carry".to_owned(),
        ),
        (json!({"timeout_s": 56}), "`timeout_s` must be an integer from 1 to 55".to_owned()),
        (json!({"temperature": 2.1}), "`temperature` must be a number from 0 to 2".to_owned()),
        (json!({"temperature": "hot"}), "`temperature` must be a number from 0 to 2".to_owned()),
        (json!({"max_tokens": 0}), "`max_tokens` must be an integer from 1 to 1000000".to_owned()),
    ] {
        assert_eq!(said(&bot, &changed(&good, change.clone())), sentence, "{change}");
    }
}

#[tokio::test]
async fn missing_settings_are_named() {
    let chat = Chat::new().await;
    assert_eq!(
        said(&chat.webhook(), &json!({"secret_env": "UNICOM_BOT_SHOP"})),
        "`url` is missing"
    );
    assert_eq!(
        said(&chat.webhook(), &json!({"url": "https://example.org"})),
        "`secret_env` is missing"
    );
    assert_eq!(
        said(&chat.llm(), &json!({"model": "gpt-5"})),
        "`base_url` is missing"
    );
    assert_eq!(
        said(&chat.llm(), &json!({"base_url": "https://example.org"})),
        "`model` is missing"
    );
}

/// Settings that are invalid when the bot runs are a permanent error.
#[tokio::test]
async fn settings_that_became_invalid_are_permanent_errors() {
    let chat = Chat::new().await;
    chat.says_text("Hello").await;
    let config = json!({"url": "https://example.org/", "secret_env": "UNICOM_BOT_GONE"});
    let error = chat
        .webhook()
        .handle(chat.incoming(config).await)
        .await
        .unwrap_err();
    let sentence = unbound("secret_env", "UNICOM_BOT_GONE", "example.org");
    assert_eq!(error, BotError::Permanent(sentence));
}
