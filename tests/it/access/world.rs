//! A server that asks for credentials, with tokens of every role, an issuer, and authorities for certificates.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use entente::auth::{Grant, NewToken, Tokens};
use entente::client::{Client, Credentials};
use entente::clock::{Clock, ClockHand};
use entente::domain::{Instant, Slug, Text};
use entente::ledger::{Ledgers, NewLedger};
use entente::serve::{self, Config, Security, TlsFiles};
use entente::store::{Catalog, MemoryCatalog};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, SanType};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};

use super::issued::Signer;

pub(super) const NOON: &str = "2026-03-01T12:00:00Z";
pub(super) const ROLES: [&str; 4] = ["reader", "recorder", "assessor", "operator"];
/// The ledgers there are.
pub(super) const LEDGERS: [&str; 2] = ["deal", "other"];

/// The server and everything that proves somebody to it.
pub(super) struct World {
    pub(super) address: std::net::SocketAddr,
    pub(super) clock: ClockHand,
    /// Where tokens are made before the server starts: it reads them once.
    pub(super) tokens: Arc<Tokens>,
    /// A token for each role of each ledger and of all, by its grant.
    pub(super) secrets: Vec<(String, String)>,
    /// An operator's token that has run out, and one that was revoked.
    pub(super) expired: String,
    pub(super) revoked: String,
    pub(super) eddsa: Signer,
    pub(super) es256: Signer,
    pub(super) authority: Authority,
    pub(super) directory: tempfile::TempDir,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<Result<(), serve::ServeError>>,
}

/// A certificate authority.
pub(super) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, in PEM.
#[derive(Clone)]
pub(super) struct Shown {
    pub(super) certificate: String,
    pub(super) key: String,
}

/// Who a certificate names, and which years it is good for.
pub(super) struct Named<'a> {
    pub(super) common_name: &'a str,
    pub(super) uri: Option<&'a str>,
    pub(super) years: (i32, i32),
}

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "authority");
        Authority(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(super) fn pem(&self) -> String {
        self.0.pem()
    }

    pub(super) fn issue(&self, named: &Named<'_>) -> Shown {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, named.common_name);
        params.not_before = rcgen::date_time_ymd(named.years.0, 1, 1);
        params.not_after = rcgen::date_time_ymd(named.years.1, 1, 1);
        if let Some(uri) = named.uri {
            params.subject_alt_names.push(SanType::URI(uri.try_into().unwrap()));
        }
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Shown { certificate: certificate.pem(), key: key.serialize_pem() }
    }

    /// The certificate of somebody, good for long.
    pub(super) fn of(&self, common_name: &str, uri: Option<&str>) -> Shown {
        self.issue(&Named { common_name, uri, years: (2020, 2080) })
    }
}

/// What the access file of a world says: certificates of every role, and one issuer.
pub(super) fn access_file(jwks: &Path) -> String {
    let mut text = String::new();
    for role in ROLES {
        text += &format!("[[certificate]]\nidentity = \"spiffe://example.org/{role}\"\ngrants = [\"{role}@deal\"]\n");
    }
    text += "[[certificate]]\nidentity = \"plain name\"\ngrants = [\"reader@deal\"]\n";
    text += "[[issuer]]\nname = \"desk\"\nissuer = \"https://id.example.org\"\naudience = \"entente\"\n";
    text += &format!("algorithms = [\"EdDSA\", \"ES256\"]\njwks_file = {jwks:?}\n");
    text
}

impl World {
    /// Over plain HTTP on the loopback, with credentials required.
    pub(super) async fn plain() -> Self {
        Self::start(false).await
    }

    /// Over TLS, with client certificates.
    pub(super) async fn with_tls() -> Self {
        Self::start(true).await
    }

    async fn start(is_tls: bool) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (eddsa, es256) = (Signer::eddsa("ed-1"), Signer::es256("ec-1"));
        let file = |name: &str, text: &str| -> PathBuf {
            let path = directory.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let jwks = file("jwks.json", &super::issued::jwks(&[&eddsa, &es256]));
        let access = file("access.toml", &access_file(&jwks));
        let authority = Authority::new();
        let own = authority.of("server", None);
        let tls = is_tls.then(|| TlsFiles {
            certificate: file("server.pem", &own.certificate),
            key: file("server-key.pem", &own.key),
            client_ca: Some(file("client-ca.pem", &authority.pem())),
        });
        let security = Security { access_file: Some(access), tls, ..Security::default() };
        let (clock, hand) = Clock::by_hand(Instant::parse(NOON).unwrap());
        let catalog = Arc::new(MemoryCatalog::default());
        make_ledgers(&catalog, &clock).await;
        let tokens = Arc::new(Tokens::open(catalog.cells()).unwrap());
        let mut world = World {
            address: ([127, 0, 0, 1], 0).into(),
            clock: hand,
            expired: make_at(&tokens, "old", &["operator@*"], -10, 9),
            revoked: revoked(&tokens),
            tokens,
            secrets: Vec::new(),
            eddsa,
            es256,
            authority,
            directory,
            stop: None,
            running: tokio::spawn(async { Ok(()) }),
        };
        for role in ROLES {
            for ledger in ["deal", "other", "*"] {
                let grant = format!("{role}@{ledger}");
                world.secrets.push((grant.clone(), world.make(role, &[&grant], 30)));
            }
        }
        world.serve(catalog, clock, security).await;
        world
    }

