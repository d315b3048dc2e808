//! An example shop with its own users, which mounts the web chat under `/support/chat`, beside its
//! own routes, and tries it out.

mod shop;

use std::sync::Arc;
use std::time::Duration;

use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use unicom_content::media::ObjectMediaStore;
use unicom_core::{
    Bots, CoreError, Pipeline, PipelineOptions, Platforms,
    admin::{Actor, Extensions, NewChannel, create_channel},
    bots::Echo,
};
use unicom_db::Database;
use unicom_http::Api;
use unicom_webchat::WebChat;

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let database = Database::connect(&format!("sqlite://{}/shop.db", folder.path().display()))?;
    database.migrate(&[&unicom_db::MIGRATIONS])?;
    let extensions = Extensions::default()
        .with_platforms(Platforms::default().with(WebChat))
        .with_bots(Bots::default().with("echo", Echo));
    make_channel(&database, extensions.clone()).await?;

    let media = Arc::new(ObjectMediaStore::local(folder.path().join("media"))?);
    let shop = Arc::new(shop::Shop::default());
    let api = Api::new(database.clone(), media.clone(), shop, "/support/chat");
    let server = HttpServer::new(move || {
        let chat = unicom_http::webchat::scope(api.clone()).wrap(from_fn(shop::guest_cookies));
        App::new()
            .route("/", web::get().to(async || "The shop"))
            .service(chat)
    })
    .workers(1)
    .bind(("127.0.0.1", 0))?;
    let shop = format!("http://{}", server.addrs()[0]);
    let server = server.run();
    let handle = server.handle();
    let serving = actix_web::rt::spawn(server);

    // Bots answer wherever the pipeline runs: here beside the server, otherwise in a separate
    // process.
    let (stop, stopped) = oneshot::channel::<()>();
    let pipeline = Pipeline::new(database, media, extensions, PipelineOptions::default());
    let answering = actix_web::rt::spawn(pipeline.run(async { drop(stopped.await) }));

    try_out(&shop).await?;

    handle.stop(true).await;
    serving.await??;
    drop(stop);
    Ok(answering.await?)
}

async fn make_channel(database: &Database, extensions: Extensions) -> Result<(), CoreError> {
    let support = NewChannel::new(WebChat::kind(), "Support").with_config(json!({ "bot": "echo" }));
    let setup = Actor::new("host:setup")?;
    database
        .write(move |tx| create_channel(tx, &setup, &extensions, support))
        .await?;
    Ok(())
}

/// Lets a customer and a guest each have a conversation with the echo bot.
async fn try_out(shop: &str) -> anyhow::Result<()> {
    // reqwest needs a provider, even if nothing is encrypted.
    let _ = rustls::crypto::ring::default_provider().install_default();
    println!("GET / says: {}", reqwest::get(shop).await?.text().await?);

    let key = ("X-Shop-Key".parse()?, "ann-secret".parse()?);
    let ann = reqwest::Client::builder().default_headers([key].into_iter().collect());
    converse(&ann.build()?, shop, "Where is my order?").await?;

    let guest = reqwest::Client::builder().cookie_store(true);
    converse(&guest.build()?, shop, "Do you ship to Norway?").await
}

/// Sends `text`, waits for the bot's answer and prints the chat.
async fn converse(client: &reqwest::Client, shop: &str, text: &str) -> anyhow::Result<()> {
    let send = client.post(format!("{shop}/support/chat/webchat/send"));
    let sent = send.json(&json!({ "text": text })).send().await?;
    let sent: Value = sent.error_for_status()?.json().await?;
    println!("\nchat {}", sent["chat_id"]);
    for _ in 0..100 {
        let history = client.get(format!("{shop}/support/chat/webchat/messages?order=asc"));
        let history: Value = history.send().await?.error_for_status()?.json().await?;
        if let Some([question, answer]) = history["messages"].as_array().map(Vec::as_slice) {
            println!("  {}: {}", question["sender_name"], question["text"]);
            println!("  {}: {}", answer["sender_name"], answer["text"]);
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    anyhow::bail!("no bot replied")
}
