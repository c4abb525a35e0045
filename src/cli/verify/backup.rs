//! The ledgers of a backup.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use anyhow::{Context as _, bail};

use super::{NotIntact, show};
use crate::cli::{output, progress, restore};
use crate::exchange::backup::Reader;
use crate::proof::VerifierKey;

pub(super) fn run(file: &Path, key: Option<&VerifierKey>, wanted: Option<&str>) -> anyhow::Result<()> {
    let name = file.display().to_string();
    let input = File::open(file).with_context(|| name.clone())?;
    let bar = progress::bytes("verifying", input.metadata()?.len());
    let known = key.cloned();
    let trusted = Box::new(move |origin: &str| known.iter().filter(|key| key.name() == origin).cloned().collect());
    let unsound = |error| restore::unsound(error, &name);
    let reader = Reader::new(BufReader::with_capacity(1 << 20, input), trusted).map_err(unsound)?;
    let summary = reader.finish(&mut |bytes| bar.set_position(bytes)).map_err(unsound)?;
    bar.finish_and_clear();
    let mut shown = 0;
    for ledger in &summary.ledgers {
        let is_wanted = wanted.is_none_or(|wanted| ledger.name.strip_prefix("ledgers/") == Some(wanted));
        if !is_wanted || (key.is_some() && wanted.is_none() && !ledger.is_trusted) {
            continue;
        }
        if let Some(key) = key.filter(|_| !ledger.is_trusted) {
            let said =
                format!("{}: {} is {}, but the key is for {}", name, ledger.name, ledger.checkpoint.origin, key.name());
            return Err(NotIntact::UnknownKey(said).into());
        }
        show(&ledger.name, &ledger.checkpoint, &ledger.key, ledger.is_trusted)?;
        if ledger.through < ledger.checkpoint.size {
            output::line(&format!("events  {}, proved to be the beginning of it", ledger.through))?;
        }
        shown += 1;
    }
    match (shown, wanted, key) {
        (0, Some(wanted), _) => bail!("{name} has no ledger {wanted:?}"),
        (0, None, Some(key)) => {
            Err(NotIntact::UnknownKey(format!("{name} has no ledger of the name {}, which the key is for", key.name()))
                .into())
        }
        _ => Ok(()),
    }
}
