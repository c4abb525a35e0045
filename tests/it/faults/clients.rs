//! Clients that die in mid-stream, and one that opens and resets streams as fast as it can. One that never reads is in
//! `grpc/changes/slow.rs`.

use std::io::Write as _;
use std::net::TcpStream;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::server::under;
use super::{Load, Server, Tally};

fn subscribers(server: &Server) -> String {
    let page = server.get("/metrics");
    page.lines().find(|line| line.starts_with("entente_subscribers")).unwrap_or("none").to_owned()
}

async fn until(server: &Server, subscribers_are: impl Fn(&str) -> bool) {
    let begun = Instant::now();
    while !subscribers_are(&subscribers(server)) {
        assert!(begun.elapsed() < Duration::from_secs(20), "{}", subscribers(server));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Promised: what a dead client held is given back, and nobody else notices.
#[tokio::test(flavor = "multi_thread")]
async fn clients_that_die_in_mid_stream_leave_nothing_behind() {
    let directory = tempfile::tempdir().unwrap();
    let mut tally = Tally::of("SIGKILL of followers in mid-stream");
    let server = Server::start(directory.path());
    let mut load = Load::begin(&server).await;
    let client = server.client().await;
    for _ in 0..2 {
        let follow = |_| {
            let arguments = ["watch", "--after", "0", "--ledger", "deal", "--server", &server.address];
            under(&[], &arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
        };
        let mut followers: Vec<_> = (0..8).map(follow).collect();
        until(&server, |line| line.ends_with(" 8")).await;
        load.settled(&client, 10).await;
        let begun = Instant::now();
        for follower in &mut followers {
            follower.kill().unwrap();
            follower.wait().unwrap();
        }
        until(&server, |line| line.ends_with(" 0")).await;
        tally.round(begun.elapsed());
        load.check(&server, &mut tally).await;
    }
    assert_eq!(server.stop().0, Some(0));
    tally.say();
}

/// An HTTP/2 frame.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// The headers of a call, each spelled out: not indexed, with its name.
fn headers() -> Vec<u8> {
    let fields = [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", "/entente.v1.ComplianceService/ListAssessments"),
        (":authority", "localhost"),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
    ];
    let text = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    fields.iter().flat_map(|(name, value)| [vec![0], text(name), text(value)].concat()).collect()
}

/// Promised: whoever resets streams as fast as it opens them keeps nobody waiting, whether it is cut off or not.
#[tokio::test(flavor = "multi_thread")]
async fn rapid_resets_slow_nobody() {
    let directory = tempfile::tempdir().unwrap();
    let mut tally = Tally::of("rapid reset (4 connections, up to 20,000 streams each)");
    let mut server = Server::start(directory.path());
    let mut load = Load::begin(&server).await;
    let client = server.client().await;
    let address = server.address.trim_start_matches("http://").to_owned();
    let attackers: Vec<_> = (0..4)
        .map(|_| {
            let address = address.clone();
            std::thread::spawn(move || reset_until_cut_off(&address))
        })
        .collect();
    let mut longest = Duration::ZERO;
    while attackers.iter().any(|attacker| !attacker.is_finished()) {
        let begun = Instant::now();
        load.settled(&client, 1).await;
        longest = longest.max(begun.elapsed());
    }
    let opened: Vec<u32> = attackers.into_iter().map(|attacker| attacker.join().unwrap()).collect();
    eprintln!("streams opened and reset by each: {opened:?}; the slowest append of another client: {longest:.0?}");
    assert!(longest < Duration::from_secs(3), "an append took {longest:?}");
    assert!(server.is_running());
    tally.round(longest);
    load.check(&server, &mut tally).await;
    assert_eq!(server.stop().0, Some(0));
    tally.say();
}

/// Opens and resets streams until the server closes the connection or 20,000 were; gives how many.
fn reset_until_cut_off(address: &str) -> u32 {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut reading = stream.try_clone().unwrap();
    // What the server says must not fill its buffers.
    let reader = std::thread::spawn(move || drop(std::io::copy(&mut reading, &mut std::io::sink())));
    let begun = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), frame(4, 0, 0, &[])].concat();
    let mut opened = 0;
    if stream.write_all(&begun).is_ok() {
        let headers = headers();
        for number in 0..20_000 {
            let id = 2 * number + 1;
            let pair = [frame(1, 4, id, &headers), frame(3, 0, id, &8_u32.to_be_bytes())].concat();
            if stream.write_all(&pair).is_err() {
                break;
            }
            opened = number + 1;
        }
    }
    drop(stream.shutdown(std::net::Shutdown::Both));
    reader.join().unwrap();
    opened
}
