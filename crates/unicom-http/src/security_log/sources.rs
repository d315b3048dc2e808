//! `Sources`: how the logs name the addresses that requests come from, and how many lines each may
//! cause.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::{HttpRequest, web};
use log::Level;

use super::fields::log_fields;
use super::line_limit::{LineLimit, Suppressed};
use crate::admission::Admission;

/// Names the sources of requests in the security log and limits the lines about refusals: 60 per
/// minute of each event from one address, and 1,000 per minute of each event from all addresses
/// together.
///
/// Must be in the application's data. Without it, lines do not name their source and are not
/// limited. Clones share their counts.
#[derive(Clone)]
pub struct Sources {
    admission: Admission,
    limit: Arc<LineLimit>,
    name: Arc<dyn Fn(IpAddr) -> String + Send + Sync>,
}

impl Sources {
    /// Creates sources that name an address with `name`, which gets the first 64 bits of an IPv6
    /// address. The client's address is found behind the proxies that `admission` trusts.
    pub fn new(
        admission: Admission,
        name: impl Fn(IpAddr) -> String + Send + Sync + 'static,
    ) -> Self {
        Self {
            limit: Arc::new(LineLimit::new(admission.clock())),
            admission,
            name: Arc::new(name),
        }
    }

    /// Returns the source of a request: its address, and the `Sources` that can name it.
    pub(crate) fn of(request: &HttpRequest) -> Option<(Self, IpAddr)> {
        let sources = request.app_data::<web::Data<Self>>()?;
        let address = sources.admission.address(request)?;
        Some((sources.get_ref().clone(), address))
    }

    /// Writes how many lines were suppressed in a minute that has ended, unless that was reported
    /// before. Call this periodically; otherwise the next line about a refusal reports it.
    pub fn write_suppressed(&self) {
        self.write(&self.limit.ended());
    }

    pub(crate) fn may_leave(&self, kind: &'static str, address: IpAddr) -> bool {
        let (is_written, ended) = self.limit.take(kind, address);
        self.write(&ended);
        is_written
    }

    fn write(&self, ended: &[Suppressed]) {
        for suppressed in ended {
            let mut fields = vec![
                ("event", "log.suppressed".to_owned()),
                ("of", suppressed.kind.to_owned()),
                ("lines", suppressed.lines.to_string()),
            ];
            let source = suppressed.address.map(|address| self.name(address));
            fields.extend(source.map(|source| ("source", source)));
            log_fields(Level::Warn, &fields);
        }
    }

    pub(crate) fn name(&self, address: IpAddr) -> String {
        (self.name)(address)
    }
}

impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sources(…)")
    }
}
