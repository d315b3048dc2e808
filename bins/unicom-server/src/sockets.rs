//! What the operating system is told of each connection, so that none is kept for somebody who is gone or takes nothing.

use std::any::Any;
use std::time::Duration;

use actix_web::rt::net::TcpStream;
use socket2::{SockRef, TcpKeepalive};

/// How long a connection is quiet before the client is asked whether it is still there.
const QUIET: Duration = Duration::from_secs(60);

/// Sees to a connection that has just been accepted: its client is asked now and then whether it is there, and the
/// connection is cut where what was sent is not taken for `patience`. A client whose window is closed takes nothing.
///
/// actix itself waits without an end for a client to read and, once one request has been answered, for the rest of the
/// next one's head. Such a head the system cannot tell from quiet: only a client who vanished meanwhile is found out.
pub(crate) fn configure_socket(connection: &dyn Any, patience: Duration) {
    let Some(stream) = connection.downcast_ref::<TcpStream>() else {
        return;
    };
    let socket = SockRef::from(stream);
    let told = socket
        .set_tcp_keepalive(&TcpKeepalive::new().with_time(QUIET))
        .and_then(|()| cut_after(&socket, patience));
    if let Err(error) = told {
        log::debug!("a connection is not seen to: {error}");
    }
}

/// RFC 5482; Linux counts a closed window since 5.11.
#[cfg(any(target_os = "android", target_os = "linux"))]
fn cut_after(socket: &SockRef<'_>, patience: Duration) -> std::io::Result<()> {
    socket.set_tcp_user_timeout(Some(patience))
}

#[cfg(not(any(target_os = "android", target_os = "linux")))]
fn cut_after(_: &SockRef<'_>, _: Duration) -> std::io::Result<()> {
    Ok(())
}
