use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_web::dev::Service;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, ResponseError};
use futures_util::future::join;
use tokio::time::timeout;

use super::*;

/// Returns a clock that stands still until it is set, and the seconds that set it.
fn set_clock() -> (Arc<AtomicU64>, Clock) {
    let seconds = Arc::new(AtomicU64::new(0));
    let shown = Arc::clone(&seconds);
    let clock = Clock::new(move || Duration::from_secs(shown.load(Ordering::Relaxed)));
    (seconds, clock)
}

fn admission(rates: Rates, clock: Clock) -> Admission {
    Admission::new(AdmissionOptions {
        rates,
        clock,
        ..AdmissionOptions::default()
    })
}

fn rate(per_minute: u32, burst: u32) -> Option<Rate> {
    Some(Rate::new(per_minute, burst).unwrap())
}

fn request(method: Method, address: &str) -> HttpRequest {
    TestRequest::default()
        .method(method)
        .peer_addr(SocketAddr::new(address.parse().unwrap(), 4711))
        .to_http_request()
}

/// Returns how many checks succeed before one is refused.
fn let_in(mut check: impl FnMut() -> Result<(), ApiError>) -> usize {
    (0..10_000).take_while(|_| check().is_ok()).count()
}

fn retry_after(refused: Result<impl std::fmt::Debug, ApiError>) -> String {
    let response = refused.unwrap_err().error_response();
    assert_eq!(response.status().as_u16(), 429);
    let value = response.headers().get("retry-after").unwrap();
    value.to_str().unwrap().to_owned()
}

#[test]
fn reads_and_writes_are_limited_separately_and_recover() {
    let (seconds, clock) = set_clock();
    let rates = Rates {
        session_reads: rate(60, 7),
        session_writes: rate(2, 3),
        ..Rates::OFF
    };
    let admission = admission(rates, clock);
    let (get, post) = (
        request(Method::GET, "192.0.2.1"),
        request(Method::POST, "192.0.2.1"),
    );
    let reads = |key| let_in(|| admission.check_session(&get, key));
    let writes = |key| let_in(|| admission.check_session(&post, key));
    assert_eq!((reads("a"), writes("a")), (7, 3));
    assert_eq!((reads("b"), writes("b")), (7, 3));
    assert_eq!(retry_after(admission.check_session(&post, "a")), "30");
    seconds.store(29, Ordering::Relaxed);
    assert_eq!(retry_after(admission.check_session(&post, "a")), "1");
    seconds.store(30, Ordering::Relaxed);
    assert_eq!((reads("a"), writes("a")), (7, 1));
}

#[test]
fn addresses_of_one_network_share_limits() {
    let rates = Rates {
        new_guests: rate(1, 2),
        registrations: rate(1, 3),
        ..Rates::OFF
    };
    let admission = admission(rates, set_clock().1);
    let guests = |address| let_in(|| admission.check_new_guest(&request(Method::POST, address)));
    assert_eq!(guests("2001:db8::1"), 2);
    assert_eq!(guests("2001:db8::ffff:1"), 0);
    assert_eq!(guests("2001:db8:0:1::1"), 2);
    assert_eq!(guests("192.0.2.1"), 2);
    assert_eq!(guests("::ffff:192.0.2.1"), 0);
    let registrations = request(Method::POST, "192.0.2.1");
    assert_eq!(let_in(|| admission.check_registration(&registrations)), 3);
}

