//! The socket options of connections, so that none is kept for a client that is gone or reads
//! nothing.

use std::any::Any;
use std::time::Duration;

use actix_web::rt::net::TcpStream;
use socket2::{SockRef, TcpKeepalive};

/// How long a connection is idle before TCP keepalive asks the client whether it is still there.
const QUIET: Duration = Duration::from_secs(60);

/// Configures a connection that has just been accepted.
///
/// TCP keepalive detects clients that are gone. The connection is closed if the client does not
/// accept sent data for `patience`. A client whose window is closed accepts none.
///
/// actix itself waits without a limit for a client to read and, after the first request, for the
/// rest of the next request's head. The system cannot tell an incomplete head from an idle
/// connection. It only detects a client that has disappeared meanwhile.
pub(crate) fn configure_socket(connection: &dyn Any, patience: Duration) {
    let Some(stream) = connection.downcast_ref::<TcpStream>() else {
        return;
    };
    let socket = SockRef::from(stream);
    let told = socket
        .set_tcp_keepalive(&TcpKeepalive::new().with_time(QUIET))
        .and_then(|()| cut_after(&socket, patience));
    if let Err(error) = told {
        log::debug!("a connection cannot be configured: {error}");
    }
}

/// Closes a connection whose sent data is not acknowledged in time (RFC 5482). Linux counts a
/// closed window since 5.11.
#[cfg(any(target_os = "android", target_os = "linux"))]
fn cut_after(socket: &SockRef<'_>, patience: Duration) -> std::io::Result<()> {
    socket.set_tcp_user_timeout(Some(patience))
}

#[cfg(not(any(target_os = "android", target_os = "linux")))]
fn cut_after(_: &SockRef<'_>, _: Duration) -> std::io::Result<()> {
    Ok(())
}
