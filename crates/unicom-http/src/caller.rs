//! `Caller`: the sender of a request as far as it is known, for the logs.

use std::cell::{Cell, RefCell};
use std::net::IpAddr;
use std::rc::Rc;

use actix_web::{HttpMessage, HttpRequest};

use unicom_core::admin::Actor;

use crate::security_log::Sources;

/// The sender of a request and its source, as far as they are known. There is one for each request;
/// clones share it.
///
/// Code that identifies the sender (the session, the API token, a login) reports it with
/// [`Caller::set_actor`]. The access log and the security log read it.
#[derive(Debug, Clone)]
pub struct Caller(Rc<CallerData>);

#[derive(Debug)]
struct CallerData {
    actor: RefCell<Option<Actor>>,
    is_admitted: Cell<bool>,
    source: Option<(Sources, IpAddr)>,
}

impl Caller {
    /// Returns the caller of this request.
    pub fn of(request: &HttpRequest) -> Self {
        if let Some(caller) = request.extensions().get::<Self>() {
            return caller.clone();
        }
        let caller = Self(Rc::new(CallerData {
            actor: RefCell::new(None),
            is_admitted: Cell::new(false),
            source: Sources::of(request),
        }));
        request.extensions_mut().insert(caller.clone());
        caller
    }

    /// Sets the actor: a user or a token.
    pub fn set_actor(&self, actor: Actor) {
        self.0.actor.replace(Some(actor));
    }

    /// Returns the name of the actor, as in the audit trail. Returns `None` for guests, and until
    /// the sender is known.
    pub fn actor(&self) -> Option<String> {
        self.0.actor.borrow().as_ref().map(Actor::to_string)
    }

    /// Records that the request was counted and admitted.
    pub(crate) fn set_admitted(&self) {
        self.0.is_admitted.set(true);
    }

    /// Returns `true` if the access log should contain a line for this request: always for requests
    /// that [`admit`](crate::admission::admit) let in, and up to a limit per minute for requests
    /// that it refused or did not see.
    pub fn leaves_access_line(&self) -> bool {
        self.0.is_admitted.get() || self.may_leave("request")
    }

    /// Counts a log line of this kind for the address of the request. Returns `true` if the line is
    /// to be written.
    pub(crate) fn may_leave(&self, kind: &'static str) -> bool {
        match &self.0.source {
            Some((sources, address)) => sources.may_leave(kind, *address),
            None => true,
        }
    }

    /// Returns the source of the request as named by [`Sources`], or `None` if it is not known.
    pub(crate) fn source(&self) -> Option<String> {
        let (sources, address) = self.0.source.as_ref()?;
        Some(sources.name(*address))
    }
}
