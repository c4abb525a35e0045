//! Whether an acknowledgement means a sync: counted by the operating system, apart from every measurement.

use std::process::{Command, Stdio};
use std::sync::Arc;

use crate::connection::Connection;
use crate::event::Event;
use crate::store::Store;

/// How many appends are made one after another.
const APPENDS: u64 = 100;

/// How many syncs a store made for so many appends of one client, each waiting for its answer; `None` where the machine
/// does not let one process look at another. Fewer syncs than appends is an error.
pub(crate) async fn check(store: Store) -> anyhow::Result<Option<(u64, u64)>> {
    if !store.keeps() {
        return Ok(None);
    }
    let running = store.start(1).await?;
    let connections: Arc<[Box<dyn Connection>]> = running.connections.into();
    connections[0].append(&[Event::new(0)]).await?;
    let counted = running.directory.path().join("syncs");
    let process = running.process.id();
    let mut processes = vec![process];
    let children = std::fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap_or_default();
    processes.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
    let mut command = Command::new("strace");
    command.args(["-f", "-c", "-e", "trace=fsync,fdatasync,msync,sync_file_range"]).arg("-o").arg(&counted);
    for process in &processes {
        command.args(["-p", &process.to_string()]);
    }
    let tracing = command.stderr(Stdio::piped()).stdin(Stdio::null()).spawn();
    let Ok(mut tracing) = tracing else { return Ok(None) };
    // Attached once it says so, or not at all.
    let mut said = std::io::BufReader::new(tracing.stderr.take().ok_or_else(|| anyhow::anyhow!("no standard error"))?);
    let mut line = String::new();
    std::io::BufRead::read_line(&mut said, &mut line)?;
    if !line.contains("attached") {
        drop(tracing.wait());
        return Ok(None);
    }
    for _ in 0..APPENDS {
        connections[0].append(&[Event::new(0)]).await?;
    }
    // An interrupt has it detach and write its table.
    let stopped = Command::new("kill").args(["-INT", &tracing.id().to_string()]).status()?;
    anyhow::ensure!(stopped.success(), "strace does not stop");
    tracing.wait()?;
    let table = std::fs::read_to_string(&counted)?;
    let calls = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_sync = words.last().is_some_and(|name| ["fsync", "fdatasync", "msync"].contains(name));
        is_sync.then(|| words.get(3).and_then(|calls| calls.parse::<u64>().ok())).flatten()
    };
    let syncs: u64 = table.lines().filter_map(calls).sum();
    anyhow::ensure!(syncs >= APPENDS, "{store:?} acknowledged {APPENDS} appends after {syncs} syncs");
    Ok(Some((APPENDS, syncs)))
}
