//! The routes under `admin/`, through which admins manage all data of unicom.
//!
//! Each handler first identifies the admin: its first argument is an `AdminRequest`. The actions
//! are those of [`unicom_core::admin`], which also records them in the audit trail.

mod accounts;
mod admin_request;
mod audit;
mod bots;
mod categories;
mod channels;
pub(crate) mod chat_json;
mod chats;
mod deliveries;
mod endings;
mod erase;
mod groups;
mod holders;
mod internal;
mod live;
mod members;
mod message_body;
pub(crate) mod message_json;
mod messages;
mod platforms;
mod requests;
mod required_name;

use actix_web::{Scope, web};
use unicom_core::admin::Extensions;

use crate::openapi::Routes;
use crate::routes;

/// The routes under `admin/`, which [`admin_routes`] mounts.
pub const ADMIN: Routes = routes! {
    channels => [list, create],
    channels => [show, update, delete],
    channels => [validate],
    platforms => [list],
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
    live => [socket],
    live => [events],
    holders => [take],
    holders => [release],
    endings => [end],
    endings => [reopen],
    messages => [list, send],
    messages => [media],
    internal => [list, create],
    internal => [read, send],
    internal => [mark],
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
/// session and protection against cross-site requests they share. Channels, bots and categories may
/// name what is in `extensions`. [`IdentityProvider::admin`](crate::IdentityProvider::admin)
/// identifies the admins who may use the routes.
pub fn admin_routes(extensions: Extensions) -> Scope {
    web::scope(ADMIN_PATH)
        .app_data(web::Data::new(extensions))
        .configure(ADMIN.configure)
}
