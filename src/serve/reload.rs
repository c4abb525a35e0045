//! Keeps what files say in force: the access file, its key sets, and the files of TLS are read again when they change, or when
//! the process is told to (SIGHUP). A file that cannot be used changes nothing, and is complained of.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::tls::Tls;
use crate::auth::Access;

/// How often the files are looked at.
const PERIOD: Duration = Duration::from_secs(1);

/// Looks after the files until the server stops.
pub(super) async fn watch(access: Arc<Access>, tls: Option<Arc<Tls>>, stopping: CancellationToken) {
    let mut told = Told::listen();
    loop {
        let anyway = tokio::select! {
            () = tokio::time::sleep(PERIOD) => false,
            () = told.heard() => true,
            () = stopping.cancelled() => return,
        };
        let (access, tls) = (Arc::clone(&access), tls.clone());
        if tokio::task::spawn_blocking(move || reload(&access, tls.as_deref(), anyway)).await.is_err() {
            tracing::error!("the files of access and TLS cannot be looked at");
        }
    }
}

fn reload(access: &Access, tls: Option<&Tls>, anyway: bool) {
    match if anyway { access.reload() } else { access.reload_if_changed() } {
        Ok(false) => {}
        Ok(true) => {
            metrics::gauge!("entente_access_file_broken").set(0.0);
            tracing::info!(target: "entente::audit", act = "access_file_read", "the access file was read again");
        }
        Err(error) => {
            metrics::gauge!("entente_access_file_broken").set(1.0);
            let way_on = "the access file cannot be used; what it said before holds until it is mended";
            tracing::error!(target: "entente::audit", act = "access_file_broken", %error, "{way_on}");
        }
    }
    let Some(tls) = tls else { return };
    match tls.reload(anyway) {
        Ok(false) => {}
        Ok(true) => {
            metrics::gauge!("entente_tls_files_broken").set(0.0);
            tracing::info!(target: "entente::audit", act = "tls_files_read", "the files of TLS were read again");
        }
        Err(error) => {
            metrics::gauge!("entente_tls_files_broken").set(1.0);
            let way_on = "the files of TLS cannot be used; what they said before holds until they are mended";
            tracing::error!(target: "entente::audit", act = "tls_files_broken", %error, "{way_on}");
        }
    }
}

/// That the process is told to read its files again.
struct Told {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

impl Told {
    fn listen() -> Self {
        #[cfg(unix)]
        use tokio::signal::unix::{SignalKind, signal};
        Told {
            #[cfg(unix)]
            signal: signal(SignalKind::hangup()).ok(),
        }
    }

    async fn heard(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal
            && signal.recv().await.is_some()
        {
            return;
        }
        std::future::pending().await
    }
}
