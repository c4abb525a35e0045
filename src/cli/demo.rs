//! `entente demo`: the real US-China truce, loaded, shown and served.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use include_dir::{Dir, include_dir};

use super::config_file::Settings;
use super::when::WhenArgs;
use super::{output, progress, serve as serve_command, status};
use crate::client::Client;
use crate::exchange::event_file;
use crate::proto::v1;
use crate::serve;

/// The events of `data/us-china/events`, in the program itself so that the demo needs no file.
static EVENTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data/us-china/events");
/// How long one answer of the demo's own server may take.
const PATIENCE: Duration = Duration::from_secs(60);
const LEDGER_ID: &str = "us-china";
const LEDGER_TITLE: &str = "US-China truce of October 2025";

/// The demo.
#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Print the board and exit
    #[arg(long)]
    once: bool,
    #[command(flatten)]
    when: WhenArgs,
    /// Print the board as proto JSON, one line a commitment
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: Settings,
}

pub(super) async fn run(args: DemoArgs) -> anyhow::Result<()> {
    serve_command::start_logging(&args.settings.logging("warn"));
    // Heard from before there is anything to clean up.
    let mut interrupt = serve_command::Interrupt::listen()?;
    // Gone when the demo ends, however it ends.
    let temporary = match args.settings.names_data_dir() {
        true => None,
        false => Some(tempfile::Builder::new().prefix("entente-demo-").tempdir()?),
    };
    let data_dir = temporary.as_ref().map_or(Path::new(""), |temporary| temporary.path());
    args.settings.refuse_for_demo()?;
    let mut config = args.settings.config(data_dir)?;
    if args.once {
        // Nobody else is to find this server.
        config.listen.set_port(0);
    }
    let listener = serve::bind(&config).await?;
    let address = format!("http://{}", listener.local_addr()?);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let data_dir = config.data_dir.clone();
    let mut server = tokio::spawn(serve::run(config, listener, async move { drop(stopped.await) }));
    let outcome = tokio::select! {
        shown = show(&address, &args, &data_dir) => shown,
        () = interrupt.hear() => Ok(Then::End),
        // A store that does not open ends the server before anything can be loaded; that is the error to show.
        ended = &mut server => return ended.context("the server")?.context("the server did not start"),
    };
    if matches!(outcome, Ok(Then::Serve)) {
        tokio::select! {
            () = interrupt.hear() => {}
            ended = &mut server => return ended.context("the server")?.context("the server stopped"),
        }
    }
    // The store is closed before its directory goes.
    drop(stop);
    let ended = server.await;
    // A server that failed is why nothing could be shown, whichever was heard of first.
    ended.context("the server")?.context("the server stopped")?;
    outcome.map(|_| ())
}

/// What comes after the board.
enum Then {
    Serve,
    End,
}

/// Shows the board, and says where it is served.
async fn show(address: &str, args: &DemoArgs, data_dir: &Path) -> anyhow::Result<Then> {
    load_and_show(address, args).await?;
    if args.once {
        return Ok(Then::End);
    }
    let default = address == "http://127.0.0.1:7420";
    let server = if default { String::new() } else { format!(" --server {address}") };
    output::line(&format!(
        "\nserving {address} from {} until Ctrl-C\nopen {address}/ in a browser for the console, or try in another terminal:\n  entente status rare-earth-suspension{server}\n  entente read --subject commitments/soybeans --limit 5{server}",
        data_dir.display()
    ))?;
    Ok(Then::Serve)
}

async fn load_and_show(address: &str, args: &DemoArgs) -> anyhow::Result<()> {
    let client = Client::connect(address, PATIENCE).await?;
    load(&client).await?;
    let ledger = format!("ledgers/{LEDGER_ID}");
    status::show_board(&client, &ledger, v1::CommitmentFilter::default(), args.when.clocks(), "", args.json).await
}

/// Creates the ledger where it is not there yet, and appends what it does not have. Doing it again changes nothing:
/// every event has its id.
async fn load(client: &Client) -> anyhow::Result<()> {
    let submissions = embedded_events()?;
    let ledger =
        v1::Ledger { kind: v1::LedgerKind::Replay.into(), title: LEDGER_TITLE.to_owned(), ..v1::Ledger::default() };
    let recorded_at = submissions.first().and_then(|first| first.recorded_at);
    let request = v1::CreateLedgerRequest { ledger_id: LEDGER_ID.to_owned(), ledger: Some(ledger), recorded_at };
    match client.ledgers().create_ledger(request).await {
        Ok(_) => {}
        Err(status) if status.code() == tonic::Code::AlreadyExists => {}
        Err(status) => return Err(crate::client::ClientError::from(status).into()),
    }
    let bar = progress::bar("loading the truce", submissions.len() as u64, "events");
    client
        .append_all(&format!("ledgers/{LEDGER_ID}"), submissions, |done| bar.set_position(done as u64))
        .await
        .context("the embedded events")?;
    bar.finish_and_clear();
    Ok(())
}

fn embedded_events() -> anyhow::Result<Vec<v1::Submission>> {
    let mut files: Vec<_> = EVENTS.files().filter(|file| event_file::is_event_file(file.path())).collect();
    files.sort_by_key(|file| file.path());
    let mut submissions = Vec::new();
    for file in files {
        let text = file.contents_utf8().context("an embedded file is not UTF-8")?;
        submissions.extend(event_file::parse(text, &file.path().display().to_string())?);
    }
    Ok(event_file::in_order_of_record(submissions))
}
