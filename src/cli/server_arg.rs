//! Which server a client command talks to, and as whom.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;

use crate::auth::TOKEN_PREFIX;
use crate::client::{Client, Credentials};

/// The environment variable with a token. There is no flag for it: the arguments of a program are seen by everybody on its machine.
const TOKEN_VARIABLE: &str = "ENTENTE_TOKEN";

/// Which server a client command talks to.
#[derive(Debug, Args)]
pub(super) struct ServerArg {
    /// Address of the server
    #[arg(long, env = "ENTENTE_SERVER", default_value = "http://127.0.0.1:7420", value_name = "URL")]
    server: String,
    /// Seconds that an answer may take
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
    /// File with the token to show [default: the token in the environment variable ENTENTE_TOKEN, if it is set]
    #[arg(long, env = "ENTENTE_TOKEN_FILE", value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// File with the certificates (PEM) of the authority that the server's certificate is of; https:// needs it
    #[arg(long, env = "ENTENTE_CA_FILE", value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// File with the certificate (PEM) to show
    #[arg(long, env = "ENTENTE_CLIENT_CERT", value_name = "FILE", requires = "client_key")]
    client_cert: Option<PathBuf>,
    /// File with the key (PEM) of that certificate
    #[arg(long, env = "ENTENTE_CLIENT_KEY", value_name = "FILE", requires = "client_cert")]
    client_key: Option<PathBuf>,
}

impl ServerArg {
    pub(super) async fn connect(&self) -> anyhow::Result<Client> {
        let patience = Duration::from_secs(self.timeout);
        Ok(Client::connect_as(&self.server, patience, self.credentials()?).await?)
    }

    fn credentials(&self) -> anyhow::Result<Credentials> {
        let token = match &self.token_file {
            Some(path) => {
                let text = String::from_utf8(read("--token-file", path)?);
                let text = text.ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
                Some(text.with_context(|| format!("--token-file {}: holds no token", path.display()))?)
            }
            None => std::env::var(TOKEN_VARIABLE).ok().filter(|token| !token.trim().is_empty()),
        };
        let ca_certificates = self.ca_file.as_deref().map(|path| read("--ca-file", path)).transpose()?;
        let identity = match (&self.client_cert, &self.client_key) {
            (Some(certificate), Some(key)) => Some((read("--client-cert", certificate)?, read("--client-key", key)?)),
            _ => None,
        };
        Ok(Credentials { token, ca_certificates, identity })
    }
}

fn read(flag: &str, path: &Path) -> anyhow::Result<Vec<u8>> {
    // Whoever gives the token in place of its file is not to see it again in a terminal's history or a log.
    if path.as_os_str().as_encoded_bytes().starts_with(TOKEN_PREFIX.as_bytes()) {
        anyhow::bail!("{flag}: is a token itself; give the file that holds it, or the token in {TOKEN_VARIABLE}");
    }
    std::fs::read(path).with_context(|| format!("{flag} {}", path.display()))
}
