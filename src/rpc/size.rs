//! The transport's own words for a message that is too long, put into the service's.

use http::HeaderMap;
use tonic::{Code, Status};

use super::reached::Reached;
use super::status::Fault;

/// How long messages may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    /// The longest request, in bytes.
    pub(super) request_bytes_max: usize,
    /// The longest answer, in KiB.
    pub(super) response_kib_max: u64,
}

impl Sizes {
    /// Puts the status of an answer that is an error so.
    pub(super) fn reword(self, headers: &mut HeaderMap) {
        if headers.get(Status::GRPC_STATUS).is_none_or(|code| code != "11") {
            return;
        }
        let Some(told) = Status::from_header_map(headers) else { return };
        let Some(fault) = self.fault(&told) else { return };
        if Status::from(fault).add_header(headers).is_err() {
            tracing::error!("the refusal of a message that is too long cannot be put into headers");
        }
    }

    fn fault(self, told: &Status) -> Option<Fault> {
        let message = told.message();
        let is_too_long = told.code() == Code::OutOfRange && message.contains("message length too large");
        let bytes = message.split_whitespace().find(|word| word.bytes().all(|byte| byte.is_ascii_digit()))?;
        match message.split_whitespace().nth(1) {
            Some("decoded") if is_too_long => {
                Some(Fault::RequestTooLarge { bytes: bytes.parse().unwrap_or(usize::MAX), max: self.request_bytes_max })
            }
            Some("encoded") if is_too_long => Some(Fault::Limit(Reached::response(bytes, self.response_kib_max))),
            _ => None,
        }
    }
}
