//! `texts`: the program `unicom` with one more platform, SMS. It has unicom's whole command line
//! and configuration, the webhook that the SMS gateway posts to, and one more command.
//!
//! ```sh
//! export UNICOM_CHANNEL_SMS=…
//! texts channel create --platform Sms --name Hotline \
//!     --config '{"from":"+49301234567","token_env":"UNICOM_CHANNEL_SMS"}'
//! texts numbers
//! texts serve
//! ```

use std::process::ExitCode;

use example_platform::{Sms, Text};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use unicom_db::lookups;
use unicom_server::{App, Context, Failure, clap};

fn main() -> ExitCode {
    let (gateway, texts) = unbounded_channel();
    std::thread::spawn(|| send(texts));
    App::default()
        .with_name("texts", env!("CARGO_PKG_VERSION"))
        .with_platforms(move |platforms, context, _| {
            let (gateway, secrets) = (gateway.clone(), context.secrets.clone());
            platforms.with(Sms { gateway, secrets })
        })
        .with_command(
            clap::Command::new("numbers").about("List the numbers that customers can write to"),
            |context, _| numbers(context),
        )
        .run()
}

/// A stand-in for the gateway: it prints what a real program would post.
fn send(mut texts: UnboundedReceiver<Text>) {
    while let Some(Text { to, text, .. }) = texts.blocking_recv() {
        println!("to {to}: {text}");
    }
}

fn numbers(context: &Context<'_>) -> Result<(), Failure> {
    let channels = context.database.read(lookups::channels).wait()?;
    let is_sms = |channel: &&unicom_models::Channel| channel.platform.as_str() == "Sms";
    let numbers: Vec<&str> = channels
        .iter()
        .filter(is_sms)
        .filter_map(|channel| channel.config["from"].as_str())
        .collect();
    context.done(&numbers.join("\n"), &numbers)
}
