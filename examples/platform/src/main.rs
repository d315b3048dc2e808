//! An example conversation by text message: a customer writes, and the echo bot answers through the
//! gateway.

use std::error::Error;
use std::sync::Arc;

use example_platform::{Sms, receive};
use serde_json::json;
use tokio::sync::{mpsc, oneshot};
use unicom_content::media::ObjectMediaStore;
use unicom_core::admin::{Actor, Extensions, NewChannel, create_channel};
use unicom_core::{Bots, Pipeline, PipelineOptions, Platforms, bots::Echo};
use unicom_db::Database;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite://{}", folder.path().join("unicom.db").display());
    let database = Database::connect(&url)?;
    database.migrate(&[&unicom_db::MIGRATIONS])?;

    let (gateway, mut sent) = mpsc::unbounded_channel();
    let platforms = Platforms::default().with(Sms { gateway });
    let bots = Bots::default().with("echo", Echo);
    let extensions = Extensions::default()
        .with_platforms(platforms)
        .with_bots(bots);
    let hotline = NewChannel::new("Sms", "Hotline")
        .with_config(json!({"from": "+49301234567", "bot": "echo"}));
    let setup = Actor::new("host:setup")?;
    let known = extensions.clone();
    let made = database.write(move |tx| create_channel(tx, &setup, &known, hotline));
    let channel = made.await?;

    let media = Arc::new(ObjectMediaStore::in_memory());
    let options = PipelineOptions::default();
    let pipeline = Pipeline::new(database.clone(), media, extensions, options);
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(pipeline.run(async {
        let _ = stopped.await;
    }));

    // A real host has a route that the gateway posts to.
    let posted = json!({"id": "in-1", "from": "+491701234567", "text": "Are you open today?"});
    println!("in:  {posted}");
    let inbound = serde_json::from_value(posted)?;
    database
        .write(move |tx| receive(tx, &channel, inbound))
        .await?;

    let answer = sent.recv().await.ok_or("the gateway was dropped")?;
    println!("out: {answer:?}");
    drop(stop);
    Ok(running.await?)
}
