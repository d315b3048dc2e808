//! The routes under `admin/`: for staff, who manage everything that unicom keeps.
//!
//! Each handler first asks who is there; each that changes something writes its line into the audit trail, in the same
//! transaction.

mod accounts;
mod audit;
mod bots;
mod categories;
mod channels;
mod chats;
mod deliveries;
mod groups;
mod members;
mod message_body;
mod message_json;
mod messages;
mod requests;

use actix_web::{Scope, web};
use unicom_core::matchers::Matchers;
use unicom_core::{Bots, Platforms};

use crate::routes::at;

/// What the routes for staff need beside the [`Api`](crate::Api): what channels, bots and categories may name.
#[derive(Debug, Clone)]
pub struct Management {
    /// The platforms of this process.
    pub platforms: Platforms,
    /// The kinds of bots of this process.
    pub bots: Bots,
    /// The matchers of this process.
    pub matchers: Matchers,
}

/// The routes under `admin/`, to stand in [`scope`](crate::scope), whose session and protection against cross-site
/// requests they share. [`IdentityProvider::staff`](crate::IdentityProvider::staff) says who may use them.
pub fn admin_routes(management: Management) -> Scope {
    web::scope("/admin")
        .app_data(web::Data::new(management))
        .configure(configured_things)
        .configure(people)
        .configure(conversations)
}

/// Channels, bots and categories.
fn configured_things(config: &mut web::ServiceConfig) {
    config
        .service(
            at("/channels")
                .route(web::get().to(channels::list))
                .route(web::head().to(channels::list))
                .route(web::post().to(channels::create)),
        )
        .service(
            at("/channels/{id}")
                .route(web::get().to(channels::show))
                .route(web::head().to(channels::show))
                .route(web::patch().to(channels::update))
                .route(web::delete().to(channels::delete)),
        )
        .service(at("/channels/{id}/validate").route(web::post().to(channels::validate)))
        .service(
            at("/bots")
                .route(web::get().to(bots::list))
                .route(web::head().to(bots::list))
                .route(web::post().to(bots::create)),
        )
        .service(
            at("/bots/{name}")
                .route(web::get().to(bots::show))
                .route(web::head().to(bots::show))
                .route(web::patch().to(bots::update))
                .route(web::delete().to(bots::delete)),
        )
        .service(
            at("/categories")
                .route(web::get().to(categories::list))
                .route(web::head().to(categories::list))
                .route(web::post().to(categories::create)),
        )
        .service(
            at("/categories/{id}")
                .route(web::get().to(categories::show))
                .route(web::head().to(categories::show))
                .route(web::patch().to(categories::update))
                .route(web::delete().to(categories::delete)),
        );
}

/// Accounts, members and groups.
fn people(config: &mut web::ServiceConfig) {
    config
        .service(
            at("/accounts")
                .route(web::get().to(accounts::list))
                .route(web::head().to(accounts::list)),
        )
        .service(
            at("/accounts/{id}")
                .route(web::get().to(accounts::show))
                .route(web::head().to(accounts::show)),
        )
        .service(at("/accounts/{id}/block").route(web::post().to(accounts::block)))
        .service(at("/accounts/{id}/unblock").route(web::post().to(accounts::unblock)))
        .service(
            at("/members")
                .route(web::get().to(members::list))
                .route(web::head().to(members::list))
                .route(web::post().to(members::create)),
        )
        .service(
            at("/members/{id}")
                .route(web::get().to(members::show))
                .route(web::head().to(members::show))
                .route(web::patch().to(members::update))
                .route(web::delete().to(members::delete)),
        )
        .service(
            at("/groups")
                .route(web::get().to(groups::list))
                .route(web::head().to(groups::list))
                .route(web::post().to(groups::create)),
        )
        .service(
            at("/groups/{id}")
                .route(web::get().to(groups::show))
                .route(web::head().to(groups::show))
                .route(web::patch().to(groups::update))
                .route(web::delete().to(groups::delete)),
        )
        .service(
            at("/groups/{id}/members/{member_id}")
                .route(web::put().to(groups::add_member))
                .route(web::delete().to(groups::remove_member)),
        );
}

/// Chats and their messages, requests, deliveries, and the trail of what was done.
fn conversations(config: &mut web::ServiceConfig) {
    config
        .service(
            at("/chats")
                .route(web::get().to(chats::list))
                .route(web::head().to(chats::list)),
        )
        .service(
            at("/chats/{id}")
                .route(web::get().to(chats::show))
                .route(web::head().to(chats::show)),
        )
        .service(
            at("/chats/{id}/messages")
                .route(web::get().to(messages::list))
                .route(web::head().to(messages::list))
                .route(web::post().to(messages::send)),
        )
        .service(
            at("/media/{message_id}/{filename}")
                .route(web::get().to(messages::media))
                .route(web::head().to(messages::media)),
        )
        .service(
            at("/requests")
                .route(web::get().to(requests::list))
                .route(web::head().to(requests::list)),
        )
        .service(
            at("/requests/{id}")
                .route(web::get().to(requests::show))
                .route(web::head().to(requests::show)),
        )
        .service(at("/requests/{id}/retry").route(web::post().to(requests::retry)))
        .service(
            at("/deliveries")
                .route(web::get().to(deliveries::list))
                .route(web::head().to(deliveries::list)),
        )
        .service(at("/deliveries/{message_id}/retry").route(web::post().to(deliveries::retry)))
        .service(
            at("/audit")
                .route(web::get().to(audit::list))
                .route(web::head().to(audit::list)),
        );
}
