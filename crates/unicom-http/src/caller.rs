//! `Caller`: who sends a request, as far as it is known, for the logs.

use std::cell::RefCell;
use std::net::IpAddr;
use std::rc::Rc;

use actix_web::{HttpMessage, HttpRequest};

use crate::security_log::Sources;

/// Who sends a request and from where, as far as it is known. One for each request; clones are the same one.
///
/// Whatever learns who it is says so with [`Caller::set_actor`]: the session, the API token, a login. The access log and
/// the security log read it.
#[derive(Debug, Clone)]
pub struct Caller(Rc<Known>);

#[derive(Debug)]
struct Known {
    actor: RefCell<Option<String>>,
    source: Option<(Sources, IpAddr)>,
}

impl Caller {
    /// Returns the caller of this request.
    pub fn of(request: &HttpRequest) -> Self {
        if let Some(caller) = request.extensions().get::<Self>() {
            return caller.clone();
        }
        let caller = Self(Rc::new(Known {
            actor: RefCell::new(None),
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

    /// Returns where the request comes from, as [`Sources`] name it.
    pub(crate) fn source(&self) -> Option<String> {
        let (sources, address) = self.0.source.as_ref()?;
        Some(sources.name(*address))
    }
}
