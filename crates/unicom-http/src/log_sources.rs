//! `Sources`: how the logs name the addresses that requests come from, and how many lines each may cause.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::{HttpRequest, web};
use log::Level;

use crate::Admission;
use crate::line_limit::{LineLimit, Suppressed};
use crate::log_fields::log_fields;

/// How the security log names where requests come from, and how many lines about refusals it takes from there: 60 a minute
/// of each event, and 1,000 from everywhere. To be in the application's data; without it, lines do not tell, and all are
/// taken. Clones count together.
#[derive(Clone)]
pub struct Sources {
    admission: Admission,
    limit: Arc<LineLimit>,
    name: Arc<dyn Fn(IpAddr) -> String + Send + Sync>,
}

impl Sources {
    /// Names an address, of IPv6 its first 64 bits, by `name`. Those of proxies that `admission` trusts are not counted.
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

    /// The source of a request: its address, and the name to be made of it once it is asked for.
    pub(crate) fn of(request: &HttpRequest) -> Option<(Self, IpAddr)> {
        let sources = request.app_data::<web::Data<Self>>()?;
        let address = sources.admission.address(request)?;
        Some((sources.get_ref().clone(), address))
    }

    /// Writes how many lines were left out in a minute that has ended, unless that was said already. To be called now and
    /// then: otherwise the next line about a refusal says it.
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
