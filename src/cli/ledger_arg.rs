//! Which ledger a command is about.

use anyhow::bail;
use clap::Args;

use crate::client::Client;
use crate::proto::v1;

/// Which ledger.
#[derive(Debug, Clone, Args)]
pub(super) struct LedgerArg {
    /// Id of the ledger; may be left out where the server has only one, or the events name it
    #[arg(long, env = "ENTENTE_LEDGER", value_name = "ID")]
    ledger: Option<String>,
}

impl LedgerArg {
    /// Whether one was named.
    pub(super) fn is_given(&self) -> bool {
        self.ledger.as_ref().is_some_and(|id| !id.is_empty())
    }

    /// The id of the ledger that was named, if one was.
    pub(super) fn id(&self) -> Option<String> {
        let named = self.ledger.as_deref().filter(|id| !id.is_empty())?;
        Some(named.trim_start_matches("ledgers/").to_owned())
    }

    /// The resource name of the ledger asked for, or of the only one there is.
    pub(super) async fn resolve(&self, client: &Client) -> anyhow::Result<String> {
        if let Some(id) = self.ledger.as_ref().filter(|id| !id.is_empty()) {
            return Ok(if id.starts_with("ledgers/") { id.clone() } else { format!("ledgers/{id}") });
        }
        let page = client.ledgers().list_ledgers(v1::ListLedgersRequest::default()).await?.into_inner();
        match page.ledgers.as_slice() {
            [only] => Ok(only.name.clone()),
            [] => bail!("the server has no ledger that you may read; `entente create ID --title TITLE` creates one"),
            several => {
                let names: Vec<&str> =
                    several.iter().map(|ledger| ledger.name.trim_start_matches("ledgers/")).collect();
                bail!("the server has several ledgers; give --ledger with one of {}", names.join(", "))
            }
        }
    }
}
