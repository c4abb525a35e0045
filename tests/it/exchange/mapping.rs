//! A mapping is strict: what it cannot use it refuses, by field.

use entente::exchange::table::Mapping;

use super::{MONTHLY, ledger};

/// The error of the monthly mapping with one thing changed.
fn refused(from: &str, to: &str) -> String {
    assert!(MONTHLY.contains(from), "{from}");
    Mapping::parse(&MONTHLY.replacen(from, to, 1), &ledger()).unwrap_err().to_string()
}

#[test]
fn every_mistake_is_told_by_its_field() {
    let mistakes = [
        ("covers = true", "cover = true", "unknown field `cover`"),
        ("column = \"kt\"", "column = \"kt\"\nfactor = \"2\"", "unknown field `factor`"),
        (
            "\"AmountReported\"",
            "\"PriceReported\"",
            "kind: \"PriceReported\" is none of AmountReported, MetricReported, RateSet",
        ),
        ("commitments/soybeans", "commitments/Soy beans", "subject: "),
        ("commitments/soybeans", "ledgers/other/commitments/soybeans", "subject: "),
        ("commitments/soybeans", "meetings/one", "nothing that figures are about"),
        ("series = \"customs\"\n", "", "series: required for AmountReported"),
        ("basis = \"CUSTOMS\"", "basis = \"GUESSED\"", "basis: \"GUESSED\" is none of SOLD"),
        ("unit = \"kt\"", "unit = \"stones\"", "unit: \"stones\" is not a unit"),
        ("covers = true\n", "", "covers: required for AmountReported"),
        ("covers = true", "covers = true\nitem = \"oil\"", "item: AmountReported has no use for it"),
        ("covers = true", "covers = true\ncombine = \"average\"", "combine: \"average\" is none of refuse, sum"),
        ("[[source]]\npublisher = \"Customs\"\n", "", "source: required for AmountReported"),
        ("month = \"month\"", "", "period: give one of"),
        ("month = \"month\"", "month = \"month\"\nyear = \"year\"", "period: give one of"),
        ("month = \"month\"", "ending = \"week\"", "period.days: required beside ending"),
        ("month = \"month\"", "from = \"a\"", "period: from and through go together"),
        ("month = \"month\"", "effective = \"a\"\nzone = \"UTC\"", "period: effective and zone are for RateSet"),
        ("month = \"month\"", "name = \"p1\"", "period.name: only a metric"),
        ("column = \"kt\"", "column = \"kt\"\nscale = \"0\"", "value.scale: 0 is out of range"),
        ("column = \"kt\"", "column = \"kt\"\nthousands = \".\"", "value.thousands: '.' is the decimal point"),
        ("column = \"kt\"", "column = \"kt\"\nblank = \"gone\"", "value.blank: \"gone\" is none of reject, skip"),
        ("column = \"kt\"", "column = \"kt\"\n[[filter]]\ncolumn = \"a\"", "filter[0]: give either is or one_of"),
        ("column = \"kt\"", "column = \"kt\"\n[recorded_at]\ncolumn = \"a\"\nzone = \"Mars\"", "recorded_at.zone: "),
        (
            "column = \"kt\"",
            "column = \"kt\"\n[[source]]\npublisher = \"a\"\nclass = \"SAGE\"",
            "source[0].class: \"SAGE\"",
        ),
        ("column = \"kt\"", "column = \"kt\"\n[table]\ndelimiter = \"€\"", "table.delimiter: one sign of ASCII"),
        ("\"customs\"", "{ column = \"a\", map = { x = \"Not An Id\" } }", "series.map.x: "),
        ("\"customs\"", "{ name = \"a\" }", "unknown field `name`"),
        ("\"customs\"", "3", "a text, or { column"),
    ];
    for (from, to, expected) in mistakes {
        let said = refused(from, to);
        assert!(said.contains(expected), "{to:?}: {said}");
    }
}

#[test]
fn the_mappings_that_are_shipped_can_be_read() {
    for path in ["data/us-china/usda-weekly.mapping.toml", "data/phase-one/categories.mapping.toml"] {
        let text = std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        Mapping::parse(&text, &ledger()).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
}

#[test]
fn the_page_about_mappings_names_every_field() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/import.md")).unwrap();
    let source =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/exchange/table/mapping_file.rs")).unwrap();
    let fields: Vec<&str> = source
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub(super) ")?.split_once(':'))
        .map(|(field, _)| field)
        .collect();
    assert!(fields.len() > 40, "{fields:?}");
    for field in fields {
        assert!(page.contains(&format!("`{field}`")), "docs/import.md does not explain {field}");
    }
}
