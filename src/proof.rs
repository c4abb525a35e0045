//! What makes a ledger's record evidence: a Merkle tree over the exact stored bytes of its events, and signed checkpoints
//! of it. Pure.
//!
//! Here: hashes and trees of RFC 6962 with SHA-256, kept as tiles of 256 hashes; inclusion and consistency proofs, made and
//! verified; checkpoints and keys in the forms of C2SP (signed-note, tlog-checkpoint, tlog-tiles), so that programs that are
//! not ours can check them. Not here: where tiles, keys and checkpoints are kept (`store`), when one is signed (`ledger`).
//!
//! ```
//! use entente::proof::{Checkpoint, Edge, Hash, SecretKey, SignedNote, verify_inclusion};
//!
//! // Two events; the tree over them, and a checkpoint of it, signed.
//! let leaves = [Hash::of_leaf(b"one"), Hash::of_leaf(b"two")];
//! let mut edge = Edge::new();
//! leaves.iter().for_each(|leaf| edge.push(*leaf, &mut |_, _, _| {}));
//! let checkpoint = Checkpoint { origin: "entente/deal/1f".to_owned(), size: edge.size(), root: edge.root() };
//! let key = SecretKey::new("entente/deal/1f", [7; 32])?;
//! let note = SignedNote::sign(&checkpoint.to_string(), &[&key]).to_string();
//!
//! // Whoever has the key and the note can check that the first event is in it.
//! let told = Checkpoint::verified(&note, &key.verifier())?;
//! verify_inclusion(leaves[0], 0, told.size, &[leaves[1]], told.root)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod audit;
mod checkpoint;
mod edge;
mod hash;
mod key;
mod note;
mod prove;
mod tile;
mod verify;

pub use audit::{Audit, Verdict};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use edge::Edge;
pub use hash::{Hash, NotAHash};
pub use key::{KeyError, SecretKey, VerifierKey};
pub use note::{NoteError, SignedNote};
pub use prove::{OutOfRange, ProveError, Prover, Tiles};
pub use tile::{TILE_HEIGHT, TILE_WIDTH, TileId, TilePath, tile_root};
pub use verify::{VerifyError, verify_consistency, verify_inclusion};