    async fn serve(&mut self, catalog: Arc<dyn Catalog>, clock: Clock, security: Security) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        self.address = listener.local_addr().unwrap();
        let config = Config {
            listen: self.address,
            data_dir: PathBuf::new(),
            cache_bytes: 8 << 20,
            limits: entente::serve::Limits::default(),
            shutdown_grace: Duration::from_secs(5),
            key_file: None,
            webhooks: serve::Webhooks::default(),
            security,
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move { drop(stopped.await) };
        self.running = tokio::spawn(serve::run_on(catalog, clock, config, listener, shutdown));
        self.stop = Some(stop);
    }

    /// The token with one grant, such as `reader@deal`.
    pub(super) fn secret(&self, grant: &str) -> &str {
        &self.secrets.iter().find(|(name, _)| name == grant).unwrap().1
    }

    /// Makes a token before the server has started; gives its secret.
    pub(super) fn make(&self, holder: &str, grants: &[&str], days: i64) -> String {
        make_at(&self.tokens, holder, grants, 0, days)
    }
}

/// Makes a token so many days after noon, for so many days; gives its secret.
fn make_at(tokens: &Tokens, holder: &str, grants: &[&str], after: i64, days: i64) -> String {
    let now = Instant::parse(NOON).unwrap().plus_elapsed_days(after);
    let new = NewToken {
        name: Slug::parse(holder).unwrap(),
        grants: grants.iter().map(|grant| Grant::parse(grant).unwrap()).collect(),
        expires_at: now.plus_elapsed_days(days),
        created_by: Text::new("the test").unwrap(),
    };
    tokens.create(new, now).unwrap().1.reveal().to_owned()
}

fn revoked(tokens: &Tokens) -> String {
    let secret = make_at(tokens, "gone", &["operator@*"], 0, 30);
    let token = tokens.list().into_iter().find(|token| token.name.as_str() == "gone").unwrap();
    tokens.revoke(token.id.as_str(), Instant::parse(NOON).unwrap()).unwrap().unwrap();
    secret
}

async fn make_ledgers(catalog: &Arc<MemoryCatalog>, clock: &Clock) {
    let (catalog, clock): (Arc<dyn Catalog>, Clock) = (Arc::clone(catalog) as Arc<dyn Catalog>, clock.clone());
    let made = tokio::task::spawn_blocking(move || {
        let ledgers = Ledgers::open(catalog, clock).unwrap();
        for name in LEDGERS {
            let new = NewLedger {
                name: Slug::parse(name).unwrap(),
                kind: entente::domain::event::LedgerKind::Live,
                title: Text::new("a ledger").unwrap(),
                recorded_at: None,
                created_by: Text::new("the test").unwrap(),
            };
            ledgers.create(new).unwrap();
        }
        ledgers.close();
    });
    made.await.unwrap();
}

impl Drop for World {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl World {
    /// A plain connection.
    pub(super) async fn channel(&self) -> Channel {
        Endpoint::from_shared(format!("http://{}", self.address)).unwrap().connect().await.unwrap()
    }

    /// A connection over TLS, with a certificate or without one.
    pub(super) async fn tls_channel(&self, shown: Option<&Shown>) -> Result<Channel, tonic::transport::Error> {
        let authority = Certificate::from_pem(self.authority.pem());
        let mut config = ClientTlsConfig::new().ca_certificate(authority).domain_name("localhost");
        if let Some(shown) = shown {
            config = config.identity(Identity::from_pem(&shown.certificate, &shown.key));
        }
        let endpoint = Endpoint::from_shared(format!("https://{}", self.address)).unwrap();
        endpoint.tls_config(config).unwrap().connect().await
    }

    /// A client with a token.
    pub(super) async fn client(&self, secret: &str) -> Client {
        let credentials = Credentials { token: Some(secret.to_owned()), ..Credentials::default() };
        Client::connect_as(&format!("http://{}", self.address), Duration::from_secs(60), credentials).await.unwrap()
    }

    /// Asks the server to stop, and says how it ended.
    pub(super) async fn stop(mut self) -> Result<(), serve::ServeError> {
        drop(self.stop.take());
        let running = std::mem::replace(&mut self.running, tokio::spawn(async { Ok(()) }));
        running.await.unwrap()
    }
}
