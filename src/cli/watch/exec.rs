//! A command run for each event, again until it succeeds.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use backon::{BackoffBuilder as _, ExponentialBuilder};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::occurrence::Occurrence;

const WAIT_MIN: Duration = Duration::from_millis(500);
const WAIT_MAX: Duration = Duration::from_secs(60);

/// A command for events of a ledger.
pub(super) struct Exec {
    pub(super) command: String,
    pub(super) ledger: String,
}

impl Exec {
    /// Runs the command for an event until it succeeds. An error means that it cannot be run at all.
    pub(super) async fn run(&self, item: &impl Occurrence) -> anyhow::Result<()> {
        let builder = ExponentialBuilder::default().with_min_delay(WAIT_MIN).with_max_delay(WAIT_MAX);
        let mut waits = builder.with_jitter().without_max_times().build();
        loop {
            let status = self.once(item).await?;
            if status.success() {
                return Ok(());
            }
            let wait = waits.next().unwrap_or(WAIT_MAX);
            eprintln!(
                "entente: the command failed for event {} ({status}); it is run again in {:.1} s",
                item.position(),
                wait.as_secs_f64()
            );
            tokio::time::sleep(wait).await;
        }
    }

    async fn once(&self, item: &impl Occurrence) -> anyhow::Result<ExitStatus> {
        let mut child = Command::new("sh")
            .args(["-c", &self.command])
            .env("ENTENTE_EVENT_ID", item.id())
            .env("ENTENTE_EVENT_POSITION", item.position().to_string())
            .env("ENTENTE_EVENT_KIND", item.kind())
            .env("ENTENTE_LEDGER", &self.ledger)
            .stdin(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("sh cannot be run")?;
        let line = item.json()? + "\n";
        let input = child.stdin.take();
        let give = async move {
            if let Some(mut input) = input {
                // A command need not read what it is given.
                drop(input.write_all(line.as_bytes()).await);
            }
        };
        let ((), status) = tokio::join!(give, child.wait());
        status.context("the command cannot be waited for")
    }
}
