//! `unicom quickstart`: from nothing to a conversation.

use std::net::SocketAddr;

use serde_json::json;
use unicom_auth::users::{CreateUserError, NewUser};
use unicom_core::{CoreError, create_channel};
use unicom_db::{Database, queries::channels};
use unicom_webchat::WebChat;

use super::user;
use crate::wiring::{bots, open_database, platforms};
use crate::{Failure, Server, Settings};

/// The users to try out, and their passwords. They may do what everyone who registers may, and no more.
const USERS: [(&str, &str, &str); 2] = [
    ("alice", "Alice", "alice-password"),
    ("bob", "Bob", "bob-password"),
];

/// Makes what is missing and serves.
pub(crate) fn run(settings: &Settings) -> Result<(), Failure> {
    let database = open_database(settings)?;
    make_channel(&database)?;
    make_users(&database)?;
    actix_web::rt::System::new().block_on(async {
        let server = Server::bind(settings, database, platforms(), bots())?;
        if let Some(address) = server.addresses().first() {
            print_welcome(settings, *address);
        }
        server.run().await
    })
}

/// A web chat channel with the echo bot, unless an active one is there.
fn make_channel(database: &Database) -> Result<(), CoreError> {
    database
        .write(|tx| {
            let kind = WebChat::KIND.into();
            if channels::first_active(tx, &kind)?.is_none() {
                create_channel(
                    tx,
                    &platforms(),
                    &bots(),
                    &kind,
                    "Web chat",
                    &json!({ "bot": "echo" }),
                )?;
            }
            Ok(())
        })
        .wait()
}

fn make_users(database: &Database) -> Result<(), Failure> {
    for (username, display_name, password) in USERS {
        let new = NewUser::check(username, password, None, Some(display_name))
            .map_err(Failure::failed)?;
        match user::create(database, new, password) {
            Ok(_) | Err(CreateUserError::UsernameTaken(_)) => {}
            Err(error) => return Err(Failure::failed(error)),
        }
    }
    Ok(())
}

fn print_welcome(settings: &Settings, address: SocketAddr) {
    let base = format!("http://{address}{}", settings.base_path);
    println!("unicom is listening on {base}");
    println!(
        "database: {}",
        if settings.database_url.starts_with("sqlite") {
            &settings.database_url
        } else {
            "PostgreSQL"
        }
    );
    println!("users, to try logging in:");
    for (username, _, password) in USERS {
        println!("  {username}, password {password}");
    }
    println!("\nA first conversation, with the echo bot:\n");
    println!("  curl -s -c cookies.txt {base}/auth/session/");
    println!(
        "  curl -s -b cookies.txt -c cookies.txt -H \"X-CSRFToken: $(awk '/csrftoken/ {{print $7}}' cookies.txt)\" \
         -H 'Content-Type: application/json' -d '{{\"text\":\"Hello!\"}}' {base}/webchat/send/"
    );
    println!("  curl -s -b cookies.txt {base}/webchat/messages/");
    println!("\nCtrl-C stops it.");
}
