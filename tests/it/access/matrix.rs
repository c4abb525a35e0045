//! The matrix: every method of every service, every role, every kind of credential. What is expected is said here a second
//! time, by name, and not taken from the table that it checks.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use entente::proto::v1;
use prost::Message as _;
use prost_reflect::MethodDescriptor;
use serde_json::json;
use tonic::transport::Channel;

use super::call::{Credential, call, is_admitted, methods, name_of, request_about};
use super::issued::{Signer, claims, claims_but, claims_without, hs256, message};
use super::world::{Authority, Named, ROLES, World};

/// Whether somebody with one role in a ledger may call a method about that ledger.
fn may(role: &str, method: &str) -> bool {
    match method {
        "CreateLedger" | "Backup" => role == "operator",
        "AppendEvents" | "AppendEventStream" => role == "recorder" || role == "assessor",
        _ => true,
    }
}

/// Methods that are for whoever runs all ledgers.
fn is_for_operators_of_all(method: &str) -> bool {
    matches!(method, "CreateToken" | "ListTokens" | "RevokeToken")
}

/// Methods that anybody with a credential may call, whatever was granted.
fn is_for_anybody_known(method: &str) -> bool {
    matches!(method, "ListLedgers" | "GetServerInfo" | "ServerReflectionInfo")
}

/// Methods that anybody at all may call.
fn is_open(method: &MethodDescriptor) -> bool {
    method.parent_service().full_name() == "grpc.health.v1.Health"
}

/// Whether a grant such as `reader@deal` lets a call about a ledger through.
fn expected(grant: &str, method: &MethodDescriptor, ledger: &str) -> bool {
    let (role, of) = grant.split_once('@').unwrap();
    let name = method.name();
    if is_open(method) || is_for_anybody_known(name) {
        return true;
    }
    if is_for_operators_of_all(name) {
        return role == "operator" && of == "*";
    }
    (of == "*" || of == ledger) && may(role, name)
}

/// What was tried, and what came out otherwise than it should.
#[derive(Default)]
struct Tally {
    tried: usize,
    wrong: Vec<String>,
}

impl Tally {
    async fn try_all(
        &mut self,
        channel: &Channel,
        who: &str,
        shown: &Credential,
        allows: impl Fn(&MethodDescriptor, &str) -> bool,
    ) {
        for method in methods() {
            // There, there and not granted, and not there at all.
            for ledger in ["deal", "other", "ghost"] {
                let status = call(channel, &name_of(&method), request_about(&method, ledger), shown).await;
                self.tried += 1;
                let should = allows(&method, ledger);
                if is_admitted(&status) != should {
                    let told =
                        format!("{who}: {} of {ledger}: {status:?}, admitted should be {should}", name_of(&method));
                    self.wrong.push(told);
                }
            }
        }
    }

    fn report(&self, what: &str) {
        println!("{what}: {} calls, {} wrong admissions or refusals", self.tried, self.wrong.len());
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
    }
}

#[tokio::test]
async fn every_role_of_every_ledger_gets_exactly_what_it_may_by_token_and_by_jwt() {
    let world = World::plain().await;
    let channel = world.channel().await;
    let mut tally = Tally::default();
    for (grant, secret) in &world.secrets {
        let shown = Credential::bearer(secret);
        tally.try_all(&channel, grant, &shown, |method, ledger| expected(grant, method, ledger)).await;
    }
    for role in ROLES {
        for (signer, of) in [(&world.eddsa, "deal"), (&world.es256, "other"), (&world.eddsa, "*")] {
            let grant = format!("{role}@{of}");
            let shown = Credential::bearer(&signer.jwt(&claims(&[&grant])));
            let who = format!("{grant} by {}", signer.algorithm);
            tally.try_all(&channel, &who, &shown, |method, ledger| expected(&grant, method, ledger)).await;
        }
    }
    // Somebody who is known and was granted nothing.
    let shown = Credential::bearer(&world.eddsa.jwt(&claims_without("entente_grants")));
    let nothing = |method: &MethodDescriptor, _: &str| is_open(method) || is_for_anybody_known(method.name());
    tally.try_all(&channel, "nothing granted", &shown, nothing).await;
    tally.report("roles by token and JWT");
}

#[tokio::test]
async fn no_credential_that_is_none_gets_anywhere() {
    let world = World::plain().await;
    let channel = world.channel().await;
    let mut tally = Tally::default();
    let bad = bad_credentials(&world);
    for (who, shown) in &bad {
        tally.try_all(&channel, who, shown, |method, _| is_open(method)).await;
    }
    tally.report(&format!("{} kinds of credential that prove nobody", bad.len()));
}

