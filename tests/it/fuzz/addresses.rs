//! Pages of the console and of the tree by any address, and the form of the exposure page: no page fails.

use std::rc::Rc;

use axum::{Extension, Router};
use entente::auth::Presented;
use entente::web;
use http::{Request, StatusCode};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::campaign::Decoder;
use super::requests::{LEDGERS, open_access};

pub(super) fn decoders() -> Vec<Decoder> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let access = open_access();
    let caller = access.prove(Presented::default()).unwrap();
    let router = web::router(LEDGERS.clone(), &access, &CancellationToken::new(), 10).layer(Extension(caller));
    let pages = Rc::new(Pages { runtime, router });
    let by_form = Rc::clone(&pages);
    vec![
        Decoder::new("address of a page", move |bytes| {
            let Ok(request) = Request::get(address(bytes)).body(axum::body::Body::empty()) else { return false };
            // Live pages never end.
            !request.uri().path().ends_with("/live") && pages.give(request)
        })
        .valid([
            "/ledgers/us-china?as_of=2026-11-10T05:01:00Z&known_at=120&by=instrument&party=US",
            "/ledgers/us-china?obligor=CN&status=DISPUTED,met&text=rare+earth&page=1&instrument=busan-truce",
            "/ledgers/us-china/commitments/soybeans/bundle.json?known_at=120",
            "/ledgers/us-china/commitments/soybeans?as_of=2026-03-01&why=1",
            "/ledgers/us-china/calendar?only=all&as_of=2026-01-01",
            "/ledgers/us-china/calendar.ics?party=CN",
            "/ledgers/us-china/changes?then_as_of=2025-12-01&then_known_at=40",
            "/ledgers/us-china/exposure?codes=850511%0A1201%0A3A090",
            "/ledgers/us-china/events?subject=commitments/soybeans&before=90",
            "/ledgers/us-china/events/12",
            "/ledgers/us-china/events/12/bundle.json?known_at=40",
            "/ledgers/us-china/measures?as_of=2026-02-02&product=8505",
            "/ledgers/us-china/scorecard?party=US",
            "/ledgers/us-china/talks",
            "/ledgers/us-china/legend",
            "/",
        ])
        .costing(50),
        Decoder::new("form of items", move |bytes| {
            let request = Request::post("/ledgers/us-china/exposure")
                .header("content-type", "application/x-www-form-urlencoded")
                .body(axum::body::Body::from(bytes.to_vec()))
                .unwrap();
            by_form.give(request)
        })
        .valid(["codes=8505.11%0D%0A1201+soybeans&as_of=2026-03-01", "codes=rare+earths"])
        .costing(40),
    ]
}

struct Pages {
    runtime: tokio::runtime::Runtime,
    router: Router,
}

impl Pages {
    /// Whether there is such a page. None fails, and each is whole.
    fn give(&self, request: Request<axum::body::Body>) -> bool {
        let router = self.router.clone();
        self.runtime.block_on(async {
            let response = router.oneshot(request).await.unwrap();
            let status = response.status();
            assert!(!status.is_server_error(), "{status}");
            http_body_util::BodyExt::collect(response.into_body()).await.unwrap();
            status == StatusCode::OK || status.is_redirection()
        })
    }
}

/// The address that a browser makes of bytes: what may not stand in one is escaped.
fn address(bytes: &[u8]) -> String {
    let mut address = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            0x21..=0x7e if !b"\"<>\\^`{|}#".contains(byte) => address.push(char::from(*byte)),
            other => address.push_str(&format!("%{other:02x}")),
        }
    }
    if address.starts_with('/') { address } else { format!("/{address}") }
}
