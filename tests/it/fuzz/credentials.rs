//! What people prove themselves by, and the files that say who is somebody: only what was made here or signed by an issuer
//! proves anybody, and no error quotes it.

use std::rc::Rc;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use entente::auth::{Access, AccessConfig, Grant, NewToken, Presented, Refused, bearer_of, session_of};
use entente::clock::Clock;
use entente::domain::{Instant, Slug, Text};
use entente::store::{Catalog as _, MemoryCatalog};
use http::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::json;
use tempfile::TempDir;

use super::campaign::Decoder;
use crate::server::NOON;

/// Both issuers of this file are there, with groups and with grants.
const ACCESS_FILE: &str = include_str!("../../../deploy/access.toml");
/// A key of P-256 whose private half was thrown away when it had signed [`OF_PARTNER`].
const PARTNER: [&str; 2] =
    ["HjXFfa0_k1tcrs8NcHuJ0mKPLw5PMl4APpt-U6IWn-o", "I1fNTak3qU9eqk3SHUotUerWYKtWXNRWUFIeUGd7ws8"];
/// A JWT of it, part by part: their signatures are drawn anew each time, and inputs are to be the same ones.
const OF_PARTNER: [&str; 3] = [
    "eyJhbGciOiJFUzI1NiIsImtpZCI6ImVzIn0",
    "eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUuY29tIiwiYXVkIjoiZW50ZW50ZSIsInN1YiI6ImJlbiIsImV4cCI6MTc3MjM3MDAwMCwiZ3JvdXBzIjpbInRyYWRlLWRlc2siXX0",
    "5OYpFeJPTVBhQ6_8YzzwX_WC57-A-zJe_cm4NrWErrNiIWvh8C_yQk3pc2Bz5U-z1aL9bqEh-Dtefaxp3ixMHg",
];
/// What stands for the id of a session in inputs; the id itself is drawn.
const SESSION_STAND_IN: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ";
/// What stands for the token in inputs; the token itself is drawn.
const STAND_IN: &str = "entente_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ";
/// The private part of a key, which somebody may leave in a key set. No error shows it.
const PRIVATE: &str = "bm9ib2R5LW1heS1zZWUtdGhpcy1wYXJ0";

pub(super) fn decoders() -> Vec<Decoder> {
    let world = Rc::new(World::new());
    let (of_claims, of_header, of_cookie) = (Rc::clone(&world), Rc::clone(&world), Rc::clone(&world));
    let jwts = world.jwts();
    let bearers: Vec<String> = jwts.iter().map(|jwt| format!("Bearer {jwt}")).collect();
    vec![
        Decoder::of_text("JWT", move |text| world.proves(Some(text))).valid(&jwts).odd(odd_jwts(&jwts)).costing(3),
        // As from an issuer that signs whatever it is given.
        Decoder::new("claims of a JWT", move |bytes| of_claims.claim(bytes))
            .valid([claims(), claims().replace("\"entente\"", "[\"other\",\"entente\"]")])
            .odd(["{".repeat(3_000), format!("{{\"sub\":\"a\",\"exp\":{}}}", "9".repeat(400)), "[".repeat(60_000)])
            .costing(3),
        Decoder::new("authorization header", move |bytes| {
            headers(&AUTHORIZATION, bytes).is_some_and(|map| of_header.lets_in(&map))
        })
        .valid(bearers)
        .valid([format!("bearer   {STAND_IN} ")])
        .odd(["Bearer ".repeat(2_000), format!("Basic {STAND_IN}"), format!("Bearer {STAND_IN}\nBearer {STAND_IN}")])
        .costing(3),
        Decoder::new("cookie header", move |bytes| headers(&COOKIE, bytes).is_some_and(|map| of_cookie.resumes(&map)))
            .valid([format!("theme=dark; entente-session={SESSION_STAND_IN}; a=b")])
            .valid([format!("entente-session={SESSION_STAND_IN}")])
            .odd([
                "entente-session=;".repeat(2_000),
                "=;".repeat(30_000),
                format!("Entente-Session={SESSION_STAND_IN}"),
            ])
            .odd([format!("entente-session={STAND_IN}")])
            .costing(3),
        access_file(),
        key_set(),
    ]
}

/// A server's access with one token and two issuers.
struct World {
    access: Access,
    token: String,
    session: String,
}

