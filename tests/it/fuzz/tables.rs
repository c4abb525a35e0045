//! Mapping files, and statistical tables read through them.

use std::path::Path;

use entente::domain::Slug;
use entente::exchange::table::{Figures, Holdings, Mapping, Reject, Rejects, TableError, is_rejects};

use super::campaign::Decoder;

const WEEKLY: &str = "data/us-china/usda-weekly";

pub(super) fn decoders() -> Vec<Decoder> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let ledger = Slug::parse("us-china").unwrap();
    let weekly_mapping = text(&format!("{WEEKLY}.mapping.toml"));
    let weekly = text(&format!("{WEEKLY}.csv"));
    let mapping = Mapping::parse(&weekly_mapping, &ledger).unwrap();
    let first_lines: String = weekly.lines().take(12).map(|line| format!("{line}\n")).collect();
    let (by_mapping, of_table) = (ledger.clone(), first_lines.clone());
    vec![
        Decoder::of_text("mapping", move |text| match Mapping::parse(text, &by_mapping) {
            Ok(mapping) => {
                // Whatever it asks for, the table either has it or is told what it lacks.
                let _ = figures(of_table.as_bytes(), &mapping);
                true
            }
            Err(error) => {
                assert!(!error.to_string().is_empty());
                false
            }
        })
        .valid([weekly_mapping, text("data/phase-one/categories.mapping.toml")])
        .odd(["a=".to_owned() + &"[".repeat(60_000), "a={a=".repeat(10_000), "a.".repeat(30_000) + "a=1"])
        .costing(5),
        Decoder::new("table", move |bytes| match figures(bytes, &mapping) {
            Ok((figures, rejects)) => {
                let nothing = Holdings::default();
                for it in figures.compare(&nothing, &mapping) {
                    assert!(it.line() > 0 && !it.label(&ledger).is_empty() && !it.number().is_empty());
                }
                assert!(rejects.iter().all(|reject| reject.line > 0 && !reject.reason.is_empty()), "{rejects:?}");
                rejects.is_empty()
            }
            Err(error) => {
                assert!(!error.to_string().is_empty());
                false
            }
        })
        .valid([first_lines, weekly])
        .odd(["week_ending".to_owned() + &",a".repeat(30_000), "\"".repeat(60_001), "\n".repeat(60_000)])
        .costing(5),
    ]
}

/// Reads a table, and writes what it rejects as `import` does.
fn figures(bytes: &[u8], mapping: &Mapping) -> Result<(Figures, Vec<Reject>), TableError> {
    let mut rejects = Vec::new();
    let figures = Figures::read(bytes, mapping, &mut |reject| {
        rejects.push(reject);
        Ok(())
    })?;
    let mut file = Rejects::new(|| Ok(std::io::Cursor::new(Vec::new())));
    rejects.iter().for_each(|reject| file.add(reject).unwrap());
    assert_eq!(file.count(), rejects.len() as u64);
    let mut written = Vec::new();
    file.write_to(&mut written).unwrap();
    let text = String::from_utf8(written).expect("a file of rejected lines is a text");
    assert!(rejects.is_empty() || is_rejects(&text), "{text:?}");
    Ok((figures, rejects))
}
