//! The routes under `admin/`, through which admins manage all data of unicom.
//!
//! Each handler first identifies the admin. Each handler that changes data adds an entry to the
//! audit trail, in the same transaction.

mod accounts;
mod audit;
mod bots;
mod categories;
mod channels;
mod chats;
mod deliveries;
mod erase;
mod groups;
mod members;
mod message_body;
mod message_json;
mod messages;
mod requests;

use std::sync::Arc;

use actix_web::{Scope, web};
use unicom_core::matchers::MatcherCompiler;
use unicom_core::{Bots, Platforms};

use crate::openapi::Routes;
use crate::routes;

/// What the admin routes need besides the [`Api`](crate::Api): the platforms, kinds of bots and
/// matchers that channels, bots and categories may name.
#[derive(Debug, Clone)]
pub struct AdminConfig {
    /// The platforms of this process.
    pub platforms: Platforms,
    /// The kinds of bots of this process.
    pub bots: Bots,
    /// The category matchers of this process.
    pub matchers: Arc<dyn MatcherCompiler>,
}

/// The routes under `admin/`, which [`admin_routes`] mounts.
pub const ADMIN: Routes = routes! {
    channels => [list, create],
    channels => [show, update, delete],
    channels => [validate],
    bots => [list, create],
    bots => [show, update, delete],
    categories => [list, create],
    categories => [show, update, delete],
    accounts => [list],
    accounts => [show],
    accounts => [block],
    accounts => [unblock],
    erase => [account],
    members => [list, create],
    members => [show, update, delete],
    erase => [member],
    groups => [list, create],
    groups => [show, update, delete],
    groups => [add_member, remove_member],
    chats => [list],
    chats => [show],
    messages => [list, send],
    messages => [media],
    requests => [list],
    requests => [show],
    requests => [retry],
    deliveries => [list],
    deliveries => [retry],
    audit => [list],
};

/// The path at which [`admin_routes`] are mounted in [`scope`](crate::webchat::scope).
pub const ADMIN_PATH: &str = "/admin";

/// Returns the routes under `admin/`, to be mounted in [`scope`](crate::webchat::scope), whose
/// session and protection against cross-site requests they share.
/// [`IdentityProvider::admin`](crate::IdentityProvider::admin) identifies the admins who may use
/// them.
pub fn admin_routes(admin_config: AdminConfig) -> Scope {
    web::scope(ADMIN_PATH)
        .app_data(web::Data::new(admin_config))
        .configure(ADMIN.configure)
}
