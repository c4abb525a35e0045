//! A byte flipped anywhere in a data directory is detected and named, or it is harmless: the same size, the same root, the
//! same content.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use entente::ledger::Keyring;
use entente::proof::{Hash, Verdict, VerifierKey};
use entente::store::{Catalog as _, Log, SledCatalog, SledConfig};

use super::{copied, entries, inspected, is_intact, opened, recorded};
use crate::store::raw;

const EVENTS: u64 = 280;
/// Offsets drawn at random over all files, each with a seed of its own.
const DRAWN: u64 = 2000;

/// A byte of a file.
#[derive(Debug, Clone)]
struct Place {
    file: PathBuf,
    offset: u64,
}

/// What became of a flip.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    /// It was said, in these words.
    Told(String),
    /// Everything is what it was.
    Harmless,
}

/// A recorded directory that is never opened again, and what it holds.
struct Original {
    directory: tempfile::TempDir,
    key: VerifierKey,
    entries: Vec<bytes::Bytes>,
    root: Hash,
}

impl Original {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let key = recorded(directory.path(), EVENTS).await;
        let copy = tempfile::tempdir().unwrap();
        copied(directory.path(), copy.path());
        let (_catalog, log) = opened(copy.path());
        let found = inspected(&*log, &key);
        assert!(is_intact(&found), "{found:?}");
        let root = found.checkpoint.unwrap().root;
        Original { directory, key, entries: entries(&*log), root }
    }

    /// Flips the place in a copy, and looks at what an inspection makes of it.
    fn flipped(&self, place: &Place) -> Outcome {
        let copy = tempfile::tempdir().unwrap();
        copied(self.directory.path(), copy.path());
        let file = copy.path().join(&place.file);
        let mut bytes = fs::read(&file).unwrap();
        bytes[place.offset as usize] ^= 1 << (place.offset % 8);
        fs::write(&file, bytes).unwrap();
        self.looked_at(copy.path())
    }

    fn looked_at(&self, directory: &Path) -> Outcome {
        let catalog = match SledCatalog::open_existing(SledConfig::new(directory)) {
            Ok(catalog) => catalog,
            Err(error) => return Outcome::Told(error.to_string()),
        };
        if let Err(error) = catalog.secret().unwrap().map(|secret| Keyring::parse(&secret)).transpose() {
            return Outcome::Told(error.to_string());
        }
        match catalog.open("deal") {
            Ok(log) => self.compared(&*log),
            Err(error) => Outcome::Told(error.to_string()),
        }
    }

    fn compared(&self, log: &dyn Log) -> Outcome {
        let found = inspected(log, &self.key);
        if !is_intact(&found) {
            return Outcome::Told(format!("{found:?}"));
        }
        let checkpoint = found.checkpoint.unwrap();
        assert_eq!(found.head, EVENTS);
        assert!(entries(log) == self.entries, "called intact, and other content");
        // An older checkpoint in the other slot vouches for a little less of the same.
        assert!(checkpoint.size == EVENTS && checkpoint.root == self.root || checkpoint.size == EVENTS - 1);
        Outcome::Harmless
    }

    /// All files, with their sizes, in a fixed order.
    fn files(&self) -> Vec<(PathBuf, u64)> {
        let mut files = Vec::new();
        let mut folders = vec![self.directory.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(self.directory.path()).unwrap().to_owned();
                    files.push((name, fs::metadata(&path).unwrap().len()));
                }
            }
        }
        files.sort();
        files
    }

    /// Flips every place, two at a time, and counts how many were told and how many harmless.
    fn count(&self, what: &str, places: &[Place]) -> (usize, usize) {
        let half = places.len() / 2;
        let outcomes: Vec<Outcome> = thread::scope(|scope| {
            let one = |places: &[Place]| places.iter().map(|place| self.flipped(place)).collect::<Vec<_>>();
            let other = scope.spawn(move || one(&places[..half]));
            let mine = one(&places[half..]);
            other.join().unwrap().into_iter().chain(mine).collect()
        });
        let told = outcomes.iter().filter(|outcome| **outcome != Outcome::Harmless).count();
        println!("{what}: {} flips, {told} told, {} harmless, 0 unseen", places.len(), places.len() - told);
        (told, places.len() - told)
    }
}

fn all_of(file: &str, length: u64) -> Vec<Place> {
    (0..length).map(|offset| Place { file: file.into(), offset }).collect()
}

