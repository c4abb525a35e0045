//! From a key that is trusted to the one that signs now.

use prost::Message as _;

use super::Client;
use super::verify::VerifyFault;
use crate::proof::{Checkpoint, VerifierKey};
use crate::proto::v1;

impl Client {
    /// The last key that has taken over from a trusted one, with the checkpoint by which it did; `None` where none has.
    ///
    /// Each step is proved: the key before signed a checkpoint, and the last event under it says which key takes over.
    pub async fn successor(
        &self,
        ledger: &str,
        trusted: &VerifierKey,
    ) -> Result<Option<(VerifierKey, Checkpoint)>, VerifyFault> {
        let request = v1::ListKeysRequest { ledger: ledger.to_owned() };
        let keys = self.proofs().list_keys(request).await?.into_inner().keys;
        let mut last: Option<(VerifierKey, Checkpoint)> = None;
        for handover in keys.into_iter().filter_map(|key| key.handover) {
            let before = last.as_ref().map_or(trusted, |(key, _)| key);
            let Ok(checkpoint) = Checkpoint::verified(&handover.note, before) else { continue };
            let proven = self.proven(ledger, &checkpoint.size.to_string(), &checkpoint).await?;
            let event = v1::Event::decode(&proven.leaf[..]).unwrap_or_default();
            let Some(v1::submission::Payload::KeyRotated(rotated)) = event.submission.and_then(|it| it.payload) else {
                continue;
            };
            let takes_over = rotated.previous_verifier_key == before.to_string();
            if let Ok(key) = rotated.verifier_key.parse::<VerifierKey>()
                && takes_over
                && key.name() == before.name()
                && Checkpoint::verified(&handover.note, &key).is_ok()
            {
                last = Some((key, checkpoint));
            }
        }
        Ok(last)
    }
}
