//! A store as a process of its own, stopped when it is no longer held.

use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running process.
pub(crate) struct Process {
    child: Child,
}

impl Process {
    pub(crate) fn start(command: &mut Command, log: &Path) -> anyhow::Result<Self> {
        let log = std::fs::File::create(log)?;
        let child = command.stdin(Stdio::null()).stderr(log.try_clone()?).stdout(log).spawn();
        let child = child.map_err(|error| anyhow::anyhow!("{}: {error}", command.get_program().display()))?;
        Ok(Process { child })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, as a lost machine would.
    pub(crate) fn kill(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> std::io::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Tries until something is there, ten seconds at most.
pub(crate) async fn until_ready<T, F>(mut attempt: impl FnMut() -> F) -> anyhow::Result<T>
where
    F: Future<Output = anyhow::Result<T>>,
{
    let begun = std::time::Instant::now();
    loop {
        match attempt().await {
            Ok(ready) => return Ok(ready),
            Err(error) if begun.elapsed().as_secs() >= 30 => return Err(error.context("it did not get ready")),
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(2)).await,
        }
    }
}

/// What a process and those that it started hold in memory, in bytes.
pub(crate) fn resident_bytes(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
    // Proportional: what processes of one store share is counted once.
    let line = status.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap_or_default();
    let own = line.trim().trim_end_matches("kB").trim().parse::<u64>().unwrap_or_default() << 10;
    let children = std::fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap_or_default();
    own + children.split_whitespace().filter_map(|child| child.parse().ok()).map(resident_bytes).sum::<u64>()
}

/// What a directory takes on the disk, in bytes.
pub(crate) fn disk_bytes(path: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    let Ok(entries) = std::fs::read_dir(path) else { return 0 };
    let size = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(about) if about.is_dir() => disk_bytes(&entry.path()),
        Ok(about) => about.blocks() * 512,
        Err(_) => 0,
    };
    entries.flatten().map(size).sum()
}
