//! `log_requests`, the outermost middleware: gives every request an id, counts and times it, and
//! logs one line about it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{CONTENT_LENGTH, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpResponse, web};
use ipnet::IpNet;
use log::kv::Value;
use log::{Level, Record};
use unicom_http::openapi::Kind;
use unicom_http::{Caller, security_log::SecurityEvent};

use crate::metrics::HttpMetrics;
use crate::request_id::{self, CURRENT, X_REQUEST_ID};

/// The log target of access lines, by which a log can be filtered.
const TARGET: &str = "unicom::access";

/// The label of paths without a route, and of methods that no route accepts. It keeps the number of
/// labels small, whatever clients request.
const OTHER: &str = "other";

/// The status of a request whose client disconnected before the response, as in nginx.
const CLIENT_LEFT: u16 = 499;

/// The errors that deny access or ask for proof of identity. Each leaves a security log line.
///
/// Failed logins and tokens leave separate lines, written where the reason is known.
const REFUSALS: [Kind; 10] = [
    Kind::AccountBlocked,
    Kind::AmbiguousSession,
    Kind::CsrfFailed,
    Kind::InsufficientScope,
    Kind::InvalidPath,
    Kind::LoginRequired,
    Kind::MisdirectedRequest,
    Kind::RegistrationClosed,
    Kind::StaffOnly,
    Kind::StaffUser,
];

/// The configuration of [`log_requests`].
#[derive(Debug)]
pub(crate) struct RequestLog {
    /// The metrics that requests are counted in.
    pub metrics: HttpMetrics,
    /// Whether each request leaves a line in the access log.
    pub access_log: bool,
    /// The networks of proxies whose `X-Request-Id` is accepted. Other clients could give the same
    /// id to many requests, or an id that carries a meaning.
    pub trusted_proxies: Vec<IpNet>,
}

/// Middleware that gives the request an id, adds the header `X-Request-Id` to its response, counts
/// it, and logs a line about it.
///
/// The line contains the route, and the user or the API token by number. It does not contain the
/// path, which has ids of chats and names of files, nor the query, the guest, or the client's
/// address. Wrap it around all other middleware, so that it sees refusals of every kind.
///
/// # Errors
/// Returns the error of the request, with the header added.
pub(crate) async fn log_requests(
    log_requests: web::Data<RequestLog>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let id = log_requests.id_of(&request);
    let mut seen = RequestRecord::new(log_requests, &request, id.clone());
    let answered = CURRENT.scope(id.clone(), next.call(request)).await;
    match answered {
        Ok(mut answer) => {
            let length = length(&answer);
            let kind = answer.response().extensions().get::<Kind>().copied();
            seen.answered(answer.status(), kind, length);
            answer.headers_mut().insert(X_REQUEST_ID, id);
            Ok(answer)
        }
        Err(error) => {
            let mut answer = error.error_response();
            answer.headers_mut().insert(X_REQUEST_ID, id);
            let kind = answer.extensions().get::<Kind>().copied();
            seen.answered(answer.status(), kind, error_length(&answer));
            Err(InternalError::from_response(error, answer).into())
        }
    }
}

impl RequestLog {
    fn id_of(&self, request: &ServiceRequest) -> HeaderValue {
        let given = request.headers().get(&X_REQUEST_ID);
        let given = given.filter(|_| request.peer_addr().is_some_and(|peer| self.trusts(peer)));
        given
            .and_then(request_id::well_formed)
            .unwrap_or_else(request_id::new)
    }

    fn trusts(&self, peer: SocketAddr) -> bool {
        let peer = peer.ip().to_canonical();
        self.trusted_proxies
            .iter()
            .any(|network| network.contains(&peer))
    }
}

/// A request in progress. It is counted and logged when it is dropped, even if its client
/// disconnected.
struct RequestRecord {
    log_requests: web::Data<RequestLog>,
    id: HeaderValue,
    caller: Caller,
    method: &'static str,
    route: String,
    began: Instant,
    status: u16,
    bytes: u64,
}

impl RequestRecord {
    fn new(log_requests: web::Data<RequestLog>, request: &ServiceRequest, id: HeaderValue) -> Self {
        log_requests.metrics.begun();
        Self {
            log_requests,
            id,
            caller: Caller::of(request.request()),
            method: method(request.method()),
            route: match request.match_pattern() {
                Some(pattern) => pattern.trim_end_matches('/').to_owned(),
                None => OTHER.to_owned(),
            },
            began: Instant::now(),
            status: CLIENT_LEFT,
            bytes: 0,
        }
    }

    fn id(&self) -> &str {
        self.id.to_str().unwrap_or_default()
    }

    fn answered(&mut self, status: StatusCode, failure: Option<Kind>, bytes: u64) {
        self.status = status.as_u16();
        if let Some(refusal) = failure.filter(|kind| REFUSALS.contains(kind)) {
            SecurityEvent::refused("access.refused")
                .with("code", refusal.code())
                .with("method", self.method)
                .with("route", &self.route)
                .with("request_id", self.id())
                .write_for(&self.caller);
        }
        self.bytes = if self.method == "HEAD" { 0 } else { bytes };
    }
}

impl Drop for RequestRecord {
    fn drop(&mut self) {
        let took = self.began.elapsed();
        self.log_requests
            .metrics
            .ended(self.method, &self.route, self.status, took);
        let is_logged =
            self.log_requests.access_log && log::log_enabled!(target: TARGET, Level::Info);
        if is_logged && self.caller.leaves_access_line() {
            self.log(took);
        }
    }
}

impl RequestRecord {
    fn log(&self, took: Duration) {
        let actor = self.caller.actor();
        let mut fields = vec![
            ("method", Value::from(self.method)),
            ("route", Value::from(self.route.as_str())),
            ("status", Value::from(self.status)),
            ("duration_us", Value::from(as_micros(took))),
            ("bytes", Value::from(self.bytes)),
        ];
        // Guests have no actor, and neither has a request that was refused before it was
        // authenticated.
        fields.extend(actor.as_deref().map(|actor| ("actor", Value::from(actor))));
        fields.push(("request_id", Value::from(self.id())));
        log::logger().log(
            &Record::builder()
                .target(TARGET)
                .level(Level::Info)
                .args(format_args!("request"))
                .key_values(&fields.as_slice())
                .build(),
        );
    }
}

fn as_micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// Returns the method's name if a route can accept it, otherwise `other`.
fn method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => OTHER,
    }
}

/// Returns the size of the body in bytes if it is known before the body is sent, otherwise 0.
fn length(answer: &ServiceResponse<impl MessageBody>) -> u64 {
    let announced = || {
        let value = answer.headers().get(CONTENT_LENGTH)?;
        value.to_str().ok()?.parse().ok()
    };
    sized(answer.response().body().size()).unwrap_or_else(|| announced().unwrap_or(0))
}

fn error_length(answer: &HttpResponse) -> u64 {
    sized(answer.body().size()).unwrap_or(0)
}

fn sized(size: BodySize) -> Option<u64> {
    match size {
        BodySize::None => Some(0),
        BodySize::Sized(bytes) => Some(bytes),
        BodySize::Stream => None,
    }
}
