//! Where the rejected lines of an import go: a file of its own, which is there complete, and only where there are any.

use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

use crate::cli::destination::{self, Destination};
use crate::exchange::table::{Reject, Rejects, is_rejects};

/// The rejected lines of one import.
pub(super) struct RejectsFile {
    path: PathBuf,
    rejects: Rejects<File, fn() -> io::Result<File>>,
    /// Why the file cannot be made where nobody has named it, which matters only if it is needed.
    unusable: Option<String>,
}

impl RejectsFile {
    /// `asked` is the place that was named; beside the table where none was. The files that the import reads are not written
    /// over.
    pub(super) fn new(asked: Option<&Path>, table: &Path, mapping: &Path) -> anyhow::Result<Self> {
        let path = asked.map_or_else(|| beside(table), Path::to_owned);
        for (read, what) in [(table, "the table"), (mapping, "the mapping")] {
            let shown = path.display();
            ensure!(!is_same_file(&path, read), "--rejects {shown}: is {what} itself; name another file");
        }
        let unusable = match (destination::probe(&path), asked) {
            (Err(error), Some(_)) => return Err(error).with_context(|| format!("--rejects {}", path.display())),
            (Err(error), None) => Some(error.to_string()),
            (Ok(()), _) => None,
        };
        Ok(RejectsFile { path, rejects: Rejects::new(tempfile::tempfile), unusable })
    }

    pub(super) fn add(&mut self, reject: &Reject) -> io::Result<()> {
        if let Some(why) = &self.unusable {
            let (line, path) = (reject.line, self.path.display());
            let said = format!(
                "line {line} is rejected, and {path} cannot be written ({why}); name another file with --rejects"
            );
            return Err(io::Error::other(said));
        }
        self.rejects.add(reject)
    }

    pub(super) fn count(&self) -> u64 {
        self.rejects.count()
    }

    /// Writes the file; where there is nothing to write, an earlier import's file is taken away, since it would be taken for
    /// this one's. Gives its place.
    pub(super) fn keep(self) -> anyhow::Result<PathBuf> {
        let named = || format!("--rejects {}", self.path.display());
        if self.rejects.count() == 0 {
            if is_of_an_import(&self.path) {
                std::fs::remove_file(&self.path).with_context(named)?;
            }
            return Ok(self.path);
        }
        // The error of a destination names its place.
        let destination = Destination::open(Some(&self.path)).context("--rejects")?;
        self.rejects.write_to(destination.writer()?).with_context(named)?;
        destination.keep().context("--rejects")?;
        Ok(self.path)
    }
}

fn beside(table: &Path) -> PathBuf {
    let name = if table.as_os_str() == "-" { "import".as_ref() } else { table.as_os_str() };
    let mut path = name.to_owned();
    path.push(".rejected.csv");
    PathBuf::from(path)
}

/// Whether both are one regular file, by whatever names.
fn is_same_file(one: &Path, other: &Path) -> bool {
    let (Ok(first), Ok(second)) = (std::fs::metadata(one), std::fs::metadata(other)) else { return false };
    if !first.is_file() || !second.is_file() {
        return false;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        (first.dev(), first.ino()) == (second.dev(), second.ino())
    }
    #[cfg(not(unix))]
    {
        std::fs::canonicalize(one).ok() == std::fs::canonicalize(other).ok()
    }
}

/// Whether a regular file stands there that begins as such files do.
fn is_of_an_import(path: &Path) -> bool {
    if !std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return false;
    }
    let mut beginning = Vec::new();
    let read = File::open(path).and_then(|file| BufReader::new(file).take(64).read_to_end(&mut beginning));
    read.is_ok() && is_rejects(&String::from_utf8_lossy(&beginning))
}
