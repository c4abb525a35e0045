//! The command line: flags and files in, tables and JSON out.
//!
//! Here: arguments, the config file, what people see. Not here: the server (`serve`), the client's patience (`client`).

mod board;
mod commitment;
mod complain;
mod config_file;
mod create;
mod demo;
mod event_line;
mod export;
mod import;
mod ledger_arg;
mod output;
mod paint;
mod progress;
mod read;
mod record;
mod serve;
mod status;
mod when;

use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::client::{Client, ClientError};

/// The ledger of who promised what in a trade deal, what proves it, and whether it is being kept.
#[derive(Debug, Parser)]
#[command(name = "entente", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Load the real US-China truce, show the board, and serve it
    Demo(demo::DemoArgs),
    /// Run a server on a data directory
    Serve(serve::ServeArgs),
    /// Create a ledger on a running server
    Create(create::CreateArgs),
    /// Record events from a YAML or JSON file, or from standard input
    Record(record::RecordArgs),
    /// Show whether promises are kept: the board, or one commitment
    Status(status::StatusArgs),
    /// Read events back, in order
    Read(read::ReadArgs),
    /// Record the figures of a statistical table, or the events of another ledger
    #[command(subcommand)]
    Import(import::ImportCommand),
    /// Write a ledger's events, or a view of it, as JSON lines, CSV or CloudEvents
    Export(export::ExportArgs),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// Which server a client command talks to.
#[derive(Debug, Args)]
struct ServerArg {
    /// Address of the server
    #[arg(long, env = "ENTENTE_SERVER", default_value = "http://127.0.0.1:7420", value_name = "URL")]
    server: String,
}

impl ServerArg {
    async fn connect(&self) -> Result<Client, ClientError> {
        Client::connect(&self.server).await
    }
}

/// Runs the program: arguments from the process, exit code to it.
///
/// Exit codes: 0 done; 1 refused or failed; 2 wrong usage; 3 done, but lines of an import were rejected; 64 bad configuration; 69 no server answers.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Completions { shell } => output::write(&completions(shell)),
        Command::Man => manual().and_then(|page| output::write(&page)),
        Command::Serve(args) => serve::run(args),
        command => match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
            Ok(runtime) => runtime.block_on(run(command)),
            Err(error) => Err(error.into()),
        },
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain::complain(&error),
    }
}

async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Demo(args) => demo::run(args).await,
        Command::Create(args) => create::run(args).await,
        Command::Record(args) => record::run(args).await,
        Command::Status(args) => status::run(args).await,
        Command::Read(args) => read::run(args).await,
        Command::Import(command) => import::run(command).await,
        Command::Export(args) => export::run(args).await,
        Command::Serve(_) | Command::Completions { .. } | Command::Man => Ok(()),
    }
}

fn completions(shell: clap_complete::Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "entente", &mut script);
    script
}

fn manual() -> anyhow::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page)?;
    for subcommand in Cli::command().get_subcommands() {
        let named = subcommand.clone().name(format!("entente-{}", subcommand.get_name()));
        clap_mangen::Man::new(named).render(&mut page)?;
    }
    Ok(page)
}