#[test]
fn failed_and_pending_logins_count_as_guesses() {
    let rates = Rates {
        login_address: rate(1, 5),
        login_name: rate(1, 3),
        ..Rates::OFF
    };
    let (seconds, clock) = set_clock();
    let admission = admission(rates, clock);
    let from = |address| request(Method::POST, address);
    for _ in 0..100 {
        let login = admission.begin_login(&from("192.0.2.1"), "alice");
        login.unwrap().succeeded();
    }
    let under_way: Vec<_> = (0..3)
        .map(|_| admission.begin_login(&from("192.0.2.1"), "alice").unwrap())
        .collect();
    // By name, from any address. A refused login does not count as a guess of its address.
    for _ in 0..10 {
        let refused = admission.begin_login(&from("192.0.2.1"), "alice");
        assert_eq!(refused.as_ref().unwrap_err().by, LoginLimit::Name);
        assert_eq!(retry_after(refused.map_err(ApiError::from)), "60");
    }
    assert!(admission.begin_login(&from("192.0.2.2"), "alice").is_err());
    // By address, with any name.
    for name in ["bob", "carol"] {
        drop(admission.begin_login(&from("192.0.2.1"), name).unwrap());
    }
    let refused = admission.begin_login(&from("192.0.2.1"), "dave");
    let refused = refused.unwrap_err();
    assert_eq!(refused.by, LoginLimit::Address);
    assert!(refused.to_string().contains("address"));
    drop(admission.begin_login(&from("192.0.2.2"), "dave").unwrap());

    drop(under_way);
    assert!(admission.begin_login(&from("192.0.2.2"), "alice").is_err());
    seconds.store(60, Ordering::Relaxed);
    drop(admission.begin_login(&from("192.0.2.2"), "alice").unwrap());
    assert!(admission.begin_login(&from("192.0.2.2"), "alice").is_err());
}

#[test]
fn disabled_limits_admit_everything() {
    let admission = admission(Rates::OFF, Clock::default());
    let post = request(Method::POST, "192.0.2.1");
    for _ in 0..10_000 {
        admission.check_session(&post, "a").unwrap();
        admission.check_account(&post, &"a".into()).unwrap();
        admission.check_new_guest(&post).unwrap();
        admission.check_registration(&post).unwrap();
        drop(admission.begin_login(&post, "alice").unwrap());
    }
}

#[actix_web::test]
async fn long_lived_requests_take_no_place_of_ordinary_ones() {
    let admission = Admission::new(AdmissionOptions {
        rates: Rates::OFF,
        max_concurrent: 1,
        max_concurrent_per_address: Some(1),
        max_long_lived: 3,
        max_long_lived_per_address: Some(2),
        patience: Duration::from_millis(1),
        ..AdmissionOptions::default()
    });
    let service = init_service(
        App::new()
            .app_data(Data::new(admission.clone()))
            .route("/", web::get().to(wait_for_events))
            .route("/ordinary", web::get().to(HttpResponse::Ok))
            .wrap(from_fn(admit)),
    )
    .await;
    let call = async |path: &str, address: &str| {
        let peer = SocketAddr::new(address.parse().unwrap(), 4711);
        let request = TestRequest::with_uri(path).peer_addr(peer).to_request();
        match timeout(Duration::from_millis(20), service.call(request)).await {
            Ok(Ok(response)) => Some(response.status().as_u16()),
            Ok(Err(error)) => Some(error.error_response().status().as_u16()),
            Err(_) => None,
        }
    };
    // A request that waits is dropped with its client's connection, and its place is free again.
    for _ in 0..5 {
        assert_eq!(call("/", "192.0.2.1").await, None);
    }
    let waiting = || request(Method::GET, "192.0.2.1");
    let places = [(); 2].map(|()| admission.begin_long_lived(&waiting()).unwrap());
    assert_eq!(call("/", "192.0.2.1").await, Some(429));
    assert_eq!(call("/", "192.0.2.2").await, None);
    assert_eq!(call("/ordinary", "192.0.2.1").await, Some(200));
    let last = admission
        .begin_long_lived(&request(Method::GET, "192.0.2.3"))
        .unwrap();
    assert_eq!(call("/", "192.0.2.2").await, Some(503));
    // While one waits, an ordinary one is admitted.
    drop((places, last));
    let waits = call("/", "192.0.2.1");
    let ordinary = call("/ordinary", "192.0.2.1");
    assert_eq!(join(waits, ordinary).await, (None, Some(200)));
}

async fn wait_for_events(
    admission: Data<Admission>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let _place = admission.begin_long_lived(&request)?;
    std::future::pending().await
}
