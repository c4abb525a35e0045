//! Where a file goes that a command writes: a file is there complete or not at all; what is no file is written through to.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// How many symbolic links a name may go through; the kernel allows as many.
const LINKS_MAX: usize = 40;

/// Where the bytes go.
pub(super) enum Destination {
    StandardOutput,
    /// A pipe or a device: it stays what it is, and gets the bytes.
    Through(File),
    /// A file beside it, which takes its name at the end.
    File(tempfile::NamedTempFile, PathBuf),
}

impl Destination {
    pub(super) fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        match path {
            None => Ok(Destination::StandardOutput),
            Some(path) => open(path).with_context(|| path.display().to_string()),
        }
    }

    pub(super) fn writer(&self) -> anyhow::Result<Box<dyn Write + Send>> {
        Ok(match self {
            Destination::StandardOutput => Box::new(BufWriter::new(io::stdout())),
            Destination::Through(file) => Box::new(BufWriter::new(file.try_clone()?)),
            Destination::File(file, _) => Box::new(BufWriter::new(file.reopen()?)),
        })
    }

    /// What was written is complete, and is to be durable before it has its name.
    pub(super) fn keep_durably(self) -> anyhow::Result<()> {
        let place = match &self {
            Destination::File(file, path) => {
                file.as_file().sync_all().with_context(|| path.display().to_string())?;
                Some(folder_of(path).to_owned())
            }
            Destination::StandardOutput | Destination::Through(_) => None,
        };
        self.keep()?;
        match place {
            Some(folder) => File::open(&folder)?.sync_all().with_context(|| folder.display().to_string()),
            None => Ok(()),
        }
    }

    /// What was written so far, to be read again; none where it is gone from here.
    pub(super) fn written(&self) -> anyhow::Result<Option<File>> {
        match self {
            Destination::File(file, _) => Ok(Some(file.reopen()?)),
            Destination::StandardOutput | Destination::Through(_) => Ok(None),
        }
    }

    /// What was written is complete.
    pub(super) fn keep(self) -> anyhow::Result<()> {
        match self {
            Destination::StandardOutput | Destination::Through(_) => Ok(()),
            Destination::File(file, path) => {
                file.persist(&path).map_err(|error| error.error).with_context(|| path.display().to_string())?;
                Ok(())
            }
        }
    }
}

/// Whether a file can be written there, found out before there is anything to write. A pipe or a device is not opened: it
/// may wait for its reader.
pub(super) fn probe(path: &Path) -> io::Result<()> {
    let (target, there) = resolved(path)?;
    match there {
        Some(metadata) if !metadata.is_file() => Ok(()),
        _ => temporary_beside(&target).map(drop),
    }
}

fn open(path: &Path) -> io::Result<Destination> {
    let (target, there) = resolved(path)?;
    match there {
        Some(metadata) if metadata.is_file() => {
            let file = temporary_beside(&target)?;
            // Whoever may read the file now may read what takes its place.
            file.as_file().set_permissions(metadata.permissions())?;
            Ok(Destination::File(file, target))
        }
        Some(_) => OpenOptions::new().write(true).open(&target).map(Destination::Through),
        None => Ok(Destination::File(temporary_beside(&target)?, target)),
    }
}

/// The place that a name stands for behind its symbolic links, and what is there.
fn resolved(path: &Path) -> io::Result<(PathBuf, Option<Metadata>)> {
    let mut target = path.to_owned();
    for _ in 0..LINKS_MAX {
        match std::fs::symlink_metadata(&target) {
            Ok(metadata) if metadata.is_symlink() => {
                let behind = std::fs::read_link(&target)?;
                target = folder_of(&target).join(behind);
            }
            Ok(metadata) if metadata.is_dir() => {
                return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a folder; name a file in it"));
            }
            Ok(metadata) => return Ok((target, Some(metadata))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((target, None)),
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("goes through too many symbolic links"))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn temporary_beside(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    // The file is as readable as any other that this user makes, not as private as a temporary one.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.prefix(".entente-").tempfile_in(folder_of(path)).map_err(plain)
}

/// The error of the operating system, without the name of the temporary file, which nobody has asked for.
fn plain(error: io::Error) -> io::Error {
    let text = match error.kind() {
        io::ErrorKind::NotFound => "its folder is not there".to_owned(),
        kind => kind.to_string(),
    };
    io::Error::new(error.kind(), text)
}