#[tokio::test]
async fn a_byte_flipped_anywhere_is_told_or_harmless() {
    let original = Original::new().await;
    let files = original.files();
    let total: u64 = files.iter().map(|(_, bytes)| bytes).sum();
    let drawn = |seed: u64| {
        let mut at = crate::store::scrambled(seed) % total;
        let found = files.iter().find(|(_, bytes)| {
            let here = at < *bytes;
            at -= if here { 0 } else { *bytes };
            here
        });
        Place { file: found.unwrap().0.clone(), offset: at }
    };
    let places: Vec<Place> = (0..DRAWN).map(drawn).collect();
    original.count("drawn over the whole directory", &places);
}

#[tokio::test]
async fn every_byte_of_one_block_is_told_or_harmless() {
    let original = Original::new().await;
    let copy = tempfile::tempdir().unwrap();
    copied(original.directory.path(), copy.path());
    let block = raw::reopened(copy.path()).open_tree("log").unwrap().get(raw::block_key(200)).unwrap().unwrap();
    let bytes = fs::read(original.directory.path().join("sled/db")).unwrap();
    let at = bytes.windows(block.len()).position(|it| *it == *block).expect("the block is in the engine's file") as u64;
    let places: Vec<Place> =
        (at..at + block.len() as u64).map(|offset| Place { file: "sled/db".into(), offset }).collect();
    let (told, harmless) = original.count("one block", &places);
    assert_eq!((told, harmless), (places.len(), 0), "no byte of a block is without meaning");
}

#[tokio::test]
async fn every_byte_of_our_own_small_files_is_told_or_harmless() {
    let original = Original::new().await;
    let length = |file: &str| fs::metadata(original.directory.path().join(file)).unwrap().len();
    for file in ["format", "secret"] {
        let (told, harmless) = original.count(file, &all_of(file, length(file)));
        assert_eq!(harmless, 0, "every byte of {file} counts; {told} were told");
    }
    // A head that is not intact is only a note of the store's; the checkpoint is what is held against the log.
    original.count("heads", &all_of("heads", length("heads")));
}

#[tokio::test]
async fn every_byte_of_the_checkpoint_and_of_the_newest_hashes_is_told_or_harmless() {
    let original = Original::new().await;
    let copy = tempfile::tempdir().unwrap();
    copied(original.directory.path(), copy.path());
    let (_catalog, log) = opened(copy.path());
    let flip = |file: &str, offsets: std::ops::Range<u64>| {
        let path = copy.path().join(file);
        let sound = fs::read(&path).unwrap();
        for offset in offsets {
            let mut bytes = sound.clone();
            bytes[offset as usize] ^= 1 << (offset % 8);
            fs::write(&path, &bytes).unwrap();
            original.compared(&*log);
        }
        fs::write(&path, &sound).unwrap();
    };
    // The two slots of the ledger, the marks of its partial tile, and some of those of a full one.
    flip("notes", 2048..4096);
    let (partial, end) = (32 * (EVENTS - EVENTS % 256), 32 * EVENTS);
    assert_eq!(fs::metadata(copy.path().join("leaves/1")).unwrap().len(), end);
    flip("leaves/1", partial..end);
    flip("leaves/1", 1000..1064);
    // Both slots at once: nothing vouches for the record any more, and that is told.
    let path = copy.path().join("notes");
    let mut bytes = fs::read(&path).unwrap();
    bytes[2048 + 100] ^= 1;
    bytes[3072 + 100] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert!(matches!(original.compared(&*log), Outcome::Told(said) if said.contains("Damaged")));
}

#[tokio::test]
async fn a_flipped_tile_is_made_again_from_the_log() {
    let original = Original::new().await;
    let copy = tempfile::tempdir().unwrap();
    copied(original.directory.path(), copy.path());
    let database = raw::reopened(copy.path());
    let tree = database.open_tree("derived").unwrap();
    let (key, value) = tree.iter().next().unwrap().unwrap();
    drop((tree, database));
    for at in (0..value.len()).step_by(97) {
        let database = raw::reopened(copy.path());
        let mut flipped = value.to_vec();
        flipped[at] ^= 0x10;
        database.open_tree("derived").unwrap().insert(&key, flipped).unwrap();
        database.flush().unwrap();
        drop(database);
        let (_catalog, log) = opened(copy.path());
        let found = inspected(&*log, &original.key);
        assert_eq!(found.verdict, Some(Verdict::Intact { tree_differs: false }), "byte {at}: {found:?}");
        assert_eq!(original.compared(&*log), Outcome::Harmless);
    }
}