impl World {
    fn new() -> Self {
        let folder = folder();
        let access = open(&folder).unwrap();
        let now = access.clock().now();
        let new = NewToken {
            name: Slug::parse("anna").unwrap(),
            grants: vec![Grant::parse("reader@us-china").unwrap()],
            expires_at: now.plus_elapsed_days(10),
            created_by: Text::new("the test").unwrap(),
        };
        let token = access.tokens().create(new, now).unwrap().1.reveal().to_owned();
        let caller = access.prove(Presented { bearer: Some(&token), certificate: None }).unwrap();
        let session = access.sessions().begin(&caller, now).unwrap().reveal().to_owned();
        World { access, token, session }
    }

    /// What proves somebody, beside the token.
    fn jwts(&self) -> [String; 2] {
        [signed(claims().as_bytes()), OF_PARTNER.join(".")]
    }

    /// Whether it proves somebody: only what was issued does.
    fn proves(&self, bearer: Option<&str>) -> bool {
        let bearer = bearer.map(|text| self.with_token(text));
        match self.access.prove(Presented { bearer: bearer.as_deref(), certificate: None }) {
            Ok(caller) => {
                let bearer = bearer.expect("nobody is proved by nothing");
                assert!(bearer == self.token || self.jwts().contains(&bearer), "{} by {bearer:?}", caller.principal());
                let expected = if bearer == self.token { "token:anna" } else { "jwt:" };
                assert!(caller.principal().as_str().starts_with(expected));
                true
            }
            Err(refused) => tells_nothing(&refused, bearer.as_deref().unwrap_or_default()),
        }
    }

    /// Whether a cookie resumes the session: its own id alone does.
    fn resumes(&self, headers: &HeaderMap) -> bool {
        let Some(id) = session_of(headers, self.access.session_cookie()) else { return false };
        let id = id.replace(SESSION_STAND_IN, &self.session);
        match self.access.resume(&id) {
            Ok(caller) => {
                assert!(id == self.session && caller.principal().as_str() == "token:anna", "{id:?}");
                true
            }
            Err(refused) => tells_nothing(&refused, &id),
        }
    }

    fn lets_in(&self, headers: &HeaderMap) -> bool {
        match bearer_of(headers) {
            Ok(bearer) => self.proves(bearer),
            Err(refused) => {
                let values: Vec<_> = headers.values().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
                tells_nothing(&refused, &values.join(" "))
            }
        }
    }

    /// Claims that an issuer has signed: whoever they prove is of that issuer, and has a name that can be recorded.
    fn claim(&self, claims: &[u8]) -> bool {
        let jwt = signed(claims);
        match self.access.prove(Presented { bearer: Some(&jwt), certificate: None }) {
            Ok(caller) => {
                let principal = caller.principal().as_str();
                let subject = principal.strip_prefix("jwt:corporate:").expect("it is of its issuer");
                assert!(!subject.is_empty() && !subject.contains(char::is_control), "{principal:?}");
                let said: serde_json::Value = serde_json::from_slice(claims).unwrap();
                assert_eq!(said["iss"], "https://id.example.org");
                assert!(said["exp"].as_i64().unwrap().saturating_add(30) > self.access.clock().now().unix_seconds());
                true
            }
            Err(refused) => tells_nothing(&refused, &jwt),
        }
    }

    /// The text with the token wherever the text is the stand-in for it.
    fn with_token(&self, text: &str) -> String {
        if text.len() != STAND_IN.len() || !text.is_ascii() {
            return text.to_owned();
        }
        let letters = text.chars().zip(STAND_IN.chars().zip(self.token.chars()));
        letters.map(|(given, (stands, drawn))| if given == stands { drawn } else { given }).collect()
    }
}

/// No part of a credential is in what is said of it.
fn tells_nothing(refused: &Refused, credential: &str) -> bool {
    let said = refused.to_string();
    for part in credential.split(['.', ' ', ',', '"']).filter(|part| part.len() >= 12) {
        assert!(!said.contains(part), "{said:?} quotes {part:?}");
    }
    assert!(!said.is_empty());
    false
}

/// The same JWTs under other headers: no algorithm, another one, another key, another spelling.
fn odd_jwts(jwts: &[String]) -> Vec<String> {
    let parts: Vec<&str> = jwts[0].split('.').collect();
    let header = |text: &str| format!("{}.{}.{}", BASE64.encode(text), parts[1], parts[2]);
    vec![
        header("{\"alg\":\"none\",\"kid\":\"ed\"}"),
        header("{\"alg\":\"HS256\",\"kid\":\"ed\"}"),
        header("{\"alg\":\"EdDSA\",\"kid\":\"es\"}"),
        header("{\"kid\":\"ed\",\"alg\":\"EdDSA\"}"),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}=.{}.{}", parts[0], parts[1], parts[2]),
        format!("{} ", jwts[0]),
        format!("{}.{}", jwts[0], parts[2]),
        format!("{}.{}.{}", parts[0], parts[1], jwts[1].split('.').nth(2).unwrap()),
        ".".repeat(60_000),
        format!("{}..", "A".repeat(60_000)),
    ]
}

