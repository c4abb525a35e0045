//! TLS: what is no TLS, pages over it, the reload of certificates and authorities, addresses off the loopback.

use std::time::Duration;

use entente::client::{Client, ClientError, Credentials};
use entente::proto::v1;
use entente::serve::Security;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::world::{Authority, World};

fn credentials(world: &World, token: Option<&str>) -> Credentials {
    Credentials {
        token: token.map(str::to_owned),
        ca_certificates: Some(world.authority.pem().into_bytes()),
        identity: None,
    }
}

async fn client(world: &World, credentials: Credentials) -> Result<Client, ClientError> {
    let address = format!("https://localhost:{}", world.address.port());
    Client::connect_as(&address, Duration::from_secs(10), credentials).await
}

#[tokio::test]
async fn a_token_goes_over_tls_and_never_in_the_clear_over_a_network() {
    let world = World::with_tls().await;
    let reader = client(&world, credentials(&world, Some(world.secret("reader@deal")))).await.unwrap();
    let answer = reader.ledgers().list_ledgers(v1::ListLedgersRequest::default()).await.unwrap().into_inner();
    assert_eq!(answer.ledgers.len(), 1);
    let shown = credentials(&world, Some("entente_x"));
    let refused = Client::connect_as("http://192.0.2.1:7420", Duration::from_secs(1), shown.clone()).await.unwrap_err();
    assert!(matches!(refused, ClientError::InTheClear(_)), "{refused}");
    assert!(!format!("{refused} {shown:?}").contains("entente_x"), "the token is not told");
    // An authority that the server's certificate is not of.
    let foreign = Credentials { ca_certificates: Some(Authority::new().pem().into_bytes()), ..shown };
    assert!(matches!(client(&world, foreign).await.unwrap_err(), ClientError::Unreachable { .. }));
    world.stop().await.unwrap();
}

#[tokio::test]
async fn whoever_says_nothing_or_no_tls_holds_up_nobody() {
    let world = World::with_tls().await;
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(TcpStream::connect(world.address).await.unwrap());
    }
    let mut plain = TcpStream::connect(world.address).await.unwrap();
    plain.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    drop(tokio::time::timeout(Duration::from_secs(10), plain.read_to_end(&mut answer)).await.expect("it is closed"));
    assert!(!answer.starts_with(b"HTTP/"), "what is no TLS is not answered");
    let reader = client(&world, credentials(&world, Some(world.secret("reader@deal")))).await.unwrap();
    reader.ledgers().list_ledgers(v1::ListLedgersRequest::default()).await.unwrap();
    drop(silent);
}

#[tokio::test]
async fn a_new_certificate_is_shown_without_a_restart_and_a_broken_one_changes_nothing() {
    let world = World::with_tls().await;
    let before = client(&world, credentials(&world, Some(world.secret("reader@deal")))).await.unwrap();
    let other = Authority::new();
    let trusting_other = || Credentials { ca_certificates: Some(other.pem().into_bytes()), ..Credentials::default() };
    let file = |name: &str| world.directory.path().join(name);
    assert!(client(&world, trusting_other()).await.is_err());
    std::fs::write(file("server.pem"), "not a certificate").unwrap();
    // Looked at once a second: two looks later the old one is still shown.
    tokio::time::sleep(Duration::from_millis(2500)).await;
    client(&world, credentials(&world, None)).await.unwrap();
    let own = other.of("server", None);
    std::fs::write(file("server.pem"), own.certificate).unwrap();
    std::fs::write(file("server-key.pem"), own.key).unwrap();
    let mut tries = 0;
    while client(&world, trusting_other()).await.is_err() {
        tries += 1;
        assert!(tries < 200, "the new certificate is not shown");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(client(&world, credentials(&world, None)).await.is_err(), "the old one is not shown any more");
    // A connection that was there goes on.
    before.ledgers().list_ledgers(v1::ListLedgersRequest::default()).await.unwrap();
}

#[test]
fn off_the_loopback_nothing_is_answered_without_tls_and_credentials() {
    let (here, network) = ("127.0.0.1:1".parse().unwrap(), "192.0.2.1:1".parse().unwrap());
    let open = Security::default();
    assert!(!open.access_at(here).unwrap().is_required, "the operator of the machine is let in");
    assert!(open.access_at(network).unwrap_err().to_string().contains("is not a loopback address"));
    let credentials_alone = Security { require_credentials: true, ..Security::default() };
    assert!(credentials_alone.access_at(network).is_err(), "credentials in the clear are not enough");
    assert!(credentials_alone.access_at(here).unwrap().is_required);
    let files = entente::serve::TlsFiles { certificate: "c".into(), key: "k".into(), client_ca: None };
    let tls = Security { tls: Some(files), ..Security::default() };
    assert!(tls.access_at(network).unwrap().is_required, "TLS alone lets nobody in");
    assert!(!tls.access_at(here).unwrap().is_required);
    let anyone = Security { allow_anyone_on_the_network: true, ..Security::default() };
    assert!(!anyone.access_at(network).unwrap().is_required);
    let with_file = Security { access_file: Some("a".into()), ..anyone };
    assert!(with_file.access_at(network).unwrap().is_required, "the flag does not undo an access file");
}
