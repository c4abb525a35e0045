//! What every page is drawn with: style, script, the chart library. Each has the checksum of its bytes in its path, so a
//! browser keeps it for ever and never shows a new page in an old style.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use super::fault::Fault;

/// A file in the program.
pub(super) struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
    path: LazyLock<String>,
}

macro_rules! assets {
    ($($constant:ident = $name:literal, $kind:literal;)+) => {
        $(pub(super) static $constant: Asset = Asset {
            name: $name,
            kind: $kind,
            bytes: include_bytes!(concat!("assets/", $name)),
            path: LazyLock::new(|| {
                let bytes = include_bytes!(concat!("assets/", $name));
                format!("/static/{:08x}/{}", crc32c::crc32c(bytes), $name)
            }),
        };)+

        static ALL: &[&Asset] = &[$(&$constant),+];
    };
}

assets! {
    STYLE = "console.css", "text/css; charset=utf-8";
    SCRIPT = "console.js", "text/javascript; charset=utf-8";
    ICON = "icon.svg", "image/svg+xml";
    CHART = "uplot.min.js", "text/javascript; charset=utf-8";
    CHART_STYLE = "uplot.min.css", "text/css; charset=utf-8";
    CHART_LICENCE = "uplot.LICENSE", "text/plain; charset=utf-8";
}

impl Asset {
    /// Where it is.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    fn respond(&self) -> Response {
        let kept = "public, max-age=31536000, immutable";
        ([(CONTENT_TYPE, self.kind), (CACHE_CONTROL, kept)], self.bytes).into_response()
    }
}

/// The asset of a path. Another checksum than that of the file is another version, which this server does not have.
pub(super) async fn serve(Path((digest, name)): Path<(String, String)>) -> Response {
    let wanted = format!("/static/{digest}/{name}");
    match ALL.iter().find(|asset| asset.name == name && asset.path() == wanted) {
        Some(asset) => asset.respond(),
        None => Fault::not_found("file", wanted).into_response(),
    }
}

/// What browsers ask for of themselves.
pub(super) async fn favicon() -> Response {
    ICON.respond()
}
