//! What every engine promises.

use std::sync::Arc;
use std::thread;

use bytes::Bytes;
use entente::domain::Position;
use entente::store::{CELL_KEY_BYTES_MAX, CELL_VALUE_BYTES_MAX, ENTRY_BYTES_MAX, LEDGER_NAME_BYTES_MAX};
use entente::store::{Catalog, MemoryCatalog, NOTE_BYTES_MAX, Note, ReadLimits, StoreError, Swap};

use super::{ALL, append, assert_whole, at, entry, open, read_all};

type Case = (&'static str, fn(&dyn Catalog));

const CASES: &[Case] = &[
    ("a new store is empty", a_new_store_is_empty),
    ("ledgers are made once and listed sorted", ledgers_are_made_once_and_listed_sorted),
    ("any name of 1 to 512 bytes is a ledger", any_name_is_a_ledger),
    ("what is appended is read back byte for byte", what_is_appended_is_read_back),
    ("positions are dense from 1 in both directions", positions_are_dense_in_both_directions),
    ("every page size gives the same entries", every_page_size_gives_the_same_entries),
    ("a page has its limits, and at least one entry", a_page_has_its_limits),
    ("reads from beyond the ends are empty", reads_from_beyond_the_ends_are_empty),
    ("a stale head is refused with both heads", a_stale_head_is_refused),
    ("an overlong entry is refused and nothing of its group stored", an_overlong_entry_is_refused),
    ("ledgers do not see each other", ledgers_do_not_see_each_other),
    ("of two writers one wins each position", of_two_writers_one_wins),
    ("readers beside a writer see a dense prefix", readers_beside_a_writer_see_a_dense_prefix),
    ("cells compare and set", cells_compare_and_set),
    ("cells are listed by prefix", cells_are_listed_by_prefix),
    ("cells have bounds", cells_have_bounds),
    ("derived values are kept for each ledger and have bounds", derived_values_are_kept),
    ("the last note and the newest marks are kept for each ledger", notes_and_marks_are_kept),
    ("the last secret is kept", the_last_secret_is_kept),
    ("recovering a sound store changes nothing", recovering_a_sound_store_changes_nothing),
];

#[test]
fn memory_keeps_the_contract() {
    for (name, case) in CASES {
        println!("{name}");
        case(&MemoryCatalog::new());
    }
}

#[test]
fn sled_keeps_the_contract() {
    for (name, case) in CASES {
        println!("{name}");
        let directory = tempfile::tempdir().expect("a directory");
        case(&open(directory.path()));
    }
}

#[test]
fn sled_keeps_everything_over_a_restart() {
    let directory = tempfile::tempdir().expect("a directory");
    let catalog = open(directory.path());
    for (name, groups) in [("b", 30), ("a", 3), ("empty", 0)] {
        let log = catalog.create(name).expect("a new ledger");
        for count in 0..groups {
            append(&*log, count * 7 % 90).expect("appended");
        }
    }
    assert_eq!(catalog.cells().compare_and_set(b"cursor/a", None, Some(b"17")), Ok(Swap::Done));
    assert_eq!(catalog.cells().compare_and_set(b"cursor/b", None, Some(b"4")), Ok(Swap::Done));
    assert_eq!(catalog.cells().compare_and_set(b"cursor/b", Some(b"4"), None), Ok(Swap::Done));
    let heads = ["a", "b", "empty"].map(|name| catalog.open(name).expect("there").head());
    drop(catalog);

    let catalog = open(directory.path());
    assert_eq!(catalog.list(), Ok(vec!["a".to_owned(), "b".to_owned(), "empty".to_owned()]));
    for (name, head) in ["a", "b", "empty"].into_iter().zip(heads) {
        let log = catalog.open(name).expect("there");
        assert_eq!(log.head(), head);
        assert_whole(&*log, head);
        append(&*log, 5).expect("appended");
        assert_whole(&*log, head.plus(5));
    }
    assert_eq!(catalog.cells().list(b""), Ok(vec![("cursor/a".into(), "17".into())]));
    catalog.create("later").expect("a new ledger");
}

fn a_new_store_is_empty(catalog: &dyn Catalog) {
    assert_eq!(catalog.list(), Ok(vec![]));
    assert_eq!(catalog.poisoned(), None);
    assert_eq!(catalog.cells().list(b""), Ok(vec![]));
    let ledger = "us-china".to_owned();
    assert_eq!(catalog.open("us-china").err(), Some(StoreError::NotFound { ledger }));
}

fn ledgers_are_made_once_and_listed_sorted(catalog: &dyn Catalog) {
    for name in ["us-china", "eu-china", "us-china-replay"] {
        let log = catalog.create(name).expect("a new ledger");
        assert_eq!(log.head(), Position::ORIGIN);
        assert_eq!(log.damage(), []);
    }
    assert_eq!(catalog.list(), Ok(["eu-china", "us-china", "us-china-replay"].map(str::to_owned).to_vec()));
    let ledger = "us-china".to_owned();
    assert_eq!(catalog.create("us-china").err(), Some(StoreError::AlreadyExists { ledger }));
}

fn any_name_is_a_ledger(catalog: &dyn Catalog) {
    let longest = "x".repeat(LEDGER_NAME_BYTES_MAX);
    for name in ["a", "../a", "a/b", "中美", "\0", &longest] {
        append(&*catalog.create(name).expect("a new ledger"), 3).expect("appended");
        assert_whole(&*catalog.open(name).expect("there"), at(3));
    }
    for name in ["", &"x".repeat(LEDGER_NAME_BYTES_MAX + 1)] {
        assert!(matches!(catalog.create(name), Err(StoreError::Length { .. })));
    }
}

fn what_is_appended_is_read_back(catalog: &dyn Catalog) {
    let log = catalog.create("a").expect("a new ledger");
    let text = |number| Bytes::from(format!("{number} ").repeat(200));
    let group: Vec<Bytes> = [
        entry(1, 0),
        entry(2, 1),
        text(3),
        entry(4, 7_000),
        entry(5, 8_000),
        text(6),
        Bytes::from(vec![0; 900_000]),
        entry(8, 200_000),
        entry(9, ENTRY_BYTES_MAX),
        Bytes::from(vec![1; ENTRY_BYTES_MAX]),
        entry(11, 300),
    ]
    .to_vec();
    assert_eq!(log.append(Position::ORIGIN, &group), Ok(at(11)));
    let expected: Vec<(Position, Bytes)> = (1..).map(at).zip(group).collect();
    assert_eq!(read_all(&*log, Position::ORIGIN), expected);
    let backward = log.read_back(at(12), ALL).expect("reads").entries;
    assert_eq!(backward, expected.into_iter().rev().collect::<Vec<_>>());
    assert_eq!(log.verify(), Ok(vec![]));
}

fn positions_are_dense_in_both_directions(catalog: &dyn Catalog) {
    let log = catalog.create("a").expect("a new ledger");
    for count in [1, 63, 64, 65, 1, 1, 200, 1000] {
        let before = log.head();
        assert_eq!(append(&*log, count), Ok(before.plus(count)));
        assert_eq!(log.head(), before.plus(count));
    }
    assert_eq!(log.append(log.head(), &[]), Ok(log.head()));
    assert_whole(&*log, at(1395));
    let backward = log.read_back(at(1396), ALL).expect("reads").entries;
    assert!(backward.iter().map(|(position, _)| position.get()).eq((1..=1395).rev()));
}

fn every_page_size_gives_the_same_entries(catalog: &dyn Catalog) {
    let log = catalog.create("a").expect("a new ledger");
    for count in [3, 70, 1, 130] {
        append(&*log, count).expect("appended");
    }
    for entries in [1, 2, 63, 64, 65, 204, 1000] {
        let limits = ReadLimits { entries, bytes: usize::MAX };
        let (mut after, mut before) = (Position::ORIGIN, at(205));
        for number in 1..=204 {
            if after.get() + 1 == number {
                let page = log.read(after, limits).expect("reads");
                assert_eq!(page.entries[0], (at(number), entry(number, 300)));
                assert_eq!(page.entries.len() as u64, (entries as u64).min(205 - number));
                assert_eq!(page.head, at(204));
                after = after.plus(page.entries.len() as u64);
                let page = log.read_back(before, limits).expect("reads");
                assert_eq!(page.entries[0].0, at(before.get() - 1));
                before = page.entries.last().expect("not empty").0;
            }
        }
        assert_eq!((after, before), (at(204), at(1)));
    }
}

fn a_page_has_its_limits(catalog: &dyn Catalog) {
    let log = catalog.create("a").expect("a new ledger");
    append(&*log, 10).expect("appended");
    for (entries, bytes, expected) in
        [(0, 0, 1), (1, 0, 1), (5, 299, 1), (5, 300, 1), (5, 600, 2), (5, 9999, 5), (99, 9999, 10)]
    {
        let limits = ReadLimits { entries, bytes };
        assert_eq!(log.read(at(0), limits).expect("reads").entries.len(), expected, "{limits:?}");
        assert_eq!(log.read_back(at(11), limits).expect("reads").entries.len(), expected, "{limits:?}");
    }
}

fn reads_from_beyond_the_ends_are_empty(catalog: &dyn Catalog) {
    let log = catalog.create("a").expect("a new ledger");
    for (head, count) in [(0, 0), (7, 7)] {
        append(&*log, count).expect("appended");
        for after in [at(head), at(head + 1), at(u64::MAX)] {
            let page = log.read(after, ALL).expect("reads");
            assert_eq!((page.entries, page.head), (vec![], at(head)));
        }
        for before in [Position::ORIGIN, at(1)] {
            assert_eq!(log.read_back(before, ALL).expect("reads").entries, vec![]);
        }
        assert_eq!(log.read_back(at(u64::MAX), ALL).expect("reads").entries.len() as u64, head);
    }
}

fn a_stale_head_is_refused(catalog: &dyn Catalog) {
    let log = catalog.create("a").expect("a new ledger");
    append(&*log, 4).expect("appended");
    for expected in [Position::ORIGIN, at(3), at(5)] {
        for group in [&[entry(1, 10)][..], &[]] {
            let refusal = StoreError::HeadMoved { expected, actual: at(4) };
            assert_eq!(log.append(expected, group), Err(refusal));
        }
    }
    assert_whole(&*log, at(4));
}

fn an_overlong_entry_is_refused(catalog: &dyn Catalog) {
    let log = catalog.create("a").expect("a new ledger");
    let group = [entry(1, 300), Bytes::from(vec![0; ENTRY_BYTES_MAX + 1])];
    let refusal = StoreError::EntryTooLarge { bytes: ENTRY_BYTES_MAX + 1, max: ENTRY_BYTES_MAX };
    assert_eq!(log.append(Position::ORIGIN, &group), Err(refusal));
    assert_eq!(log.head(), Position::ORIGIN);
    append(&*log, 2).expect("the log still takes entries");
    assert_whole(&*log, at(2));
}

fn ledgers_do_not_see_each_other(catalog: &dyn Catalog) {
    let logs: Vec<_> = (0..5).map(|name| catalog.create(&name.to_string()).expect("a new ledger")).collect();
    for round in 1..20 {
        for (log, count) in logs.iter().zip(1..) {
            append(&**log, count * round % 70).expect("appended");
        }
    }
    for (log, count) in logs.iter().zip(1..) {
        assert_whole(&**log, at((1..20).map(|round| count * round % 70).sum()));
    }
}

fn of_two_writers_one_wins(catalog: &dyn Catalog) {
    let log = catalog.create("a").expect("a new ledger");
    let won: u64 = thread::scope(|scope| {
        let writers = [log.clone(), log.clone()].map(|log| {
            scope.spawn(move || {
                let mut won = 0;
                while log.head() < at(200) {
                    match append(&*log, 1) {
                        Ok(_) => won += 1,
                        Err(StoreError::HeadMoved { expected, actual }) => {
                            assert!(expected < actual)
                        }
                        Err(other) => panic!("{other}"),
                    }
                }
                won
            })
        });
        writers.into_iter().map(|writer| writer.join().expect("no panic")).sum()
    });
    assert_eq!(log.head(), at(won));
    assert_whole(&*log, at(200));
}

fn readers_beside_a_writer_see_a_dense_prefix(catalog: &dyn Catalog) {
    let log = catalog.create("a").expect("a new ledger");
    thread::scope(|scope| {
        for step in [17, 3] {
            let log = Arc::clone(&log);
            scope.spawn(move || {
                let mut after = Position::ORIGIN;
                while after < at(3000) {
                    let page = log.read(after, ReadLimits { entries: step, bytes: usize::MAX }).expect("reads");
                    assert!(page.head <= log.head());
                    for (position, found) in page.entries {
                        assert_eq!(position, after.next());
                        assert_eq!(found, entry(position.get(), 300));
                        after = position;
                    }
                }
            });
        }
        for count in (1..30).cycle() {
            append(&*log, count).expect("appended");
            if log.head() >= at(3000) {
                break;
            }
        }
    });
}

fn cells_compare_and_set(catalog: &dyn Catalog) {
    let cells = catalog.cells();
    assert_eq!(cells.get(b"floor"), Ok(None));
    assert_eq!(cells.compare_and_set(b"floor", Some(b"1"), Some(b"2")), Ok(Swap::Differs(None)));
    assert_eq!(cells.compare_and_set(b"floor", None, Some(b"1")), Ok(Swap::Done));
    assert_eq!(cells.compare_and_set(b"floor", None, Some(b"2")), Ok(Swap::Differs(Some("1".into()))));
    assert_eq!(cells.compare_and_set(b"floor", Some(b"1"), Some(b"2")), Ok(Swap::Done));
    assert_eq!(catalog.cells().get(b"floor"), Ok(Some("2".into())));
    assert_eq!(cells.compare_and_set(b"floor", Some(b"2"), Some(b"")), Ok(Swap::Done));
    assert_eq!(cells.get(b"floor"), Ok(Some(Bytes::new())));
    assert_eq!(cells.compare_and_set(b"floor", Some(b""), None), Ok(Swap::Done));
    assert_eq!(cells.get(b"floor"), Ok(None));
    assert_eq!(cells.compare_and_set(b"floor", None, None), Ok(Swap::Done));
}

fn cells_are_listed_by_prefix(catalog: &dyn Catalog) {
    let cells = catalog.cells();
    for key in ["token/b", "cursor/x", "token/a", "token", "tokens/c"] {
        assert_eq!(cells.compare_and_set(key.as_bytes(), None, Some(key.as_bytes())), Ok(Swap::Done));
    }
    let keys = |prefix: &str| -> Vec<Bytes> {
        cells.list(prefix.as_bytes()).expect("lists").into_iter().map(|(key, _)| key).collect()
    };
    assert_eq!(keys("token/"), ["token/a", "token/b"]);
    assert_eq!(keys(""), ["cursor/x", "token", "token/a", "token/b", "tokens/c"]);
    assert_eq!(keys("zone"), [""; 0]);
}

fn cells_have_bounds(catalog: &dyn Catalog) {
    let cells = catalog.cells();
    let (key, value) = (vec![7; CELL_KEY_BYTES_MAX], vec![7; CELL_VALUE_BYTES_MAX]);
    assert_eq!(cells.compare_and_set(&key, None, Some(&value)), Ok(Swap::Done));
    assert_eq!(cells.get(&key), Ok(Some(Bytes::from(value.clone()))));
    let long = |bytes: &[u8]| [bytes, &[7]].concat();
    for (key, value) in [(&[][..], &[1][..]), (&long(&key), &[1]), (&[1], &long(&value))] {
        assert!(matches!(cells.compare_and_set(key, None, Some(value)), Err(StoreError::Length { .. })));
    }
}

fn recovering_a_sound_store_changes_nothing(catalog: &dyn Catalog) {
    let log = catalog.create("a").expect("a new ledger");
    append(&*log, 100).expect("appended");
    assert_eq!(catalog.recover(), Ok(()));
    append(&*log, 100).expect("appended");
    assert_whole(&*log, at(200));
}

fn derived_values_are_kept(catalog: &dyn Catalog) {
    let (a, b) = (catalog.create("a").expect("a new ledger"), catalog.create("b").expect("a new ledger"));
    let pair = |key: &'static str, value: Vec<u8>| (Bytes::from_static(key.as_bytes()), Bytes::from(value));
    assert_eq!(a.derived(b"one"), Ok(None));
    a.keep_derived(&[pair("one", vec![1; CELL_VALUE_BYTES_MAX]), pair("two", vec![2])]).expect("kept");
    b.keep_derived(&[pair("one", vec![3])]).expect("kept");
    a.keep_derived(&[pair("two", vec![4, 4])]).expect("kept");
    a.keep_derived(&[]).expect("nothing to keep");
    assert_eq!(a.derived(b"one"), Ok(Some(vec![1; CELL_VALUE_BYTES_MAX].into())));
    assert_eq!(a.derived(b"two"), Ok(Some(vec![4, 4].into())));
    assert_eq!(b.derived(b"one"), Ok(Some(vec![3].into())));
    assert_eq!(b.derived(b"two"), Ok(None));
    let too_long = a.keep_derived(&[pair("one", vec![9; CELL_VALUE_BYTES_MAX + 1])]);
    assert!(matches!(too_long, Err(StoreError::Length { .. })), "{too_long:?}");
    assert_eq!((a.head(), a.damage()), (Position::ORIGIN, vec![]), "the log is untouched");
}

fn notes_and_marks_are_kept(catalog: &dyn Catalog) {
    let (a, b) = (catalog.create("a").expect("a new ledger"), catalog.create("b").expect("a new ledger"));
    assert_eq!((a.note(), b.note()), (Ok(Note::Absent), Ok(Note::Absent)));
    for note in [&b"one"[..], &[b'x'; NOTE_BYTES_MAX], b"three"] {
        a.keep_note(note).expect("kept");
        assert_eq!(a.note(), Ok(Note::Kept(Bytes::copy_from_slice(note))));
    }
    assert_eq!(b.note(), Ok(Note::Absent));
    for wrong in [0, NOTE_BYTES_MAX + 1] {
        assert!(matches!(a.keep_note(&vec![b'x'; wrong]), Err(StoreError::Length { .. })), "{wrong} bytes");
    }
    assert_eq!(a.note(), Ok(Note::Kept(Bytes::from_static(b"three"))));

    let mark = |position: u64| {
        let mut mark = [0; 32];
        mark[..8].copy_from_slice(&position.to_be_bytes());
        mark
    };
    let mut head = 0;
    for count in [1, 2, 200, 53, 1, 255, 256, 1000, 3] {
        let marks: Vec<_> = (head + 1..=head + count).map(mark).collect();
        a.keep_marks(at(head), &marks).expect("kept");
        head += count;
        let expected: Vec<_> = (1..=head).map(mark).collect();
        assert_eq!(a.marks(at(0), head as usize), Ok(expected), "all of them at {head}");
    }
    assert_eq!(a.marks(at(head - 1), 3), Ok(vec![mark(head), [0; 32], [0; 32]]), "none beyond the last");
    a.keep_marks(at(4), &[mark(77)]).expect("kept");
    assert_eq!(a.marks(at(3), 3), Ok(vec![mark(4), mark(77), mark(6)]), "one in place of another");
    assert_eq!(b.marks(at(0), 2), Ok(vec![[0; 32]; 2]), "never marked");
}

fn the_last_secret_is_kept(catalog: &dyn Catalog) {
    assert_eq!(catalog.secret(), Ok(None));
    for secret in ["one", "another, longer one", "x"] {
        catalog.keep_secret(secret).expect("kept");
        assert_eq!(catalog.secret(), Ok(Some(secret.to_owned())));
    }
}
