//! Requests that are not even messages: wrong frames, headers, compression, gRPC-Web.

use base64::Engine as _;

use super::methods::Method;
use super::raw::{Request, framed, plain};
use crate::oracle::Dice;

/// What is tried with a message: changed bytes, or something around them that is wrong.
pub(super) fn spoiled(dice: &mut Dice, method: &Method, message: &[u8]) -> Request {
    let mut headers = plain();
    let whole = framed(0, message);
    let body = match dice.between(1, 14) {
        1..=4 => framed(0, &changed(dice, message)),
        5 => whole[..dice.between(0, whole.len() as i64 - 1) as usize].to_vec(),
        // More, or far more, is announced than comes.
        6 => [&[0][..], &dice.pick(&[u32::MAX, 1 << 31, 17 << 20, 1 << 20]).to_be_bytes(), message].concat(),
        // Less is announced than comes: the rest is another frame.
        7 => [&[0][..], &((message.len() / 2) as u32).to_be_bytes(), message].concat(),
        8 => framed(dice.pick(&[1, 2, 255]), message),
        9 => {
            headers.push((
                "grpc-encoding",
                dice.pick(&["gzip", "zstd", "deflate", "identity", "br", "\u{e9}"]).to_owned(),
            ));
            framed(1, message)
        }
        10 => {
            let types = ["", "text/plain", "application/grpc+json", "application/json", "application/grpc; x", "*/*"];
            headers[0].1 = dice.pick(&types).to_owned();
            whole
        }
        11 => {
            headers[0].1 = dice.pick(&["application/grpc-web+proto", "application/grpc-web"]).to_owned();
            if dice.chance(50) { whole } else { changed(dice, &whole) }
        }
        12 => {
            headers[0].1 = "application/grpc-web-text".to_owned();
            let text = base64::engine::general_purpose::STANDARD.encode(&whole).into_bytes();
            if dice.chance(50) { text } else { changed(dice, &text) }
        }
        13 => {
            let odd = ["-1S", "99999999999H", "1", "", "0n", "0.5S", "1Y"];
            headers.push(("grpc-timeout", dice.pick(&odd).to_owned()));
            headers.push(("x-request-id", "\u{7f}x".repeat(3).replace('\u{7f}', "~")));
            whole
        }
        // Two messages where one is expected.
        _ => [whole.clone(), whole].concat(),
    };
    debug_assert!(!method.path.is_empty());
    Request { headers, body }
}

/// Requests without a message in them, with what is wrong about each.
pub(super) fn broken(method: &Method) -> Vec<(Request, &'static str)> {
    debug_assert!(!method.path.is_empty());
    let plainly = |body: Vec<u8>| Request { headers: plain(), body };
    vec![
        (plainly(Vec::new()), "no message at all"),
        (plainly(framed(0, b"\x0a\x01a")[..6].to_vec()), "a frame that ends too soon"),
        (plainly(framed(1, b"\x0a\x01a")), "compressed, and nobody says how"),
        (plainly(framed(2, b"\x0a\x01a")), "a flag that there is not"),
    ]
}

fn changed(dice: &mut Dice, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..dice.between(1, 4) {
        if bytes.is_empty() {
            return vec![dice.next() as u8];
        }
        let at = dice.between(0, bytes.len() as i64 - 1) as usize;
        match dice.between(1, 4) {
            1 => bytes[at] = dice.next() as u8,
            2 => drop(bytes.drain(at..(at + 1 + dice.between(0, 9) as usize).min(bytes.len()))),
            3 => drop(bytes.splice(at..at, (0..dice.between(1, 6)).map(|_| dice.next() as u8))),
            _ => bytes[at] ^= 1 << dice.between(0, 7),
        }
    }
    bytes
}
