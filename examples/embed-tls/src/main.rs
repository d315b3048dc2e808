//! A host that uses unicom's libraries beside TLS with a provider of its choice and an HTTP client
//! without TLS. Both are used without a provider that was installed by hand: that panics if another
//! crate has enabled a second provider, or TLS without a provider.

use std::error::Error;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use unicom_embed::core::Bots;
use unicom_embed::db::{Database, MIGRATIONS};
use unicom_embed::outbound::{Outbound, OutboundOptions};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let config = rustls::ClientConfig::builder()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    println!(
        "TLS with {} cipher suites",
        config.crypto_provider().cipher_suites.len()
    );

    let server = TcpListener::bind("127.0.0.1:0").await?;
    let address = server.local_addr()?;
    tokio::spawn(async move {
        let (mut stream, _) = server.accept().await?;
        stream.read(&mut [0; 4096]).await?;
        let response = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi";
        stream.write_all(response).await
    });
    let answer = reqwest::Client::new()
        .get(format!("http://{address}/"))
        .send()
        .await?;
    println!("HTTP without TLS: {}", answer.text().await?);

    let folder = tempfile::tempdir()?;
    let database = Database::connect(&format!(
        "sqlite://{}",
        folder.path().join("host.db").display()
    ))?;
    database.migrate(&[&MIGRATIONS])?;
    let outbound = Outbound::new(OutboundOptions::default());
    let bots = unicom_embed::bots::with_defaults(Bots::default(), &database, &outbound);
    println!("bots: {}", bots.names().collect::<Vec<_>>().join(", "));
    Ok(())
}
