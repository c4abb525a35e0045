//! The file of endpoints: TOML, read once, every mistake named by endpoint and field.

use std::path::{Path, PathBuf};
use std::time::Duration;

use http::Uri;
use serde::Deserialize;

use super::{Begin, Changes, Endpoint, Follows, Secret};
use crate::domain::{Party, Slug};
use crate::ledger::EventFilter;
use crate::proto::{json, v1};
use crate::views::transitions::LEADS_MAX;

/// The longest lead, as for SubscribeTransitions.
const LEAD_DAYS_MAX: i64 = 3_660;
/// How long an endpoint may take to answer where the file does not say.
const PATIENCE_SECONDS: u64 = 10;

/// The endpoints of a file.
#[derive(Debug, Clone, Default)]
pub struct Webhooks {
    /// Each with a name of its own.
    pub endpoints: Vec<Endpoint>,
}

/// Why a webhook file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The file, or a file that it names, cannot be read.
    #[error("{}: {cause}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// Not the TOML that is expected.
    #[error("{}: {cause}", path.display())]
    Form {
        /// Which file.
        path: PathBuf,
        /// What the parser said.
        cause: String,
    },
    /// A field of an endpoint that cannot hold what it holds.
    #[error("webhook {webhook}: {field}: {problem}")]
    Field {
        /// The endpoint's name, or its place in the file.
        webhook: String,
        /// Which field.
        field: &'static str,
        /// What is wrong, and what would be right.
        problem: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    webhook: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    url: String,
    ledger: String,
    secret_file: Option<PathBuf>,
    secret_env: Option<String>,
    #[serde(default)]
    after: Begin,
    timeout_seconds: Option<u64>,
    filter: Option<serde_json::Value>,
    transitions: Option<TransitionsEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TransitionsEntry {
    #[serde(default)]
    commitments: Vec<String>,
    #[serde(default)]
    parties: Vec<String>,
    #[serde(default)]
    lead_days: Vec<i64>,
}

impl Webhooks {
    /// Reads a file, and the secrets that it names: relative paths are from its own folder, and `variable` gives the
    /// environment.
    pub fn read(path: &Path, variable: impl Fn(&str) -> Option<String>) -> Result<Self, WebhookError> {
        let text = read(path)?;
        let file: File = toml::from_str(&text)
            .map_err(|error| WebhookError::Form { path: path.to_owned(), cause: error.to_string() })?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut endpoints: Vec<Endpoint> = Vec::new();
        for (index, entry) in file.webhook.into_iter().enumerate() {
            let webhook = if entry.name.is_empty() { format!("{}", index + 1) } else { entry.name.clone() };
            let endpoint = check(entry, &webhook, folder, &variable)?;
            if endpoints.iter().any(|other| other.name == endpoint.name) {
                let problem = "stands twice in the file; each webhook has a name of its own".to_owned();
                return Err(WebhookError::Field { webhook, field: "name", problem });
            }
            endpoints.push(endpoint);
        }
        Ok(Webhooks { endpoints })
    }
}

fn read(path: &Path) -> Result<String, WebhookError> {
    std::fs::read_to_string(path).map_err(|cause| WebhookError::Read { path: path.to_owned(), cause })
}

fn check(
    entry: Entry,
    webhook: &str,
    folder: &Path,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<Endpoint, WebhookError> {
    let refuse = |field, problem: String| WebhookError::Field { webhook: webhook.to_owned(), field, problem };
    let name = Slug::parse(&entry.name).map_err(|error| refuse("name", error.to_string()))?;
    if cursor_id(&name).is_none() {
        return Err(refuse("name", "is too long; 55 characters at most".to_owned()));
    }
    let url = url(&entry.url).map_err(|problem| refuse("url", problem))?;
    let ledger_id = entry.ledger.strip_prefix("ledgers/").unwrap_or(&entry.ledger);
    let ledger = Slug::parse(ledger_id).map_err(|error| refuse("ledger", error.to_string()))?;
    let (field, text) = match (&entry.secret_file, &entry.secret_env) {
        (Some(file), None) => ("secret_file", read(&folder.join(file))?),
        (None, Some(name)) => {
            let unset = || refuse("secret_env", format!("the environment has no variable {name}"));
            ("secret_env", variable(name).ok_or_else(unset)?)
        }
        _ => return Err(refuse("secret_file", "give either secret_file or secret_env".to_owned())),
    };
    let secret = Secret::parse(&text).map_err(|error| refuse(field, error.to_string()))?;
    let follows = match (&entry.filter, &entry.transitions) {
        (None, Some(asked)) => changes(asked).map(Follows::Transitions).map_err(|(field, why)| refuse(field, why))?,
        (Some(_), Some(_)) => {
            return Err(refuse("filter", "is of events; leave it out where transitions are followed".to_owned()));
        }
        (asked, None) => {
            let asked: v1::EventFilter = match asked {
                Some(value) => json::from_json(value).map_err(|error| refuse("filter", error.to_string()))?,
                None => v1::EventFilter::default(),
            };
            Follows::Events(
                EventFilter::from_proto(asked, &ledger).map_err(|error| refuse("filter", error.to_string()))?,
            )
        }
    };
    let patience = entry.timeout_seconds.unwrap_or(PATIENCE_SECONDS);
    if !(1..=300).contains(&patience) {
        return Err(refuse("timeout_seconds", format!("{patience} is out of range; 1 to 300")));
    }
    Ok(Endpoint { name, url, secret, ledger, follows, after: entry.after, patience: Duration::from_secs(patience) })
}

fn changes(asked: &TransitionsEntry) -> Result<Changes, (&'static str, String)> {
    let commitment = |name: &String| {
        let id = name.strip_prefix("commitments/").unwrap_or(name);
        Slug::parse(id).map_err(|error| ("transitions.commitments", format!("{name:?}: {error}")))
    };
    let party =
        |code: &String| Party::parse(code).map_err(|error| ("transitions.parties", format!("{code:?}: {error}")));
    let lead = |days: &i64| match days {
        1..=LEAD_DAYS_MAX => Ok(days * 86_400),
        _ => Err(("transitions.lead_days", format!("{days} is out of range; 1 to {LEAD_DAYS_MAX}"))),
    };
    let changes = Changes {
        commitments: asked.commitments.iter().map(commitment).collect::<Result<_, _>>()?,
        parties: asked.parties.iter().map(party).collect::<Result<_, _>>()?,
        leads: asked.lead_days.iter().map(lead).collect::<Result<_, _>>()?,
    };
    if changes.leads.len() > LEADS_MAX {
        return Err(("transitions.lead_days", format!("has {} leads; at most {LEADS_MAX}", changes.leads.len())));
    }
    Ok(changes)
}

/// The id of the cursor of an endpoint; none where the name leaves no room for it.
pub(super) fn cursor_id(name: &Slug) -> Option<Slug> {
    Slug::parse(&format!("webhook-{name}")).ok()
}

fn url(text: &str) -> Result<Uri, String> {
    let form = "such as http://127.0.0.1:9000/entente";
    let uri: Uri = text.parse().map_err(|_| format!("{text:?} is not an address, {form}"))?;
    match uri.scheme_str() {
        Some("http") => {}
        Some("https") => {
            let way_on = "let a proxy on this machine speak it, and post to the proxy";
            return Err(format!("https is not spoken yet; {way_on}, {form}"));
        }
        _ => return Err(format!("{text:?} does not begin with http://, {form}")),
    }
    match uri.authority() {
        Some(authority) if authority.as_str().contains('@') => {
            Err("has a user name in it; receivers know the sender by its signature".to_owned())
        }
        Some(authority) if !authority.host().is_empty() => Ok(uri),
        _ => Err(format!("{text:?} names no host, {form}")),
    }
}
