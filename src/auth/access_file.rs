//! The access file: TOML, every mistake named by entry and field. It says what certificates grant, and whose JWTs are taken.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use jsonwebtoken::Algorithm;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::grant::{Grant, Grants};
use super::jwt::Issuer;
use super::proved::Proved;
use super::{jwks, ring_verifier};
use crate::domain::{Slug, Text};
use crate::store::StoreError;

/// The claim with the grants where the file does not name another.
const CLAIM: &str = "entente_grants";

/// What an access file says.
#[derive(Default)]
pub(super) struct AccessFile {
    /// Principal and grants by the identity of the certificate.
    pub(super) certificates: HashMap<String, (Text, Grants)>,
    pub(super) issuers: Vec<Issuer>,
    pub(super) proved: Proved,
    /// The files that it was read from.
    pub(super) files: Vec<PathBuf>,
    /// Cancelled when another takes its place.
    pub(super) over: CancellationToken,
}

/// Why access cannot be controlled as the files say.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
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
    /// A field of an entry that cannot hold what it holds.
    #[error("{entry}: {field}: {problem}")]
    Field {
        /// Which entry, such as `certificate 2`.
        entry: String,
        /// Which field.
        field: &'static str,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// The tokens of the store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    certificate: Vec<CertificateEntry>,
    #[serde(default)]
    issuer: Vec<IssuerEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CertificateEntry {
    identity: String,
    grants: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IssuerEntry {
    name: String,
    issuer: String,
    audience: String,
    algorithms: Vec<String>,
    jwks_file: PathBuf,
    claim: Option<String>,
    #[serde(default)]
    groups: HashMap<String, Vec<String>>,
}

impl AccessFile {
    /// Reads a file and the key sets that it names; relative paths are from its own folder. Blocks.
    pub(super) fn read(path: &Path) -> Result<Self, AccessError> {
        ring_verifier::install();
        let form = |cause: String| AccessError::Form { path: path.to_owned(), cause };
        // The parser quotes the line that it cannot read; the file holds no secret.
        let file: File = toml::from_str(&read(path)?).map_err(|error| form(error.to_string()))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut access = AccessFile { files: vec![path.to_owned()], ..AccessFile::default() };
        for (index, entry) in file.certificate.into_iter().enumerate() {
            let name = format!("certificate {}", index + 1);
            let refuse = |field, problem: String| AccessError::Field { entry: name.clone(), field, problem };
            let principal = Text::new(&format!("certificate:{}", entry.identity))
                .ok()
                .filter(|_| !entry.identity.trim().is_empty())
                .ok_or_else(|| refuse("identity", "is a SPIFFE URI, or the common name of a subject".to_owned()))?;
            let grants = grants(&entry.grants).map_err(|problem| refuse("grants", problem))?;
            let grants = grants.into_iter().collect();
            if access.certificates.insert(entry.identity.clone(), (principal, grants)).is_some() {
                return Err(refuse("identity", format!("{:?} stands twice in the file", entry.identity)));
            }
        }
        for (index, entry) in file.issuer.into_iter().enumerate() {
            let jwks = folder.join(&entry.jwks_file);
            let issuer = issuer(entry, index, &jwks)?;
            if access.issuers.iter().any(|other| other.name == issuer.name) {
                let problem = "stands twice in the file; principals are named by it".to_owned();
                return Err(AccessError::Field { entry: format!("issuer {}", issuer.name), field: "name", problem });
            }
            access.issuers.push(issuer);
            access.files.push(jwks);
        }
        Ok(access)
    }
}

fn issuer(entry: IssuerEntry, index: usize, jwks: &Path) -> Result<Issuer, AccessError> {
    let name = if entry.name.is_empty() { (index + 1).to_string() } else { entry.name.clone() };
    let refuse = |field, problem: String| AccessError::Field { entry: format!("issuer {name}"), field, problem };
    let slug = Slug::parse(&entry.name).map_err(|error| refuse("name", error.to_string()))?;
    for (field, text) in [("issuer", &entry.issuer), ("audience", &entry.audience)] {
        if text.trim().is_empty() {
            return Err(refuse(field, "is required: what the tokens of this issuer have there".to_owned()));
        }
    }
    let algorithm = |word: &String| match word.as_str() {
        "EdDSA" => Ok(Algorithm::EdDSA),
        "ES256" => Ok(Algorithm::ES256),
        _ => Err(refuse("algorithms", format!("{word:?} is not taken; EdDSA and ES256 are"))),
    };
    let algorithms = entry.algorithms.iter().map(algorithm).collect::<Result<Vec<_>, _>>()?;
    if algorithms.is_empty() {
        return Err(refuse("algorithms", "is empty; give EdDSA, ES256 or both".to_owned()));
    }
    let keys = jwks::read(&read(jwks)?, &algorithms)
        .map_err(|problem| refuse("jwks_file", format!("{} {problem}", jwks.display())))?;
    let group = |(group, texts): (String, Vec<String>)| match grants(&texts) {
        Ok(granted) => Ok((group, granted)),
        Err(problem) => Err(refuse("groups", format!("{group}: {problem}"))),
    };
    let groups = entry.groups.into_iter().map(group).collect::<Result<HashMap<_, _>, _>>()?;
    Ok(Issuer {
        name: slug,
        issuer: entry.issuer,
        audience: entry.audience,
        claim: entry.claim.unwrap_or_else(|| CLAIM.to_owned()),
        groups,
        keys,
    })
}

fn grants(texts: &[String]) -> Result<Vec<Grant>, String> {
    texts.iter().map(|text| Grant::parse(text).map_err(|error| error.to_string())).collect()
}

fn read(path: &Path) -> Result<String, AccessError> {
    std::fs::read_to_string(path).map_err(|cause| AccessError::Read { path: path.to_owned(), cause })
}
