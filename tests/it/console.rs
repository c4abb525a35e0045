//! The console as a browser gets it: raw HTTP against a real server with a clock that is moved by hand.

mod clocks; // both clocks in the address, kept by every link; addresses that cannot be read
mod hostile; // texts that try to be markup, and links that are none
mod large; // a ledger of many commitments: pages, search, counts
mod links; // every link of every page leads somewhere
mod live; // the events that keep an open page current, and their end
mod pages; // every page on the real ledger: what it says, its headers, its size, its time
mod proof; // an event with its proof, to take along; the tree head of a page
mod sign_in; // a token begins a session; a reader sees only what is theirs

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::server::TestServer;

/// How long an answer may take before it is no answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// The answer to a request.
struct Page {
    status: u16,
    headers: String,
    /// What is to be kept, as it was sent.
    cookies: Vec<String>,
    body: String,
}

async fn get(server: &TestServer, path: &str) -> Page {
    ask(server, &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).await
}

async fn post(server: &TestServer, path: &str, body: &str) -> Page {
    let kind = "Content-Type: application/x-www-form-urlencoded";
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{kind}\r\nContent-Length: {length}\r\n\r\n"
    );
    ask(server, &format!("{head}{body}")).await
}

async fn ask(server: &TestServer, request: &str) -> Page {
    let mut stream = connect(server).await;
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("an answer").unwrap();
    let answer = String::from_utf8(bytes).unwrap();
    let (headers, body) = answer.split_once("\r\n\r\n").expect("headers and a body");
    let status = headers.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let cookies = headers.lines().filter_map(|line| line.split_once(": "));
    let cookies = cookies.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")).map(|(_, it)| it.to_owned());
    Page { status, cookies: cookies.collect(), headers: headers.to_lowercase(), body: body.to_owned() }
}

async fn connect(server: &TestServer) -> TcpStream {
    TcpStream::connect(server.address.trim_start_matches("http://")).await.unwrap()
}

impl Page {
    /// The value of a header.
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")))
    }

    /// The text that people read, without markup, on one line.
    fn text(&self) -> String {
        let main = self.body.split("<main").nth(1).unwrap_or(&self.body);
        let mut text = String::new();
        let mut inside = true;
        for letter in main.chars() {
            match letter {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    text.push(' ');
                }
                letter if !inside => text.push(letter),
                _ => {}
            }
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The addresses of its links.
    fn links(&self) -> Vec<String> {
        let hrefs = self.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        hrefs.map(|href| href.replace("&#38;", "&").replace("&amp;", "&")).collect()
    }
}
