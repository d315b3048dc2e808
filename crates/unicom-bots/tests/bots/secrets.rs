//! Secrets of the process's environment: which are read, and where they are sent.

use std::sync::{Arc, Mutex};

use serde_json::json;
use unicom_bots::{Llm, Webhook};
use unicom_core::{Bot, Bots, bots::BotError};
use unicom_testing::scripted_server::{Play, Server, response, say};

use crate::chat::{Chat, KEY, SECRET, create, outbound};
use crate::llm::completion;

/// Returns the variables of an operator who binds one key and one secret to these hosts, and also
/// has the key of another system.
fn bound_to(hosts: &str) -> impl Fn(&str) -> Option<String> + Clone + Send + Sync + 'static {
    let hosts = hosts.to_owned();
    move |name| match name {
        "UNICOM_BOT_A" => Some(KEY.to_owned()),
        "UNICOM_BOT_B" | "UNICOM_BOT_UNBOUND" => Some(SECRET.to_owned()),
        "UNICOM_BOT_A_HOSTS" | "UNICOM_BOT_B_HOSTS" => Some(hosts.clone()),
        "STRIPE_API_KEY" | "UNICOM_SECRET_KEY" => Some("sk_live_123".to_owned()),
        _ => None,
    }
}

/// A secret is used only for the hosts it is bound to, and errors reveal nothing about it.
#[tokio::test]
async fn secrets_are_sent_only_to_bound_hosts() {
    let meant = Server::new(say(200, completion("Yes".into()))).await;
    let attacker = Server::new(say(200, completion("Yes".into()))).await;
    let chat = Chat::new().await;
    chat.says_text("Hello").await;
    let environment = bound_to(&meant.url(""));
    let llm = Llm::new(chat.database.clone(), outbound()).with_environment(environment.clone());
    let webhook = Webhook::new(chat.database.clone(), outbound()).with_environment(environment);
    let mut incoming = chat
        .incoming(
            json!({"base_url": meant.url("/v1"), "model": "m", "api_key_env": "UNICOM_BOT_A"}),
        )
        .await;
    llm.handle(incoming.clone()).await.unwrap();
    let bearer = format!("Bearer {KEY}");
    assert_eq!(
        meant.only_request().header("authorization"),
        Some(bearer.as_str())
    );

    for variable in [
        "UNICOM_BOT_A",
        "UNICOM_BOT_UNBOUND",
        "UNICOM_BOT_GONE",
        "STRIPE_API_KEY",
        "UNICOM_BOT_A_HOSTS",
    ] {
        let model = json!({"base_url": attacker.url("/v1"), "model": "m", "api_key_env": variable});
        let hook =
            json!({"url": attacker.url("/"), "secret_env": variable.replace("BOT_A", "BOT_B")});
        for (bot, config) in [(&llm as &dyn Bot, model), (&webhook, hook)] {
            incoming.config = config.as_object().unwrap().clone();
            assert!(bot.validate(&incoming.config).is_err(), "{config}");
            let error = bot.handle(incoming.clone()).await.unwrap_err();
            let BotError::Permanent(said) = error else {
                panic!("{config}: {error}")
            };
            for secret in [KEY, SECRET, "sk_live", &meant.address] {
                assert!(!said.contains(secret), "{said}");
            }
        }
    }
    assert!(attacker.requests().is_empty());
}

/// A redirect to another host is not followed, even if the key is bound to that host.
#[tokio::test]
async fn key_is_not_sent_to_a_redirect_target() {
    let chat = Chat::new().await;
    // Both hosts are bound, but the bot was configured for one of them.
    for status in [302, 307, 308] {
        chat.says_text("Hello").await;
        let second = Server::new(say(200, completion("Yes".into()))).await;
        let location = format!("location: {}\r\n", second.url("/v1/chat/completions"));
        let first = Server::new(Play::Say(response(status, &location, ""))).await;
        let environment = bound_to(&format!("{},{}", first.url(""), second.url("")));
        let llm = Llm::new(chat.database.clone(), outbound()).with_environment(environment);
        let config =
            json!({"base_url": first.url("/v1"), "model": "m", "api_key_env": "UNICOM_BOT_A"});
        let error = llm.handle(chat.incoming(config).await).await.unwrap_err();
        assert!(matches!(error, BotError::Permanent(_)), "{error}");
        assert_eq!(first.requests().len(), 1);
        assert!(second.requests().is_empty(), "{status}");
    }
}

/// Only variables with a valid name are looked up.
#[tokio::test]
async fn only_bot_variables_are_read() {
    let chat = Chat::new().await;
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let llm = Llm::new(chat.database.clone(), outbound()).with_environment(move |name| {
        seen.lock().unwrap().push(name.to_owned());
        None
    });
    let bots = Bots::default().with("llm", llm);
    for variable in [
        "STRIPE_API_KEY",
        "UNICOM_SECRET_KEY",
        "DATABASE_URL",
        "UNICOM_BOT_A_HOSTS",
        "UNICOM_BOT_",
        "unicom_bot_a",
        "UNICOM_BOT_A",
    ] {
        let bot = json!({
            "kind": "llm", "base_url": "https://example.org", "model": "m", "api_key_env": variable,
        });
        let made = create(&chat.database, bots.clone(), json!({ "bot": bot })).await;
        assert!(made.is_err(), "{variable}");
    }
    let mut asked = asked.lock().unwrap().clone();
    asked.sort();
    assert_eq!(asked, ["UNICOM_BOT_A", "UNICOM_BOT_A_HOSTS"]);
}
