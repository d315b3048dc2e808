//! The command `unicom quickstart`, which creates what a first conversation needs and serves.

use std::net::SocketAddr;

use serde_json::json;
use unicom_auth::users::{CreateUserError, NewUser};
use unicom_auth::{admin, password};
use unicom_core::CoreError;
use unicom_core::admin::{Actor, NewChannel, create_channel};
use unicom_db::queries::channels;
use unicom_http::random_token;
use unicom_webchat::WebChat;

use super::Context;
use super::serve::serve;
use crate::demo::DemoPage;
use crate::output::{Format, say};
use crate::parts::Parts;
use crate::{Failure, Metrics, Settings};

/// The users to try out. They have the rights of any registered user, and no more.
const USERS: [(&str, &str); 2] = [("alice", "Alice"), ("bob", "Bob")];

/// The length of their passwords in characters: 80 random bits in hexadecimal.
const PASSWORD_CHARS: usize = 20;

/// Creates what is missing and serves.
pub(crate) fn run(parts: &Parts, settings: &Settings) -> Result<(), Failure> {
    let metrics = Metrics::new()?;
    let context = metrics.record(|| Context::open(parts, settings, Format::Text))?;
    make_channel(&context)?;
    make_users(&context)?;
    let routes = parts
        .routes
        .clone()
        .with_demo(DemoPage::new(&settings.base_path));
    serve(context, metrics, routes, |server| {
        match server.addresses().first() {
            Some(address) => print_welcome(settings, *address),
            None => Ok(()),
        }
    })
}

/// Creates a web chat channel with the echo bot, unless an active one exists.
fn make_channel(context: &Context<'_>) -> Result<(), Failure> {
    let extensions = context.extensions();
    let new = NewChannel::new(WebChat::kind(), "Web chat").with_config(json!({ "bot": "echo" }));
    context.write(move |tx, actor| -> Result<(), CoreError> {
        if channels::first_active(tx, &new.platform)?.is_none() {
            create_channel(tx, actor, &extensions, new)?;
        }
        Ok(())
    })
}

/// Creates the missing users with random passwords, and prints the passwords. They are shown only
/// this once.
fn make_users(context: &Context<'_>) -> Result<(), Failure> {
    for (username, display_name) in USERS {
        let mut password = random_token().map_err(Failure::failed)?;
        password.truncate(PASSWORD_CHARS);
        let new = NewUser::check(username, &password, None, Some(display_name))?;
        let hash = password::hash(&password).map_err(Failure::failed)?;
        let created = context
            .database
            .write(move |tx| admin::create_user(tx, &Actor::COMMAND_LINE, &new, &hash));
        match created.wait() {
            Ok(_) => say(&format!(
                "user {username}, password {password} (shown this once)"
            ))?,
            Err(CreateUserError::UsernameTaken(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn print_welcome(settings: &Settings, address: SocketAddr) -> Result<(), Failure> {
    let origin = format!("http://{address}");
    let base = format!("{origin}{}", settings.base_path);
    let database = if settings.database_url.starts_with("sqlite") {
        &settings.database_url
    } else {
        "PostgreSQL"
    };
    say(&format!("unicom is listening on {base}"))?;
    say(&format!("database: {database}"))?;
    say(
        "users, to try logging in: alice and bob, with the passwords that were shown when they were made;",
    )?;
    say("`unicom user set-password NAME --password-stdin` sets another one")?;
    say(&format!(
        "\nOpen {origin}/ in a browser to see the chat on a page."
    ))?;
    say("\nA first conversation with the echo bot, without a browser:\n")?;
    say(&format!("  curl -s -c cookies.txt {base}/auth/session/"))?;
    say(&format!(
        "  curl -s -b cookies.txt -c cookies.txt -H \"X-CSRFToken: $(awk '/csrftoken/ {{print $7}}' cookies.txt)\" \
         -H 'Content-Type: application/json' -d '{{\"text\":\"Hello!\"}}' {base}/webchat/send/"
    ))?;
    say(&format!(
        "  curl -s -b cookies.txt {base}/webchat/messages/"
    ))?;
    say("\nCtrl-C stops it.")
}
