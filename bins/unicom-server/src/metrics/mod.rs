//! `GET /metrics`: what the server has done and what is waiting, in the text format of Prometheus.
//!
//! Labels are few, whatever clients request, and reveal nothing about any person.

mod database;
mod family;
mod http;
mod process;
mod storage;
mod work;

use std::sync::Arc;
use std::time::SystemTime;

use actix_web::http::header::{CACHE_CONTROL, HeaderName, VIA};
use actix_web::{HttpRequest, HttpResponse, web};
use ipnet::IpNet;
use prometheus::proto::MetricFamily;
use prometheus::proto::MetricType::GAUGE;
use prometheus::{TEXT_FORMAT, TextEncoder};
use unicom_db::{Database, Engine};
use unicom_http::openapi::{ErrorResponses, Kind, Routes, error_kinds};
use unicom_http::{ApiError, routes, storage::Storage};

use crate::Failure;
use crate::no_route::no_route;
use family::{family, gauge};
use work::RecentWork;

pub(crate) use http::HttpMetrics;

/// The headers that show that a proxy forwarded a request.
const FORWARDED: [HeaderName; 4] = [
    HeaderName::from_static("forwarded"),
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-real-ip"),
    VIA,
];

/// The metrics, and the networks that may read them. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Metrics(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    http: HttpMetrics,
    work: RecentWork,
    storage: Storage,
    readers: Vec<IpNet>,
    began: SystemTime,
}

impl Metrics {
    /// Creates the metrics, which clients in the networks `readers` may read.
    pub fn new(readers: Vec<IpNet>, storage: Storage) -> Result<Self, Failure> {
        Ok(Self(Arc::new(Parts {
            http: HttpMetrics::new().map_err(Failure::failed)?,
            work: RecentWork::default(),
            storage,
            readers,
            began: SystemTime::now(),
        })))
    }

    /// Returns the counters of HTTP requests.
    pub fn http(&self) -> HttpMetrics {
        self.0.http.clone()
    }

    /// Returns `true` if the client may read the metrics. A forwarded request may come from any
    /// client, however near the proxy is, so it may not read them.
    fn may_be_read_by(&self, request: &HttpRequest) -> bool {
        let is_forwarded = FORWARDED
            .iter()
            .any(|header| request.headers().contains_key(header));
        let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
        let is_near = |peer| self.0.readers.iter().any(|network| network.contains(&peer));
        !is_forwarded && peer.is_some_and(is_near)
    }
}

/// The route `/metrics`.
pub(crate) const ROUTES: Routes = routes! {
    self => [metrics],
};

/// Returns the server's metrics
///
/// The body has the text format of Prometheus. Only clients in the networks that may read the
/// metrics get it.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "metrics",
    tag = "service",
    responses(
        (status = 200, description = "The metrics", body = String, content_type = "text/plain"),
        ErrorResponses<{ error_kinds(&[Kind::NotFound]) }>,
    ),
)]
async fn metrics(
    request: HttpRequest,
    metrics: web::Data<Metrics>,
    database: web::Data<Database>,
) -> Result<HttpResponse, ApiError> {
    if !metrics.may_be_read_by(&request) {
        return no_route(request).await;
    }
    let mut families = vec![about(&database)];
    families.extend(metrics.0.http.families());
    families.extend(database::families(&database.snapshot()));
    families.extend(work::families(
        metrics.0.work.of(&database).await.as_deref(),
        database.now(),
    ));
    families.extend(storage::families(&metrics.0.storage).await);
    families.extend(process::families(metrics.0.began));
    // The encoder rejects families without a sample, such as the counter of requests during the
    // first one.
    families.retain(|family| !family.get_metric().is_empty());
    let text = TextEncoder::new()
        .encode_to_string(&families)
        .map_err(ApiError::unexpected)?;
    Ok(HttpResponse::Ok()
        .content_type(TEXT_FORMAT)
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(text))
}

/// Returns the metric with the version and the database engine.
fn about(database: &Database) -> MetricFamily {
    let engine = match database.engine() {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgresql",
    };
    let labels = [("database", engine), ("version", env!("CARGO_PKG_VERSION"))];
    family(
        GAUGE,
        "unicom_info",
        "Always 1: the version that runs, and its database",
        vec![gauge(&labels, 1.0)],
    )
}
