//! Runs the binary: to its end, or as a server that stops when dropped.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Output, Stdio};

/// The binary, without the environment that a developer may have set for it.
pub(crate) fn entente(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_entente"));
    command.args(arguments);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ENTENTE_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    entente(arguments).stdin(Stdio::null()).output().unwrap()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A server in a process of its own.
pub(crate) struct Process {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub(crate) address: String,
    directory: Option<tempfile::TempDir>,
}

impl Process {
    /// Starts `serve` or `demo` on any free port and a new data directory, and waits until it says where it is.
    pub(crate) fn start(command: &str) -> Self {
        Self::start_in(command, tempfile::tempdir().unwrap())
    }

    /// The same on a data directory that is there already.
    pub(crate) fn start_in(command: &str, directory: tempfile::TempDir) -> Self {
        Self::start_with(command, directory, &[])
    }

    /// The same with further arguments.
    pub(crate) fn start_with(command: &str, directory: tempfile::TempDir, further: &[&str]) -> Self {
        let data_dir = directory.path().to_str().unwrap().to_owned();
        let mut started =
            Self::launch(&[&[command, "--listen", "127.0.0.1:0", "--data-dir", &data_dir], further].concat());
        started.directory = Some(directory);
        started
    }

    /// Starts a server with these arguments and waits until it says where it is.
    pub(crate) fn launch(arguments: &[&str]) -> Self {
        let mut child = entente(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = lines.find_map(|line| line.unwrap().strip_prefix("serving ").map(str::to_owned)).unwrap();
        let address = said.split(' ').next().unwrap().to_owned();
        // What it says later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Process { child, address, directory: None }
    }

    /// Runs a client command against it.
    pub(crate) fn client(&self, arguments: &[&str]) -> Output {
        entente(arguments).env("ENTENTE_SERVER", &self.address).stdin(Stdio::null()).output().unwrap()
    }

    /// The answer to a plain HTTP GET.
    pub(crate) fn get(&self, path: &str) -> String {
        let mut stream = std::net::TcpStream::connect(self.address.trim_start_matches("http://")).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Asks it to stop as an operator would, and gives its exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        self.end()
    }

    /// Where its data directory is.
    pub(crate) fn directory_path(&self) -> String {
        self.directory.as_ref().unwrap().path().to_str().unwrap().to_owned()
    }

    /// Asks it to stop, and gives its data directory.
    pub(crate) fn stopped(mut self) -> tempfile::TempDir {
        assert_eq!(self.end(), Some(0));
        self.directory.take().unwrap()
    }

    fn end(&mut self) -> Option<i32> {
        let terminate = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(terminate.success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Runs a command with a text on its standard input.
pub(crate) fn with_input(mut command: Command, input: &str) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// Reads one line of a command's output and goes away, as `| head -1` does; gives the exit code and standard error.
pub(crate) fn first_line_only(mut command: Command) -> (Option<i32>, String) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut reader = BufReader::with_capacity(64, child.stdout.take().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    drop(reader);
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    (child.wait().unwrap().code(), said)
}
