//! `Caller`: who sends a request, as far as it is known, for the logs.

use std::cell::{Cell, RefCell};
use std::net::IpAddr;
use std::rc::Rc;

use actix_web::{HttpMessage, HttpRequest};

use crate::log_sources::Sources;

/// Who sends a request and from where, as far as it is known. One for each request; clones are the same one.
///
/// Whatever learns who it is says so with [`Caller::set_actor`]: the session, the API token, a login. The access log and
/// the security log read it.
#[derive(Debug, Clone)]
pub struct Caller(Rc<CallerData>);

#[derive(Debug)]
struct CallerData {
    actor: RefCell<Option<String>>,
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

    /// Says who it is, as the audit trail would: `user:7`, `token:3`.
    pub fn set_actor(&self, actor: impl Into<String>) {
        self.0.actor.replace(Some(actor.into()));
    }

    /// Returns who it is; none for guests, and as long as that is not known.
    pub fn actor(&self) -> Option<String> {
        self.0.actor.borrow().clone()
    }

    /// Notes that the request was counted and let in.
    pub(crate) fn set_admitted(&self) {
        self.0.is_admitted.set(true);
    }

    /// Returns whether the access log takes the line of this request: that of one which [`admit`](crate::admit) let in, and
    /// so many a minute of those that it refused or was not asked about.
    pub fn leaves_access_line(&self) -> bool {
        self.0.is_admitted.get() || self.may_leave("request")
    }

    /// Counts a line of this kind for the address that the request comes from; returns whether it is to be written.
    pub(crate) fn may_leave(&self, kind: &'static str) -> bool {
        match &self.0.source {
            Some((sources, address)) => sources.may_leave(kind, *address),
            None => true,
        }
    }

    /// Returns where the request comes from, as [`Sources`] name it.
    pub(crate) fn source(&self) -> Option<String> {
        let (sources, address) = self.0.source.as_ref()?;
        Some(sources.name(*address))
    }
}