/// Every kind of credential that must prove nobody, each of an operator of all but for its one fault.
fn bad_credentials(world: &World) -> Vec<(&'static str, Credential)> {
    let (ed, ec) = (&world.eddsa, &world.es256);
    let noon = entente::domain::Instant::parse(super::world::NOON).unwrap().unix_seconds();
    let good = claims(&["operator@*"]);
    let jwt = ed.jwt(&good);
    let operator = world.secret("operator@*").to_owned();
    let tampered = {
        let (_, rest) = jwt.split_once('.').unwrap();
        let (_, signature) = rest.split_once('.').unwrap();
        let header = json!({"alg": "EdDSA", "kid": ed.kid});
        format!("{}.{signature}", message(&header, &claims_but("sub", json!("mallory"))))
    };
    let header = |alg: &str, kid: &str| json!({"alg": alg, "kid": kid, "typ": "JWT"});
    let stranger = Signer::eddsa("ed-1");
    let unknown = Signer::eddsa("nobody-knows");
    let bearer = Credential::bearer;
    vec![
        ("none", Credential::default()),
        ("an empty header", Credential { authorization: vec![String::new()], cookie: None }),
        ("garbage", bearer("garbage")),
        ("garbage with two dots", bearer("a.b.c")),
        ("another scheme", Credential { authorization: vec![format!("Basic {operator}")], cookie: None }),
        ("no scheme", Credential { authorization: vec![operator.clone()], cookie: None }),
        ("two headers", Credential { authorization: vec![format!("Bearer {operator}"); 2], cookie: None }),
        ("a cookie", Credential { authorization: Vec::new(), cookie: Some(format!("entente-session={operator}")) }),
        ("a token that was never made", bearer(&format!("entente_{}", BASE64.encode([7; 32])))),
        ("a token cut short", bearer(&operator[..operator.len() - 1])),
        ("a token in upper case", bearer(&operator.to_uppercase())),
        ("an expired token", bearer(&world.expired)),
        ("a revoked token", bearer(&world.revoked)),
        ("an expired JWT", bearer(&ed.jwt(&claims_but("exp", json!(noon - 31))))),
        ("a JWT without exp", bearer(&ed.jwt(&claims_without("exp")))),
        ("a JWT with exp as text", bearer(&ed.jwt(&claims_but("exp", json!("never"))))),
        ("nbf in the future", bearer(&ed.jwt(&claims_but("nbf", json!(noon + 3600))))),
        ("another audience", bearer(&ed.jwt(&claims_but("aud", json!("another"))))),
        ("other audiences", bearer(&ed.jwt(&claims_but("aud", json!(["another", "entente2"]))))),
        ("no audience", bearer(&ed.jwt(&claims_without("aud")))),
        ("another issuer", bearer(&ec.jwt(&claims_but("iss", json!("https://id.example.com"))))),
        ("no issuer", bearer(&ec.jwt(&claims_without("iss")))),
        ("no subject", bearer(&ed.jwt(&claims_without("sub")))),
        ("grants that are none", bearer(&ed.jwt(&claims_but("entente_grants", json!(["owner@*"]))))),
        ("grants as text", bearer(&ed.jwt(&claims_but("entente_grants", json!("operator@*"))))),
        ("alg none", bearer(&format!("{}.", message(&header("none", ed.kid), &good)))),
        ("alg none, signed", bearer(&ed.jwt_with(&header("none", ed.kid), &good))),
        ("HS256 with the public key", bearer(&hs256(&header("HS256", ed.kid), &good, &ed.public_bytes()))),
        ("HS256 with the public point", bearer(&hs256(&header("HS256", ec.kid), &good, &ec.public_bytes()))),
        ("EdDSA said, HS256 signed", bearer(&hs256(&header("EdDSA", ed.kid), &good, &ed.public_bytes()))),
        ("ES256 said of an Ed25519 key", bearer(&ed.jwt_with(&header("ES256", ed.kid), &good))),
        ("RS256 said", bearer(&ed.jwt_with(&header("RS256", ed.kid), &good))),
        ("the kid of another key", bearer(&ed.jwt_with(&header("EdDSA", ec.kid), &good))),
        ("an unknown kid", bearer(&unknown.jwt(&good))),
        ("no kid", bearer(&ed.jwt_with(&json!({"alg": "EdDSA"}), &good))),
        ("another key of the same kid", bearer(&stranger.jwt(&good))),
        (
            "its own key in the header",
            bearer(&stranger.jwt_with(&json!({"alg": "EdDSA", "kid": "ed-1", "jwk": stranger.jwk()}), &good)),
        ),
        ("crit", bearer(&ed.jwt_with(&json!({"alg": "EdDSA", "kid": ed.kid, "crit": ["b64"], "b64": false}), &good))),
        ("claims changed", bearer(&tampered)),
        ("no signature", bearer(&jwt[..=jwt.rfind('.').unwrap()])),
        ("a signature cut short", bearer(&jwt[..jwt.len() - 4])),
        ("four parts", bearer(&format!("{jwt}.x"))),
    ]
}

