//! Hostile messages over the network: every method of every service, generated from the descriptors, so that a new method
//! is tried as soon as there is one. The server holds the real ledger. Whatever it is sent, it does not panic, does not
//! fail inside, names what is wrong, and still answers.
//!
//! `ENTENTE_HOSTILE_MESSAGES` is how many messages each method is sent; `ENTENTE_HOSTILE_SEED` draws others.

mod answer; // what came back, and what may come back
mod frames; // requests that are not even messages: frames, headers, compression, gRPC-Web
mod generate; // messages of any type, most of them nearly right
mod methods; // which methods there are, and what is known of the ledger to ask with
mod raw; // bytes over HTTP/2, with nothing between

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use entente::proto::v1;
use generate::Generator;
use methods::Known;
use prost::Message as _;
use raw::Raw;
use tonic::Code;

use crate::oracle::Dice;
use crate::panics;
use crate::server::TestServer;

/// What a plain `cargo test` can afford in an unoptimised build; `tests/run` sends far more.
const MESSAGES: u64 = 25;
/// With so many messages, every method has had one that is right.
const ENOUGH: u64 = 300;
/// So many failures are shown.
const SHOWN_MAX: usize = 12;

#[test]
fn no_message_makes_a_server_fail() {
    on_a_runtime(async {
        let server = with_the_truce().await;
        let known = Known::of(&server).await;
        let raw = Raw::to(&server.address).await;
        let (seed, count) = (number("ENTENTE_HOSTILE_SEED", 0), number("ENTENTE_HOSTILE_MESSAGES", MESSAGES));
        let mut codes: BTreeMap<String, u64> = BTreeMap::new();
        let mut answered = BTreeSet::new();
        let (mut wrong, mut longest) = (Vec::new(), (Duration::ZERO, String::new()));
        // Message by message, so that what one method recorded is what the next is asked about.
        for index in 0..count {
            for (number, method) in methods::all().iter().enumerate() {
                let mut generator = Generator::new(Dice::new(seed << 40 | index << 8 | number as u64), &known);
                let message = generator.message(&method.input, 0);
                let bytes = message.encode_to_vec();
                let begun = Instant::now();
                let answer = raw.call(method, &bytes).await;
                if answer.messages > 0 {
                    answered.insert(method.path.clone());
                }
                longest = longest.max((begun.elapsed(), format!("{} message {index}", method.path)));
                *codes.entry(format!("{:?}", answer.code)).or_default() += 1;
                if let Some(why) = answer.fault() {
                    let shown = serde_json::to_string(&message).unwrap_or_default();
                    wrong.push(format!("{} message {index}: {why}\n    {shown}", method.path));
                }
            }
        }
        let unanswered: Vec<&str> =
            methods::all().iter().map(|method| method.path.as_str()).filter(|path| !answered.contains(*path)).collect();
        println!(
            "hostile: {count} messages to each of {} methods: {codes:?}, the longest {longest:?}; never answered: {unanswered:?}",
            methods::all().len()
        );
        server_is_well(&server, &wrong).await;
        assert!(
            count < ENOUGH || unanswered.is_empty(),
            "some messages are right, so that deep places are reached: {unanswered:?}"
        );
    });
}

#[test]
fn no_bytes_make_a_server_fail() {
    on_a_runtime(async {
        let server = with_the_truce().await;
        let known = Known::of(&server).await;
        let raw = Raw::to(&server.address).await;
        let (seed, count) = (number("ENTENTE_HOSTILE_SEED", 0), number("ENTENTE_HOSTILE_MESSAGES", MESSAGES));
        let mut codes: BTreeMap<String, u64> = BTreeMap::new();
        let mut wrong = Vec::new();
        for index in 0..count {
            for (number, method) in methods::all().iter().enumerate() {
                let mut dice = Dice::new(!(seed << 40 | index << 8 | number as u64));
                let valid = Generator::new(Dice::new(dice.next()), &known).message(&method.input, 0).encode_to_vec();
                let request = frames::spoiled(&mut dice, method, &valid);
                let answer = raw.send(method, &request).await;
                *codes.entry(format!("{:?}", answer.code)).or_default() += 1;
                if let Some(why) = answer.fault() {
                    wrong.push(format!("{} bytes {index}: {why}\n    {request:?}", method.path));
                }
            }
        }
        println!("hostile: {count} spoiled requests to each of {} methods: {codes:?}", methods::all().len());
        server_is_well(&server, &wrong).await;
    });
}

/// A message that cannot be read is the client's fault, and says what about it cannot be read.
#[test]
fn what_is_no_message_is_refused_as_such() {
    on_a_runtime(async {
        let server = TestServer::in_memory().await;
        let raw = Raw::to(&server.address).await;
        let method = methods::named("entente.v1.LedgerService/AppendEvents");
        // Field 1, a text of one byte, which is no UTF-8.
        let not_utf8: &[u8] = &[0x0a, 1, 0xff];
        let too_short: &[u8] = &[0x0a, 9, b'a'];
        for bytes in [not_utf8, too_short] {
            let answer = raw.call(&method, bytes).await;
            assert_eq!((answer.code, answer.fault()), (Some(Code::InvalidArgument), None), "{answer:?}");
            assert_eq!(answer.fields(), ["ledger"], "{answer:?}");
        }
        for (request, what) in frames::broken(&method) {
            let answer = raw.send(&method, &request).await;
            assert_eq!((answer.code, answer.fault()), (Some(Code::InvalidArgument), None), "{what}: {answer:?}");
            assert_eq!(answer.fields(), ["request"], "{what}: {answer:?}");
        }
    });
}

async fn server_is_well(server: &TestServer, wrong: &[String]) {
    let panics = panics::seen();
    assert!(panics.is_empty(), "{} panics:\n{}", panics.len(), panics[..panics.len().min(SHOWN_MAX)].join("\n"));
    let shown: Vec<&String> = wrong.iter().take(SHOWN_MAX).collect();
    let shown: String = shown.iter().map(|why| format!("{:.1500}\n", why)).collect();
    assert!(wrong.is_empty(), "{} wrong answers:\n{shown}", wrong.len());
    let request = v1::ListAssessmentsRequest { parent: methods::LEDGER.to_owned(), ..Default::default() };
    let (lines, _) = server.client.board(request).await.unwrap();
    assert!(lines.len() >= 25, "{} lines", lines.len());
    let recorded = server.append(methods::LEDGER, vec![methods::one_more()]).await.unwrap();
    assert_eq!(recorded.events.len(), 1);
}

/// A server that holds the real ledger.
async fn with_the_truce() -> TestServer {
    let server = TestServer::in_memory().await;
    server.clock.set(entente::domain::Instant::parse(methods::NOW).unwrap());
    server.create("us-china", v1::LedgerKind::Replay).await;
    for batch in methods::truce().chunks(100) {
        server.append(methods::LEDGER, batch.to_vec()).await.unwrap();
    }
    server
}

/// A runtime whose threads are known by name for what they are.
fn on_a_runtime(play: impl Future<Output = ()>) {
    panics::watch();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).thread_name("hostile").enable_all().build();
    runtime.unwrap().block_on(play);
}

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |given| given.parse().unwrap())
}
