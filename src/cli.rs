//! The command line: flags and files in, tables and JSON out.
//!
//! Here: arguments, the config file, what people see. Not here: the server (`serve`), the client's patience (`client`).

mod asks;
mod backup;
mod bench;
mod board;
mod calendar;
mod commitment;
mod compare;
mod complain;
mod config_file;
mod create;
mod cursors;
mod demo;
mod destination;
mod event_filter_arg;
mod event_line;
mod explain;
mod export;
mod exposure;
mod filter_arg;
mod import;
mod key_arg;
mod keys;
mod ledger_arg;
mod limit_settings;
mod meetings;
mod output;
mod pace;
mod paint;
mod progress;
mod read;
mod record;
mod restore;
mod scenario;
mod scorecard;
mod serve;
mod server_arg;
mod shares;
mod show;
mod status;
mod suggest;
mod table;
mod token;
mod token_store;
mod variables;
mod verify;
mod watch;
mod when;
mod width;

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{CommandFactory, Parser, Subcommand};

use self::server_arg::ServerArg;
use crate::exchange::figures;

/// The ledger of who promised what in a trade deal, what proves it, and whether it is being kept.
#[derive(Debug, Parser)]
#[command(name = "entente", version, max_term_width = 100)]
struct Cli {
    /// Fit tables and long lines to so many characters [default: COLUMNS or the terminal; no bound where output is none]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(40..))]
    width: Option<u16>,
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
    /// Show how the answer for one commitment came about: terms, records, figures, rules
    Explain(explain::ExplainArgs),
    /// Show who owes what to whom, and how it stands
    Scorecard(scorecard::ScorecardArgs),
    /// Show what would follow from events that nobody has recorded, and from time
    Scenario(scenario::ScenarioArgs),
    /// Show performed against expected over time, and where the present rate leads
    Pace(pace::PaceArgs),
    /// Read events back, in order
    Read(read::ReadArgs),
    /// Follow a ledger: print events as they are recorded, or run a command for each
    Watch(watch::WatchArgs),
    /// List the cursors that consumers keep, with their lag, or forget one
    Cursors(cursors::CursorsArgs),
    /// Show one event with everything it says: sources, terms, corrections
    Show(show::ShowArgs),
    /// List what lapses, falls due, runs out or takes effect, by time
    Calendar(calendar::CalendarArgs),
    /// Show what changed since then, and why: what became known, and what happened
    Compare(compare::CompareArgs),
    /// Find which measures and commitments touch codes, materials, or a company's list of items
    Exposure(exposure::ExposureArgs),
    /// Show what every series reports of an ask or a commitment, side by side
    Shares(shares::SharesArgs),
    /// List meetings, held and planned, and count those of leaders
    Meetings(meetings::MeetingsArgs),
    /// List asks, their answers and what came of them
    Asks(asks::AsksArgs),
    /// Record the figures of a statistical table, or the events of another ledger
    #[command(subcommand)]
    Import(import::ImportCommand),
    /// Write a ledger's events, or a view of it, as JSON lines, CSV or CloudEvents; or chosen events with their proofs
    Export(export::ExportArgs),
    /// Write every ledger of a running server, or one, to a file that is checked as it is written
    Backup(backup::BackupArgs),
    /// Make a data directory of a backup, whole or up to a position
    Restore(restore::RestoreArgs),
    /// Check that nobody has altered a ledger: of a server, in a data directory, in a bundle, or in a backup
    Verify(verify::VerifyArgs),
    /// Show the keys that a ledger is signed with, or have a new one take over
    Keys(keys::KeysArgs),
    /// Make, list and revoke the tokens by which clients prove who they are
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Measure what a running server does: appends, reads, subscriptions, assessments
    Bench(bench::BenchArgs),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print a manual page: of the program, or of one command
    Man {
        /// The command
        command: Option<String>,
    },
}

/// Runs the program: arguments from the process, exit code to it.
///
/// Exit codes: 0 done, or intact; 1 refused or failed; 2 wrong usage; 3 done, but lines of an import were rejected or items
/// could not be read; 10 a ledger or a backup was tampered with, 11 it is incomplete, 12 its key is unknown; 64 bad
/// configuration; 69 no server answers.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    width::set(cli.width);
    let outcome = match cli.command {
        Command::Completions { shell } => output::write(&completions(shell)),
        Command::Man { command } => manual(command.as_deref()).and_then(|page| output::write(&page)),
        Command::Serve(args) => {
            variables::warn_of_unknown(&Cli::command());
            serve::run(args)
        }
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
        Command::Explain(args) => explain::run(args).await,
        Command::Scorecard(args) => scorecard::run(args).await,
        Command::Scenario(args) => scenario::run(args).await,
        Command::Pace(args) => pace::run(args).await,
        Command::Read(args) => read::run(args).await,
        Command::Watch(args) => watch::run(args).await,
        Command::Cursors(args) => cursors::run(args).await,
        Command::Show(args) => show::run(args).await,
        Command::Calendar(args) => calendar::run(args).await,
        Command::Compare(args) => compare::run(args).await,
        Command::Exposure(args) => exposure::run(args).await,
        Command::Shares(args) => shares::run(args).await,
        Command::Meetings(args) => meetings::run(args).await,
        Command::Asks(args) => asks::run(args).await,
        Command::Import(command) => import::run(command).await,
        Command::Export(args) => export::run(args).await,
        Command::Backup(args) => backup::run(args).await,
        Command::Restore(args) => restore::run(args).await,
        Command::Verify(args) => verify::run(args).await,
        Command::Keys(args) => keys::run(args).await,
        Command::Token(command) => token::run(command).await,
        Command::Bench(args) => bench::run(args).await,
        Command::Serve(_) | Command::Completions { .. } | Command::Man { .. } => Ok(()),
    }
}

fn completions(shell: clap_complete::Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "entente", &mut script);
    script
}

fn manual(command: Option<&str>) -> anyhow::Result<Vec<u8>> {
    let program = Cli::command();
    let described = match command {
        None => program,
        Some(name) => {
            let found = program.find_subcommand(name).cloned();
            let found = found.with_context(|| format!("{name:?} is not a command; `entente help` lists them"))?;
            found.name(format!("entente-{name}"))
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(described).render(&mut page)?;
    Ok(page)
}