#[tokio::test]
async fn certificates_get_exactly_what_the_access_file_grants_them() {
    let world = World::with_tls().await;
    let mut tally = Tally::default();
    for role in ROLES {
        let shown = world.authority.of("ignored", Some(&format!("spiffe://example.org/{role}")));
        let channel = world.tls_channel(Some(&shown)).await.unwrap();
        let grant = format!("{role}@deal");
        let allows = |method: &MethodDescriptor, ledger: &str| expected(&grant, method, ledger);
        tally.try_all(&channel, &format!("the certificate of {role}"), &Credential::default(), allows).await;
    }
    let plain = world.tls_channel(Some(&world.authority.of("plain name", None))).await.unwrap();
    let reads = |method: &MethodDescriptor, ledger: &str| expected("reader@deal", method, ledger);
    tally.try_all(&plain, "a common name", &Credential::default(), reads).await;
    // A token that is shown beside a certificate is what counts.
    let operator = Credential::bearer(world.secret("operator@*"));
    let all = |method: &MethodDescriptor, ledger: &str| expected("operator@*", method, ledger);
    tally.try_all(&plain, "a token beside a certificate", &operator, all).await;
    let open = |method: &MethodDescriptor, _: &str| is_open(method);
    tally.try_all(&plain, "a bad token beside a good certificate", &Credential::bearer("a.b.c"), open).await;
    for (who, shown) in [
        ("nobody in the file", world.authority.of("mallory", Some("spiffe://example.org/mallory"))),
        // A SPIFFE identity is whole, and is not made up of a common name.
        ("a common name like a SPIFFE one", world.authority.of("plain name", Some("spiffe://example.org/x"))),
    ] {
        let channel = world.tls_channel(Some(&shown)).await.unwrap();
        tally.try_all(&channel, who, &Credential::default(), open).await;
    }
    let none = world.tls_channel(None).await.unwrap();
    tally.try_all(&none, "no certificate", &Credential::default(), open).await;
    tally.report("certificates");
}

#[tokio::test]
async fn a_certificate_that_is_not_good_gets_no_answer_at_all() {
    let world = World::with_tls().await;
    let uri = Some("spiffe://example.org/operator");
    let mut tried = 0;
    for (who, shown) in [
        ("of another authority", Authority::new().of("operator", uri)),
        ("expired", world.authority.issue(&Named { common_name: "x", uri, years: (2019, 2020) })),
        ("not yet good", world.authority.issue(&Named { common_name: "x", uri, years: (2070, 2080) })),
    ] {
        for method in methods() {
            tried += 1;
            // Nothing is answered, not even health: the connection does not come about.
            let Ok(channel) = world.tls_channel(Some(&shown)).await else { continue };
            let status = call_or_fail(&channel, &method).await;
            assert!(status.is_none(), "{who}: {} was answered: {status:?}", name_of(&method));
        }
    }
    println!("bad certificates: {tried} calls, 0 wrong admissions");
}

/// What the service said; none where the connection broke.
async fn call_or_fail(channel: &Channel, method: &MethodDescriptor) -> Option<tonic::Status> {
    use tower::ServiceExt as _;
    let ready = channel.clone().ready_oneshot().await.is_ok();
    if !ready {
        return None;
    }
    let status = call(channel, &name_of(method), request_about(method, "deal"), &Credential::default()).await;
    // A broken connection is told by the transport, which gives no id of a request.
    status.metadata().contains_key("x-request-id").then_some(status)
}

/// Keeps the encoders of this file honest: what is sent is what the service reads.
#[test]
fn a_request_names_the_ledger_where_the_service_looks_for_it() {
    for method in methods().iter().filter(|method| method.name() == "GetEvent") {
        let request = v1::GetEventRequest::decode(request_about(method, "deal").as_slice()).unwrap();
        assert_eq!(request.name, "ledgers/deal/events/1");
    }
}
