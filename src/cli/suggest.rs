//! A commitment that is not there, and the one that was perhaps meant.

use crate::client::{Client, ClientError};
use crate::proto::v1;

/// What stands beside an error about a name.
#[derive(Debug, thiserror::Error)]
#[error("did you mean {0}?")]
pub(super) struct Meant(String);

/// The error of a question about a commitment, with a commitment of the ledger whose id is the same but for capitals, blanks
/// and hyphens, if there is one.
pub(super) async fn commitment(client: &Client, ledger: &str, asked: &str, status: tonic::Status) -> anyhow::Error {
    let code = status.code();
    let error = anyhow::Error::from(ClientError::from(status));
    if ![tonic::Code::NotFound, tonic::Code::InvalidArgument].contains(&code) {
        return error;
    }
    let request = v1::ListCommitmentsRequest {
        parent: ledger.to_owned(),
        page_size: 1000,
        read_mask: Some(prost_types::FieldMask { paths: vec!["name".to_owned()] }),
        ..v1::ListCommitmentsRequest::default()
    };
    let Ok(page) = client.compliance().list_commitments(request).await else { return error };
    let ids = page.into_inner().commitments;
    let mut ids = ids.iter().map(|commitment| commitment.name.rsplit('/').next().unwrap_or_default());
    let asked = asked.rsplit('/').next().unwrap_or_default();
    match ids.find(|id| *id != asked && plain(id) == plain(asked)) {
        Some(id) => error.context(Meant(id.to_owned())),
        None => error,
    }
}

fn plain(id: &str) -> String {
    id.chars().filter(|sign| sign.is_alphanumeric()).collect::<String>().to_lowercase()
}
