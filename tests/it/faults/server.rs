//! A server in a process of its own, which can be killed, limited and traced.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use entente::client::Client;

/// The binary as an argument of another command, such as one that limits it, without a developer's own settings.
pub(crate) fn under(wrapper: &[&str], arguments: &[&str]) -> Command {
    let binary = env!("CARGO_BIN_EXE_entente");
    let mut words = wrapper.iter().copied().chain([binary]).chain(arguments.iter().copied());
    let mut command = Command::new(words.next().unwrap());
    command.args(words);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ENTENTE_") {
            command.env_remove(name);
        }
    }
    command
}

/// A server on a data directory.
pub(crate) struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub(crate) address: String,
    /// From its start until it answered.
    pub(crate) opened_in: Duration,
    said: Arc<Mutex<String>>,
}

impl Server {
    pub(crate) fn start(directory: &Path) -> Self {
        Self::start_under(&[], directory)
    }

    /// Starts it under another command and waits until it says where it is.
    pub(crate) fn start_under(wrapper: &[&str], directory: &Path) -> Self {
        Self::try_start(wrapper, directory).unwrap_or_else(|said| panic!("it does not start: {said}"))
    }

    /// The same; `Err` is what it said instead.
    pub(crate) fn try_start(wrapper: &[&str], directory: &Path) -> Result<Self, String> {
        let begun = Instant::now();
        let mut child = Self::command(wrapper, directory).spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let (mut errors, saying) = (BufReader::new(child.stderr.take().unwrap()), Arc::clone(&said));
        // What it says must not fill the pipe.
        let hearing = std::thread::spawn(move || {
            let mut line = String::new();
            while errors.read_line(&mut line).is_ok_and(|read| read > 0) {
                saying.lock().unwrap().push_str(&std::mem::take(&mut line));
            }
        });
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines.find_map(|line| line.ok()?.strip_prefix("serving ").map(str::to_owned));
        let Some(address) = address else {
            child.wait().unwrap();
            hearing.join().unwrap();
            return Err(said.lock().unwrap().clone());
        };
        std::thread::spawn(move || lines.for_each(drop));
        let mut server = Server { child, address, opened_in: Duration::ZERO, said };
        // It listens before its ledgers are open; the first answer comes once they are.
        if server.get("/healthz").is_empty() {
            // One that ends by itself says why first; one that hangs without a word did not start either.
            let patience = Instant::now() + Duration::from_secs(10);
            while server.child.try_wait().unwrap().is_none() && Instant::now() < patience {
                std::thread::sleep(Duration::from_millis(5));
            }
            drop(server.child.kill());
            server.child.wait().unwrap();
            hearing.join().unwrap();
            return Err(server.said());
        }
        server.opened_in = begun.elapsed();
        Ok(server)
    }

    pub(crate) fn command(wrapper: &[&str], directory: &Path) -> Command {
        let serve = ["serve", "--listen", "127.0.0.1:0", "--data-dir", directory.to_str().unwrap()];
        let mut command = under(wrapper, &serve);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) async fn client(&self) -> Client {
        Client::connect(&self.address, Duration::from_secs(30)).await.unwrap()
    }

    /// Its log so far.
    pub(crate) fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// The answer to a plain HTTP GET, or nothing where none came.
    pub(crate) fn get(&self, path: &str) -> String {
        let ask = || -> std::io::Result<String> {
            let mut stream = std::net::TcpStream::connect(self.address.trim_start_matches("http://"))?;
            stream.set_read_timeout(Some(Duration::from_secs(30)))?;
            let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            std::io::Write::write_all(&mut stream, request.as_bytes())?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            Ok(answer)
        };
        ask().unwrap_or_default()
    }

    /// The process that serves: the one that was started, or its child where that is a tracer.
    pub(crate) fn pid(&self) -> u32 {
        let own = self.child.id();
        let children = std::fs::read_to_string(format!("/proc/{own}/task/{own}/children")).unwrap_or_default();
        children.split_whitespace().next().and_then(|pid| pid.parse().ok()).unwrap_or(own)
    }

    /// Processor time that it has used, in clock ticks of 10 ms.
    pub(crate) fn ticks(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid())).unwrap();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    }

    /// Whether it still runs.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// SIGKILL: no handler runs, nothing is flushed.
    pub(crate) fn kill(&mut self) {
        signal("-KILL", self.pid());
        self.child.wait().unwrap();
    }

    /// Asks it to stop as an operator would; its exit code, and how long it took.
    pub(crate) fn stop(mut self) -> (Option<i32>, Duration) {
        let begun = Instant::now();
        signal("-TERM", self.pid());
        let code = self.child.wait().unwrap().code();
        (code, begun.elapsed())
    }
}

fn signal(name: &str, pid: u32) {
    // One that has ended by itself is no fault.
    Command::new("kill").args([name, &pid.to_string()]).stderr(Stdio::null()).status().unwrap();
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.is_running() {
            self.kill();
        }
    }
}
