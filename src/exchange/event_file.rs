//! Files of events: YAML, JSON or JSON lines, in the proto JSON mapping of `entente.v1.Submission`.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::proto::{json, v1};

/// Why a file of events cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum EventFileError {
    /// The file cannot be read.
    #[error("{}: {cause}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// Not YAML, JSON or JSON lines.
    #[error("{origin}: neither YAML nor JSON: {cause}")]
    Syntax {
        /// The file's name.
        origin: String,
        /// What the parser said.
        cause: String,
    },
    /// An entry that is not an event.
    #[error("{origin}: event {number}: {cause}")]
    Event {
        /// The file's name.
        origin: String,
        /// Its place in the file, from 1.
        number: usize,
        /// What is wrong, and where.
        cause: String,
    },
}

/// Reads a text of events: one event, a list of them, or several documents (YAML) or lines (JSON) of either.
/// `origin` names the text in errors.
pub fn parse(text: &str, origin: &str) -> Result<Vec<v1::Submission>, EventFileError> {
    let documents = documents(text).map_err(|cause| EventFileError::Syntax { origin: origin.to_owned(), cause })?;
    let entries = documents.into_iter().flat_map(|document| match document {
        Value::Array(entries) => entries,
        Value::Null => Vec::new(),
        entry => vec![entry],
    });
    let mut submissions = Vec::new();
    for (index, entry) in entries.enumerate() {
        let submission = json::from_json::<v1::Submission>(&entry).map_err(|error| EventFileError::Event {
            origin: origin.to_owned(),
            number: index + 1,
            cause: error.to_string(),
        })?;
        submissions.push(submission);
    }
    Ok(submissions)
}

/// Reads a file of events.
pub fn read_file(path: &Path) -> Result<Vec<v1::Submission>, EventFileError> {
    let text = std::fs::read_to_string(path).map_err(|cause| EventFileError::Read { path: path.to_owned(), cause })?;
    parse(&text, &path.display().to_string())
}

/// Reads every `.yaml`, `.json` and `.jsonl` file of a folder, in order of their names, as one history.
pub fn read_folder(folder: &Path) -> Result<Vec<v1::Submission>, EventFileError> {
    let unreadable = |cause| EventFileError::Read { path: folder.to_owned(), cause };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        paths.push(entry.map_err(unreadable)?.path());
    }
    paths.retain(|path| is_event_file(path));
    paths.sort();
    let mut submissions = Vec::new();
    for path in paths {
        submissions.extend(read_file(&path)?);
    }
    Ok(in_order_of_record(submissions))
}

/// Whether a file's name says that it holds events.
pub fn is_event_file(path: &Path) -> bool {
    path.extension().is_some_and(|extension| ["yaml", "yml", "json", "jsonl"].iter().any(|known| extension == *known))
}

/// Sorts events by record time; those of one time, or without one, keep their order.
pub fn in_order_of_record(mut submissions: Vec<v1::Submission>) -> Vec<v1::Submission> {
    submissions.sort_by_key(|submission| submission.recorded_at.map(|at| (at.seconds, at.nanos)));
    submissions
}

fn documents(text: &str) -> Result<Vec<Value>, String> {
    let starts_as_json = text.trim_start().starts_with(['{', '[']);
    if starts_as_json && let Ok(values) = json_values(text) {
        return Ok(values);
    }
    match serde_saphyr::from_multiple_with_options::<Value>(text, yaml_options()) {
        Ok(values) => Ok(values),
        // What looks like JSON is told what is wrong with it as JSON.
        Err(_) if starts_as_json => json_values(text).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// A stream of values: one value, or several lines of them.
fn json_values(text: &str) -> Result<Vec<Value>, serde_json::Error> {
    serde_json::Deserializer::from_str(text).into_iter().collect()
}

/// YAML 1.2: `NO` is Norway, not false.
fn yaml_options() -> serde_saphyr::Options {
    serde_saphyr::options! { strict_booleans: true }
}
