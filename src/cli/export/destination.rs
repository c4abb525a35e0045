//! Where an export goes: standard output, or a file that is there complete or not at all.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// Where an export goes.
pub(super) enum Destination {
    StandardOutput,
    /// A file beside it, which takes its name at the end.
    File(tempfile::NamedTempFile, PathBuf),
}

impl Destination {
    pub(super) fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path else { return Ok(Destination::StandardOutput) };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        // The file is as readable as any other that this user makes, not as private as a temporary one.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file =
            builder.prefix(".entente-export-").tempfile_in(folder).with_context(|| path.display().to_string())?;
        Ok(Destination::File(file, path.to_owned()))
    }

    pub(super) fn writer(&self) -> anyhow::Result<Box<dyn Write + Send>> {
        Ok(match self {
            Destination::StandardOutput => Box::new(BufWriter::new(io::stdout())),
            Destination::File(file, _) => Box::new(BufWriter::new(file.reopen()?)),
        })
    }

    /// The export is complete.
    pub(super) fn keep(self) -> anyhow::Result<()> {
        match self {
            Destination::StandardOutput => Ok(()),
            Destination::File(file, path) => {
                file.persist(&path).map_err(|error| error.error).with_context(|| path.display().to_string())?;
                Ok(())
            }
        }
    }
}
