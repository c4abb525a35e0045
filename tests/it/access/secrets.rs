//! No secret in a log, an error or a counter: secrets of every kind are planted, and everything the program says is searched.

use std::io::Read as _;
use std::process::{Child, Stdio};

use entente::client::{Client, Credentials};
use entente::proto::v1;
use serde_json::json;
use tonic::transport::Endpoint;

use super::call::{Credential, call};
use super::issued::{Signer, claims, claims_but, jwks};
use crate::program::running::entente;

/// The program with its log at its finest.
struct Program {
    child: Child,
    address: String,
    log: std::thread::JoinHandle<String>,
}

fn start(directory: &std::path::Path, access_file: &str) -> Program {
    let data_dir = directory.join("data");
    let arguments = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--data-dir",
        data_dir.to_str().unwrap(),
        "--access-file",
        access_file,
        "--log",
        "trace",
    ];
    let mut child = entente(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let log = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        stderr.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    });
    let mut said = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
    let first = said.next().unwrap().unwrap();
    let address = first.trim_start_matches("serving ").to_owned();
    Program { child, address, log }
}

#[tokio::test]
async fn no_secret_is_logged_counted_or_echoed() {
    let directory = tempfile::tempdir().unwrap();
    let key = Signer::eddsa("k");
    let jwks_file = directory.path().join("jwks.json");
    std::fs::write(&jwks_file, jwks(&[&key])).unwrap();
    let access = directory.path().join("access.toml");
    std::fs::write(&access, super::world::access_file(&jwks_file)).unwrap();
    let data_dir = directory.path().join("data");
    let create = [
        "token",
        "create",
        "boss",
        "--grant",
        "operator@*",
        "--grant",
        "reader@*",
        "--data-dir",
        data_dir.to_str().unwrap(),
    ];
    let operator = String::from_utf8(entente(&create).output().unwrap().stdout).unwrap().trim().to_owned();
    assert!(operator.starts_with("entente_"), "{operator}");

    let program = start(directory.path(), access.to_str().unwrap());
    let credentials = Credentials { token: Some(operator.clone()), ..Credentials::default() };
    let client = Client::connect_as(&program.address, std::time::Duration::from_secs(30), credentials).await.unwrap();
    let grants = vec![v1::Grant { role: v1::Role::Reader.into(), ledger: "ledgers/-".to_owned() }];
    let token = v1::Token { holder: "desk".to_owned(), grants, ..v1::Token::default() };
    let made = client.admin().create_token(v1::CreateTokenRequest { token: Some(token) }).await.unwrap().into_inner();
    let name = made.token.unwrap().name;
    client.admin().revoke_token(v1::RevokeTokenRequest { name: name.clone() }).await.unwrap();
    // Somebody takes the secret for the name.
    let mistaken = v1::RevokeTokenRequest { name: format!("tokens/{}", made.secret) };
    let echo = client.admin().revoke_token(mistaken).await.unwrap_err();

    let good = key.jwt(&claims(&["reader@*"]));
    let planted = [
        operator.clone(),
        made.secret.clone(),
        good.clone(),
        key.jwt(&claims_but("aud", json!("planted-audience"))),
        "planted-garbage".to_owned(),
        "entente_planted".to_owned(),
        "eyJplanted.header.signature".to_owned(),
    ];
    let channel = Endpoint::from_shared(program.address.clone()).unwrap().connect().await.unwrap();
    let mut told = vec![format!("{echo:?}")];
    for secret in &planted {
        for shown in [
            Credential::bearer(secret),
            Credential { authorization: vec![format!("Basic {secret}")], cookie: None },
            Credential { authorization: vec![secret.clone()], cookie: Some(format!("entente-session={secret}")) },
        ] {
            let status = call(&channel, "entente.v1.AdminService/GetServerInfo", Vec::new(), &shown).await;
            told.push(format!("{status:?}"));
        }
        told.push(page(&program.address, "/", &format!("Cookie: entente-session={secret}\r\n")).await);
        told.push(page(&program.address, "/", &format!("Authorization: Bearer {secret}\r\n")).await);
    }
    let metrics = page(&program.address, "/metrics", &format!("Authorization: Bearer {operator}\r\n")).await;
    assert!(metrics.contains("entente_denials_total{reason=\"CREDENTIAL_REFUSED\"}"), "{metrics}");
    assert!(metrics.contains("entente_audited_acts_total{act=\"token_revoked\"} 1"), "{metrics}");
    told.push(metrics);
    let log = stop(program);
    for words in
        ["act=\"token_created\"", "act=\"token_revoked\"", "act=\"denied\"", "token:boss", "CREDENTIAL_REFUSED", &name]
    {
        assert!(log.contains(words), "the audit trail has no {words}");
    }
    told.push(log);
    for (index, text) in told.iter().enumerate() {
        for secret in &planted {
            // A part of a secret is one too. The beginning of a JWT is its header, which all of a key have.
            let part = &secret[secret.len() - secret.len().min(24)..];
            assert!(!text.contains(part), "{part} is told (text {index}): {}", around(text, part));
        }
    }
}

fn around(text: &str, part: &str) -> String {
    let at = text.find(part).unwrap_or(0);
    text.chars().skip(text[..at].chars().count().saturating_sub(200)).take(400).collect()
}

async fn page(address: &str, path: &str, headers: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(address.trim_start_matches("http://")).await.unwrap();
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn stop(mut program: Program) -> String {
    let id = program.child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert!(program.child.wait().unwrap().success());
    program.log.join().unwrap()
}
