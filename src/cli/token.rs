//! `entente token`: tokens made, listed and revoked, on a server, or in the data directory of one that is stopped.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use comfy_table::{ContentArrangement, Table, presets};

use super::board::time;
use super::server_arg::ServerArg;
use super::{output, token_store};
use crate::auth::Grant;
use crate::client::ClientError;
use crate::domain::Slug;
use crate::proto::v1;

/// Tokens.
#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Make a token and print its secret, which cannot be had again
    Create(CreateArgs),
    /// List tokens, without their secrets
    List(ListArgs),
    /// Revoke a token at once
    Revoke(RevokeArgs),
}

/// A token to make.
#[derive(Debug, Args)]
pub(super) struct CreateArgs {
    /// Who will hold it: events that they record say token:NAME. 1 to 63 of a-z, 0-9, '-' and '_'
    #[arg(value_name = "NAME", value_parser = slug)]
    holder: Slug,
    /// What it grants: reader, recorder, assessor or operator of a ledger, such as reader@us-china, or operator@* for all
    #[arg(long = "grant", value_name = "ROLE@LEDGER", required = true, value_parser = Grant::parse)]
    grants: Vec<Grant>,
    /// Days until it runs out
    #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(i64).range(1..=crate::auth::LIFE_MAX))]
    days: i64,
    /// Print the proto JSON mapping of the answer, with the secret
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: PlaceArgs,
}

/// Which tokens to list.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Print each token as one line of proto JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: PlaceArgs,
}

/// Which token to revoke.
#[derive(Debug, Args)]
pub(super) struct RevokeArgs {
    /// The token's id, as `entente token list` shows it; never the secret
    #[arg(value_name = "TOKEN")]
    id: String,
    #[command(flatten)]
    place: PlaceArgs,
}

/// Where the tokens are.
#[derive(Debug, Args)]
pub(super) struct PlaceArgs {
    /// Directory of the store of a server that is stopped: how the first token is made
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    #[command(flatten)]
    server: ServerArg,
}

fn slug(text: &str) -> Result<Slug, String> {
    Slug::parse(text).map_err(|error| error.to_string())
}

pub(super) async fn run(command: TokenCommand) -> anyhow::Result<()> {
    match command {
        TokenCommand::Create(args) => create(args).await,
        TokenCommand::List(args) => list(args).await,
        TokenCommand::Revoke(args) => revoke(args).await,
    }
}

async fn create(args: CreateArgs) -> anyhow::Result<()> {
    let answer = match args.place.data_dir {
        Some(data_dir) => {
            let (holder, grants, days) = (args.holder, args.grants, args.days);
            tokio::task::spawn_blocking(move || token_store::create(data_dir, holder, grants, days)).await??
        }
        None => {
            let client = args.place.server.connect().await?;
            let now = crate::clock::Clock::system().now();
            let token = v1::Token {
                holder: args.holder.to_string(),
                grants: args.grants.iter().map(token_store::grant_to_proto).collect(),
                expires_at: Some(crate::wire::instant_to_proto(now.plus_elapsed_days(args.days))),
                ..v1::Token::default()
            };
            let request = v1::CreateTokenRequest { token: Some(token) };
            client.admin().create_token(request).await.map_err(ClientError::from)?.into_inner()
        }
    };
    if args.json {
        return output::json_line(&answer);
    }
    let token = answer.token.unwrap_or_default();
    // The secret alone goes to standard output, so that it can go into a file or another program.
    eprintln!("{}", described(&token));
    output::line(&answer.secret)
}

async fn list(args: ListArgs) -> anyhow::Result<()> {
    let tokens = match args.place.data_dir {
        Some(data_dir) => tokio::task::spawn_blocking(move || token_store::list(data_dir)).await??,
        None => args.place.server.connect().await?.tokens().await?,
    };
    if args.json {
        return tokens.iter().try_for_each(output::json_line);
    }
    if tokens.is_empty() {
        return output::line("no token is kept");
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(["token", "holder", "grants", "made by", "runs out", "revoked"]);
    for token in tokens {
        table.add_row([
            id(&token).to_owned(),
            token.holder.clone(),
            grants(&token),
            token.created_by.clone(),
            token.expires_at.map_or_else(String::new, time),
            token.revoked_at.map_or_else(String::new, time),
        ]);
    }
    let text: String = table.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    output::write(text.as_bytes())
}

async fn revoke(args: RevokeArgs) -> anyhow::Result<()> {
    let id = args.id.strip_prefix("tokens/").unwrap_or(&args.id).to_owned();
    let token = match args.place.data_dir {
        Some(data_dir) => tokio::task::spawn_blocking(move || token_store::revoke(data_dir, &id)).await??,
        None => {
            let client = args.place.server.connect().await?;
            let request = v1::RevokeTokenRequest { name: format!("tokens/{id}") };
            let answer = client.admin().revoke_token(request).await.map_err(ClientError::from)?;
            answer.into_inner().token.unwrap_or_default()
        }
    };
    output::line(&format!("{} of {} is revoked", token.name, token.holder))
}

fn described(token: &v1::Token) -> String {
    let until = token.expires_at.map_or_else(String::new, time);
    format!("{} of {}: {} until {until}; the secret is shown once:", token.name, token.holder, grants(token))
}

fn id(token: &v1::Token) -> &str {
    token.name.trim_start_matches("tokens/")
}

fn grants(token: &v1::Token) -> String {
    let grant = |grant: &v1::Grant| {
        let role = grant.role().as_str_name().trim_start_matches("ROLE_").to_lowercase();
        let ledger = match grant.ledger.trim_start_matches("ledgers/") {
            "-" => "*",
            name => name,
        };
        format!("{role}@{ledger}")
    };
    token.grants.iter().map(grant).collect::<Vec<_>>().join(" ")
}