fn headers(name: &HeaderName, bytes: &[u8]) -> Option<HeaderMap> {
    let mut map = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        map.append(name, HeaderValue::from_bytes(line).ok()?);
    }
    Some(map)
}

/// The file of access is read with what it names, so each input is written to a folder of its own.
fn access_file() -> Decoder {
    let folder = folder();
    Decoder::of_text("file of access", move |text| {
        std::fs::write(folder.path().join("access.toml"), text).unwrap();
        match open(&folder) {
            Ok(_) => true,
            Err(said) => {
                let names = ["access.toml", "certificate ", "issuer ", folder.path().to_str().unwrap()];
                assert!(names.iter().any(|name| said.contains(name)), "it names the entry or the file: {said:?}");
                false
            }
        }
    })
    .valid([ACCESS_FILE, "", "[[certificate]]\nidentity = \"a\"\ngrants = [\"operator@*\"]\n"])
    .odd(["a=".to_owned() + &"[".repeat(60_000), "[a.".to_owned() + &"a.".repeat(30_000), "a={a=".repeat(10_000)])
    .costing(10)
}

/// A key set, as somebody may have it who left the private part in.
fn key_set() -> Decoder {
    let folder = folder();
    let mut private: serde_json::Value = serde_json::from_str(&key_sets()).unwrap();
    private["keys"][0]["d"] = PRIVATE.into();
    Decoder::of_text("key set", move |text| {
        std::fs::write(folder.path().join("jwks.json"), text).unwrap();
        match open(&folder) {
            Ok(_) => true,
            Err(said) => {
                let is_named = said.contains("jwks.json") && !said.contains(PRIVATE);
                assert!(is_named, "it names the file and shows no private part: {said:?}");
                false
            }
        }
    })
    .valid([key_sets(), private.to_string()])
    .odd([
        "{\"keys\":[".repeat(6_000),
        format!("{PRIVATE:?}"),
        format!("{{\"keys\":{PRIVATE:?}}}"),
        format!("{{\"keys\":[{{\"kty\":{PRIVATE:?}}}]}}"),
        format!("{{\"keys\":[{{\"kty\":\"OKP\",\"crv\":{PRIVATE:?},\"x\":\"AA\"}}]}}"),
    ])
    .costing(10)
}

/// A folder with the files of access.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("access.toml"), ACCESS_FILE).unwrap();
    std::fs::write(folder.path().join("jwks.json"), key_sets()).unwrap();
    folder
}

/// Access by the files of a folder, or what is said of them.
fn open(folder: &TempDir) -> Result<Access, String> {
    let (clock, _) = Clock::by_hand(Instant::parse(NOON).unwrap());
    let config = AccessConfig { is_required: true, file: Some(folder.path().join("access.toml")), is_encrypted: false };
    let cells = Arc::new(MemoryCatalog::default()).cells();
    Access::open(cells, clock, &config).map_err(|error| error.to_string())
}

/// The keys of both issuers.
fn key_sets() -> String {
    let [x, y] = PARTNER;
    let of_corporate = BASE64.encode(corporate().public_key());
    let keys = [
        json!({"kty": "OKP", "crv": "Ed25519", "kid": "ed", "use": "sig", "x": of_corporate}),
        json!({"kty": "EC", "crv": "P-256", "kid": "es", "alg": "ES256", "x": x, "y": y}),
    ];
    json!({ "keys": keys }).to_string()
}

fn corporate() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()
}

/// What the issuer says of anna, for an hour.
fn claims() -> String {
    let noon = Instant::parse(NOON).unwrap().unix_seconds();
    let grants = ["reader@us-china", "recorder@us-china"];
    let (iss, aud, exp) = ("https://id.example.org", "entente", noon + 3600);
    json!({"iss": iss, "aud": aud, "sub": "anna", "nbf": noon, "exp": exp, "entente_grants": grants}).to_string()
}

fn signed(claims: &[u8]) -> String {
    let header = json!({"alg": "EdDSA", "kid": "ed", "typ": "JWT"}).to_string();
    let message = format!("{}.{}", BASE64.encode(header), BASE64.encode(claims));
    let signature = BASE64.encode(corporate().sign(message.as_bytes()));
    format!("{message}.{signature}")
}
