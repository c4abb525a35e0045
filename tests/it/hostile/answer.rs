//! What came back, and what may come back.

use http::StatusCode;
use tonic::Code;
use tonic_types::StatusExt as _;

/// What the server answered to one request.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) http: StatusCode,
    /// None where the answer was dropped before its end, as that of a stream is, or is no gRPC.
    pub(super) code: Option<Code>,
    pub(super) message: String,
    pub(super) status: Option<tonic::Status>,
    /// Whether the connection or the request broke off, and why.
    pub(super) broken: Option<String>,
    /// Whether the service is one of tonic's.
    pub(super) is_foreign: bool,
    /// How many messages came.
    pub(super) messages: usize,
}

impl Answer {
    /// The fields that it names.
    pub(super) fn fields(&self) -> Vec<String> {
        let details = self.status.as_ref().map(|status| status.get_error_details()).unwrap_or_default();
        let violations = details.bad_request().map(|it| it.field_violations.clone()).unwrap_or_default();
        violations.into_iter().map(|it| it.field).collect()
    }

    /// What is wrong with the answer itself.
    pub(super) fn fault(&self) -> Option<String> {
        if let Some(why) = &self.broken {
            return Some(format!("broke off: {why}"));
        }
        if self.http.is_server_error() {
            return Some(format!("HTTP {}", self.http));
        }
        let Some(status) = &self.status else { return None };
        match status.code() {
            Code::Internal | Code::Unknown | Code::DataLoss => Some(format!("{status:?}")),
            // What tonic brings along names no fields.
            Code::InvalidArgument if !self.is_foreign => {
                let fields = self.fields();
                let named = !fields.is_empty() && fields.iter().all(|field| !field.is_empty());
                (!named).then(|| format!("names no field: {status:?}"))
            }
            _ => None,
        }
    }
}
