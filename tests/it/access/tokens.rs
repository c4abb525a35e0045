//! Tokens made, run out, revoked at once, kept over a restart.

use std::sync::Arc;
use std::time::Duration;

use entente::auth::{Access, AccessConfig, Grant, NewToken, Presented, Tokens};
use entente::clock::Clock;
use entente::domain::{Instant, Slug, Text};
use entente::proto::v1;
use entente::store::{Catalog as _, Cells, MemoryCatalog, StoreError, Swap};
use tonic::Code;

use super::world::{NOON, World};
use crate::grpc::reason;

fn asked(holder: &str, role: v1::Role, ledger: &str) -> v1::CreateTokenRequest {
    let grants = vec![v1::Grant { role: role.into(), ledger: ledger.to_owned() }];
    let token = v1::Token { holder: holder.to_owned(), grants, ..v1::Token::default() };
    v1::CreateTokenRequest { token: Some(token) }
}

async fn head(world: &World, secret: &str) -> Result<u64, tonic::Status> {
    let request = v1::GetHeadRequest { ledger: "ledgers/deal".to_owned() };
    world.client(secret).await.ledgers().get_head(request).await.map(|answer| answer.into_inner().head)
}

#[tokio::test]
async fn a_token_works_from_when_it_is_made_until_it_is_revoked() {
    let world = World::plain().await;
    let operator = world.client(world.secret("operator@*")).await;
    let made =
        operator.admin().create_token(asked("desk", v1::Role::Reader, "ledgers/deal")).await.unwrap().into_inner();
    let token = made.token.unwrap();
    assert!(made.secret.starts_with("entente_") && made.secret.len() == 51, "256 bits and a prefix");
    assert_eq!((token.holder.as_str(), token.created_by.as_str()), ("desk", "token:operator"));
    assert_eq!(token.expires_at.unwrap().seconds - token.created_at.unwrap().seconds, 90 * 86_400);
    assert_eq!(head(&world, &made.secret).await.unwrap(), 1);
    let listed = operator.tokens().await.unwrap();
    assert!(listed.contains(&token));
    assert!(!format!("{listed:?}").contains(&made.secret), "a list has no secret");
    let request = v1::RevokeTokenRequest { name: token.name };
    let revoked = operator.admin().revoke_token(request.clone()).await.unwrap().into_inner().token.unwrap();
    assert!(revoked.revoked_at.is_some());
    let status = head(&world, &made.secret).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).0.as_str()), (Code::Unauthenticated, "CREDENTIAL_REFUSED"));
    assert!(status.message().contains("revoked at 2026-03-01T12:00:00Z"), "{status:?}");
    // Once more changes nothing.
    assert_eq!(operator.admin().revoke_token(request).await.unwrap().into_inner().token.unwrap(), revoked);
    let unknown = v1::RevokeTokenRequest { name: "tokens/000000000000".to_owned() };
    assert_eq!(operator.admin().revoke_token(unknown).await.unwrap_err().code(), Code::NotFound);
    world.stop().await.unwrap();
}

#[tokio::test]
async fn a_stream_ends_when_its_token_is_revoked_or_runs_out() {
    let world = World::plain().await;
    let operator = world.client(world.secret("operator@*")).await;
    let follow =
        || v1::SubscribeEventsRequest { ledger: "ledgers/deal".to_owned(), ..v1::SubscribeEventsRequest::default() };
    for end in ["revoke", "expire"] {
        let made =
            operator.admin().create_token(asked("desk", v1::Role::Reader, "ledgers/deal")).await.unwrap().into_inner();
        let reader = world.client(&made.secret).await;
        let mut stream = reader.changes().subscribe_events(follow()).await.unwrap().into_inner();
        assert!(stream.message().await.unwrap().is_some());
        match end {
            "revoke" => {
                let name = made.token.unwrap().name;
                operator.admin().revoke_token(v1::RevokeTokenRequest { name }).await.unwrap();
            }
            _ => world.clock.set(Instant::parse(NOON).unwrap().plus_elapsed_days(91)),
        }
        let ended = async {
            loop {
                match stream.message().await {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("the stream looks whole"),
                    Err(status) => return status,
                }
            }
        };
        let status = tokio::time::timeout(Duration::from_secs(20), ended).await.expect("the stream ends");
        assert_eq!((status.code(), reason(&status).0.as_str()), (Code::Unavailable, "CREDENTIAL_OVER"), "{end}");
        assert_eq!(head(&world, &made.secret).await.unwrap_err().code(), Code::Unauthenticated, "{end}");
    }
}

