//! The stores that are compared.

use std::path::{Path, PathBuf};

use crate::connection::Connection;
use crate::process::Process;
use crate::work::Work;
use crate::{entente, etcd, jetstream, limits, postgres, umadb};

/// How many connections the clients of a store share, where one carries many requests at once.
pub(crate) const CONNECTIONS: usize = 8;

/// A store, or a limit of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
#[value(rename_all = "lowercase")]
pub(crate) enum Store {
    Fdatasync,
    Echo,
    Entente,
    UmaDb,
    JetStream,
    Etcd,
    #[value(name = "postgresql")]
    Postgres,
}

/// A running one.
pub(crate) struct Running {
    pub(crate) connections: Vec<Box<dyn Connection>>,
    pub(crate) process: Process,
    pub(crate) directory: tempfile::TempDir,
}

impl Store {
    pub(crate) const ALL: [Store; 7] =
        [Store::Fdatasync, Store::Echo, Store::Entente, Store::UmaDb, Store::JetStream, Store::Etcd, Store::Postgres];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Store::Fdatasync => "fdatasync",
            Store::Echo => "echo",
            Store::Entente => "entente",
            Store::UmaDb => "umadb",
            Store::JetStream => "jetstream",
            Store::Etcd => "etcd",
            Store::Postgres => "postgresql",
        }
    }

    /// Whether it keeps anything.
    pub(crate) fn keeps(self) -> bool {
        !matches!(self, Store::Fdatasync | Store::Echo)
    }

    pub(crate) fn can(self, work: Work) -> bool {
        match work {
            Work::Append { .. } => self != Store::Fdatasync || matches!(work, Work::Append { clients: 1, batch: 1 }),
            Work::Stream { .. } => self == Store::Entente,
            Work::AppendIf { .. } | Work::Read | Work::Follow { .. } => self.keeps(),
        }
    }

    /// Starts it on an empty directory, with connections for so many clients.
    pub(crate) async fn start(self, clients: usize) -> anyhow::Result<Running> {
        let directory = tempfile::Builder::new().prefix("entente-peers-").tempdir_in(place()?)?;
        let process = self.launch(directory.path())?;
        let connections = self.connect(&process.1, clients, true).await?;
        Ok(Running { connections, process: process.0, directory })
    }

    /// Starts the process on a directory; says where it will listen.
    pub(crate) fn launch(self, directory: &Path) -> anyhow::Result<(Process, String)> {
        match self {
            Store::Fdatasync => anyhow::bail!("a file is no server"),
            Store::Echo => limits::launch(directory),
            Store::Entente => entente::launch(directory),
            Store::UmaDb => umadb::launch(directory),
            Store::JetStream => jetstream::launch(directory),
            Store::Etcd => etcd::launch(directory),
            Store::Postgres => postgres::launch(directory),
        }
    }

    /// Connects; `is_new` also makes what the events go into.
    pub(crate) async fn connect(
        self,
        address: &str,
        clients: usize,
        is_new: bool,
    ) -> anyhow::Result<Vec<Box<dyn Connection>>> {
        match self {
            Store::Fdatasync => anyhow::bail!("a file is no server"),
            Store::Echo => limits::connect(address).await,
            Store::Entente => entente::connect(address, is_new).await,
            Store::UmaDb => umadb::connect(address).await,
            Store::JetStream => jetstream::connect(address, is_new).await,
            Store::Etcd => etcd::connect(address).await,
            Store::Postgres => postgres::connect(address, clients, is_new).await,
        }
    }
}

/// Where directories go: on a real disk, not in a memory file system. PostgreSQL has to reach it as another user.
pub(crate) fn place() -> anyhow::Result<PathBuf> {
    let place = std::env::var_os("ENTENTE_PEERS_DIR").map_or_else(|| PathBuf::from("/var/tmp"), PathBuf::from);
    std::fs::create_dir_all(&place)?;
    Ok(place)
}

/// A program that `benches/peers/run` has installed, or that is on the PATH.
pub(crate) fn program(name: &str) -> PathBuf {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/peers/bin").join(name);
    if installed.exists() { installed } else { PathBuf::from(name) }
}
