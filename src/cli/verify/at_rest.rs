//! The ledgers of a data directory that no server has open.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::{NotIntact, earlier, judged, save, show};
use crate::cli::ledger_arg::LedgerArg;
use crate::cli::{output, progress};
use crate::domain::Slug;
use crate::ledger::{self, CheckpointFault, Inspection, Keyring};
use crate::proof::{Checkpoint, VerifierKey};
use crate::store::{Catalog, Damage, Log, Note, SledCatalog, SledConfig};

/// What is asked of a data directory.
pub(super) struct Asked {
    pub(super) key: Option<VerifierKey>,
    pub(super) ledger: LedgerArg,
    pub(super) earlier: Option<PathBuf>,
    pub(super) save: Option<PathBuf>,
}

pub(super) fn run(directory: &Path, asked: &Asked) -> anyhow::Result<()> {
    let catalog = SledCatalog::open_existing(SledConfig::new(directory))?;
    let wanted = asked.ledger.id();
    let mut checked = 0;
    let mut first_fault = None;
    for name in catalog.list()?.into_iter().filter(|name| wanted.as_ref().is_none_or(|wanted| wanted == name)) {
        let slug = Slug::parse(&name).map_err(|error| anyhow::anyhow!("ledger {name:?}: {error}"))?;
        let log = catalog.open(&name)?;
        match one(&catalog, &*log, &slug, asked, wanted.is_some()) {
            Ok(false) => continue,
            Ok(true) => {}
            // The others are looked at all the same.
            Err(error) => {
                if let Some(earlier) = first_fault.replace(error) {
                    eprintln!("entente: {earlier:#}");
                }
            }
        }
        checked += 1;
    }
    match (first_fault, checked, wanted, &asked.key) {
        (Some(error), ..) => Err(error),
        (None, 0, Some(wanted), _) => bail!("{} has no ledger {wanted:?}", directory.display()),
        (None, 0, None, Some(key)) => {
            let said =
                format!("{} has no ledger of the name {}, which the key is for", directory.display(), key.name());
            Err(NotIntact::UnknownKey(said).into())
        }
        (None, 0, None, None) => bail!("{} has no ledgers", directory.display()),
        _ => Ok(()),
    }
}

/// Checks one ledger; false where the key is for another.
fn one(catalog: &SledCatalog, log: &dyn Log, name: &Slug, asked: &Asked, named: bool) -> anyhow::Result<bool> {
    let shown = format!("ledgers/{name}");
    let origin = match (ledger::origin_at_rest(log, name), &asked.key) {
        (Ok(origin), _) => origin,
        // The first event is lost: what was signed still says whose it was.
        (Err(_), Some(key)) if key.name().starts_with(&format!("entente/{name}/")) => key.name().to_owned(),
        (Err(error), _) => return Err(NotIntact::Incomplete(format!("{shown}: {error}")).into()),
    };
    let keys = match &asked.key {
        Some(key) if key.name() == origin => vec![key.clone()],
        Some(_) if !named => return Ok(false),
        Some(key) => {
            let said = format!("{shown} is {origin}, but the key is for {}", key.name());
            return Err(NotIntact::UnknownKey(said).into());
        }
        None => own_keys(catalog, &origin)?,
    };
    let bar = progress::bar("verifying", log.head().get(), "events");
    let mut outcomes = Vec::new();
    for key in &keys {
        let found = ledger::inspect(log, key, &mut |taken| bar.set_position(taken))?;
        let unknown = found.checkpoint.as_ref().is_err_and(CheckpointFault::is_unknown_key);
        outcomes.push((found, key));
        if !unknown {
            break;
        }
    }
    bar.finish_and_clear();
    let (found, key) = outcomes.pop().context("there is no key to check with; give --key")?;
    let checkpoint = judge(&shown, &found)?;
    if let Some(file) = &asked.earlier {
        continues(log, &shown, &earlier(file, key)?, &checkpoint)?;
    }
    show(&shown, &checkpoint, key, asked.key.is_some())?;
    match found.head - checkpoint.size {
        0 => {}
        more => output::line(&format!("beyond  {more} further events are not signed for; the next start does that"))?,
    }
    if let (Note::Kept(note), Some(_)) = (log.note()?, &asked.save) {
        save(&String::from_utf8_lossy(&note), asked.save.as_deref())?;
    }
    Ok(true)
}

/// The checkpoint, if everything that it vouches for is there and what it was.
fn judge(shown: &str, found: &Inspection) -> Result<Checkpoint, NotIntact> {
    let checkpoint = found.checkpoint.clone().map_err(|fault| {
        let said = format!("{shown}: {fault}");
        match fault {
            CheckpointFault::Absent => NotIntact::Incomplete(said),
            fault if fault.is_unknown_key() => NotIntact::UnknownKey(said),
            _ => NotIntact::Tampered(said),
        }
    })?;
    if let Some(verdict) = &found.verdict {
        judged(shown, verdict, checkpoint.size)?;
    }
    match found.damage.first() {
        Some(Damage { first, last, .. }) => {
            Err(NotIntact::Incomplete(format!("{shown}: positions {first} to {last} cannot be read")))
        }
        None => Ok(checkpoint),
    }
}

/// Whether an earlier checkpoint is of the beginning of this log.
fn continues(log: &dyn Log, shown: &str, earlier: &Checkpoint, now: &Checkpoint) -> Result<(), anyhow::Error> {
    let size = earlier.size;
    if earlier.origin != now.origin {
        let said = format!("the earlier checkpoint is of {}, but {shown} is {}", earlier.origin, now.origin);
        return Err(NotIntact::UnknownKey(said).into());
    }
    Ok(judged(shown, &ledger::verdict(log, earlier.clone(), &mut |_| {})?, size)?)
}

/// The keys of the directory itself.
fn own_keys(catalog: &SledCatalog, origin: &str) -> anyhow::Result<Vec<VerifierKey>> {
    let secret = catalog.secret()?.context("the data directory has no key of its own; give --key")?;
    let keyring = Keyring::parse(&secret)
        .map_err(|error| NotIntact::Tampered(format!("the secret of the data directory: {error}")))?;
    Ok(keyring.verifiers(origin)?)
}