#[tokio::test]
async fn a_token_that_cannot_be_made_is_refused_field_by_field() {
    let world = World::plain().await;
    let operator = world.client(world.secret("operator@*")).await;
    let far = v1::Token {
        expires_at: Some(crate::server::stamp("2100-01-01T00:00:00Z")),
        ..asked("desk", v1::Role::Reader, "ledgers/-").token.unwrap()
    };
    let past = v1::Token { expires_at: Some(crate::server::stamp(NOON)), ..far.clone() };
    let none = v1::Token { grants: Vec::new(), expires_at: None, ..far.clone() };
    let cases = [
        (asked("Desk!", v1::Role::Reader, "ledgers/deal"), "token.holder: "),
        (asked("desk", v1::Role::Unspecified, "ledgers/deal"), "token.grants[0].role: "),
        (asked("desk", v1::Role::Reader, "deal"), "token.grants[0].ledger: "),
        (asked("desk", v1::Role::Reader, "ledgers/*"), "token.grants[0].ledger: "),
        (v1::CreateTokenRequest { token: Some(far) }, "token.expires_at: "),
        (v1::CreateTokenRequest { token: Some(past) }, "token.expires_at: "),
        (v1::CreateTokenRequest { token: Some(none) }, "token.grants: "),
        (v1::CreateTokenRequest { token: None }, "token.holder: "),
    ];
    for (request, field) in cases {
        let status = operator.admin().create_token(request).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        assert!(status.message().starts_with(field), "{status:?}");
    }
}

#[test]
fn tokens_are_kept_over_a_restart_and_only_as_a_hash() {
    let catalog = Arc::new(MemoryCatalog::default());
    let now = Instant::parse(NOON).unwrap();
    let new = NewToken {
        name: Slug::parse("desk").unwrap(),
        grants: vec![Grant::parse("reader@deal").unwrap(), Grant::parse("operator@*").unwrap()],
        expires_at: now.plus_elapsed_days(1),
        created_by: Text::new("the test").unwrap(),
    };
    let (token, secret) = Tokens::open(catalog.cells()).unwrap().create(new.clone(), now).unwrap();
    let bits = secret.reveal().trim_start_matches("entente_").to_owned();
    for (key, value) in catalog.cells().list(b"").unwrap() {
        let kept = format!("{}{}", String::from_utf8_lossy(&key), String::from_utf8_lossy(&value));
        assert!(!kept.contains(&bits), "the secret is in the store: {kept}");
    }
    let again = Tokens::open(catalog.cells()).unwrap();
    assert_eq!(again.list(), std::slice::from_ref(&token));
    let revoked = again.revoke(token.id.as_str(), now).unwrap().unwrap();
    assert_eq!(Tokens::open(catalog.cells()).unwrap().list(), [revoked]);
    // A month after it is over, the next one that is made has it forgotten.
    let later = now.plus_elapsed_days(40);
    let (other, _) = again.create(NewToken { expires_at: later.plus_elapsed_days(1), ..new }, later).unwrap();
    assert_eq!(again.list(), std::slice::from_ref(&other));
    assert_eq!(Tokens::open(catalog.cells()).unwrap().list(), [other]);
    assert!(!format!("{secret:?}").contains(&bits));
}

/// Cells that count how often they are asked.
struct Counted(Arc<dyn Cells>, std::sync::atomic::AtomicUsize);

impl Counted {
    fn count(&self) -> &Arc<dyn Cells> {
        self.1.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        &self.0
    }
}

impl Cells for Counted {
    fn get(&self, key: &[u8]) -> Result<Option<bytes::Bytes>, StoreError> {
        self.count().get(key)
    }

    fn compare_and_set(&self, key: &[u8], expected: Option<&[u8]>, new: Option<&[u8]>) -> Result<Swap, StoreError> {
        self.count().compare_and_set(key, expected, new)
    }

    fn list(&self, prefix: &[u8]) -> Result<Vec<(bytes::Bytes, bytes::Bytes)>, StoreError> {
        self.count().list(prefix)
    }
}

#[test]
fn a_request_asks_the_store_for_nothing() {
    let cells = Arc::new(Counted(MemoryCatalog::default().cells(), 0.into()));
    let (clock, _) = Clock::by_hand(Instant::parse(NOON).unwrap());
    let config = AccessConfig { is_required: true, file: None, is_encrypted: false };
    let access = Access::open(cells.clone(), clock, &config).unwrap();
    let now = Instant::parse(NOON).unwrap();
    let new = NewToken {
        name: Slug::parse("desk").unwrap(),
        grants: vec![Grant::parse("reader@deal").unwrap()],
        expires_at: now.plus_elapsed_days(1),
        created_by: Text::new("the test").unwrap(),
    };
    let (_, secret) = access.tokens().create(new, now).unwrap();
    let before = cells.1.load(std::sync::atomic::Ordering::SeqCst);
    let begun = std::time::Instant::now();
    for _ in 0..10_000 {
        access.prove(Presented { bearer: Some(secret.reveal()), certificate: None }).unwrap();
        access.prove(Presented { bearer: Some("entente_nobody"), certificate: None }).unwrap_err();
    }
    println!("{:?} for each of 20,000 proofs", begun.elapsed() / 20_000);
    assert_eq!(cells.1.load(std::sync::atomic::Ordering::SeqCst), before);
}
