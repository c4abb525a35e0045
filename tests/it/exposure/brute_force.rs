//! The index against plain comparison of every code with every item.

use entente::domain::{Nomenclature, Product};
use entente::views::{Codes, Item, MatchKind, Reading};
use proptest::prelude::*;

use super::item;
use super::told::{Told, product};

const LISTS: [Nomenclature; 6] = Nomenclature::ALL;

/// How one listed code touches codes, by the words of the rule alone.
fn touch(listed: &Product, codes: &Codes) -> Option<MatchKind> {
    if listed.nomenclature() == codes.nomenclature {
        let one = codes.from == codes.through;
        return match within(listed.code(), codes) {
            true if one && listed.code() == codes.from => Some(MatchKind::Exact),
            true => Some(MatchKind::Over),
            false => above(listed.code(), codes).then_some(MatchKind::Under),
        };
    }
    let national = |code: &str| code.starts_with("98") || code.starts_with("99");
    let comparable = listed.nomenclature().is_tariff() && codes.nomenclature.is_tariff();
    if !comparable || [listed.code(), &codes.from, &codes.through].into_iter().any(national) {
        return None;
    }
    let cut = |code: &str| code[..code.len().min(6)].to_owned();
    let shared = Codes { nomenclature: codes.nomenclature, from: cut(&codes.from), through: cut(&codes.through) };
    let head = cut(listed.code());
    (within(&head, &shared) || above(&head, &shared)).then_some(MatchKind::Approximate)
}

/// It begins with a code between the two ends.
fn within(listed: &str, codes: &Codes) -> bool {
    listed.len() >= codes.from.len() && {
        let head = &listed[..codes.from.len()];
        let joint = !codes.from.contains('.') || head == listed || listed[head.len()..].starts_with('.');
        head >= codes.from.as_str() && head <= codes.through.as_str() && joint
    }
}

/// Some code between the two ends begins with it.
fn above(listed: &str, codes: &Codes) -> bool {
    listed.len() < codes.from.len()
        && listed >= &codes.from[..listed.len()]
        && listed <= &codes.through[..listed.len()]
        && (codes.nomenclature.is_tariff() || codes.from[listed.len()..].starts_with('.'))
}

/// Codes that meet often: few digits, few chapters.
fn tariff_code() -> impl Strategy<Value = String> {
    let chapter = prop_oneof![Just("28"), Just("29"), Just("99")];
    (chapter, prop::collection::vec(prop_oneof![Just("01"), Just("05"), Just("30")], 0..4))
        .prop_map(|(chapter, rest)| format!("{chapter}{}", rest.concat()))
}

fn control_code() -> impl Strategy<Value = String> {
    let entry = prop_oneof![Just("1C902"), Just("3A090"), Just("3A091")];
    let part = prop_oneof![Just(""), Just(".a"), Just(".a.1"), Just(".ab"), Just(".b")];
    (entry, part).prop_map(|(entry, part)| format!("{entry}{part}"))
}

fn listed() -> impl Strategy<Value = Product> {
    (0..LISTS.len(), tariff_code(), control_code()).prop_map(|(list, tariff, control)| {
        let nomenclature = LISTS[list];
        let longest = if nomenclature == Nomenclature::Hs2022 { 6 } else { 8 };
        let tariff = &tariff[..tariff.len().min(longest)];
        product(nomenclature, if nomenclature.is_tariff() { tariff } else { &control })
    })
}

fn wanted() -> impl Strategy<Value = Item> {
    let ends = (listed(), listed(), any::<bool>(), any::<bool>());
    ends.prop_map(|(from, through, range, named)| {
        let is_range = range && from.code().len() == through.code().len() && from.code() <= through.code();
        let code = if is_range { format!("{}-{}", from.code(), through.code()) } else { from.code().to_owned() };
        item(&code, named.then(|| from.nomenclature()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_index_finds_what_plain_comparison_finds(lists in prop::collection::vec(listed(), 1..12), items in prop::collection::vec(wanted(), 1..12)) {
        let mut told = Told::default();
        for (index, listed) in lists.iter().enumerate() {
            told.measure(&format!("m{index:02}"), "A measure", vec![listed.clone()]);
        }
        for item in items {
            let readings = match item.read() {
                Reading::Codes(readings) => readings,
                _ => Vec::new(),
            };
            let mut expected: Vec<(MatchKind, String)> = Vec::new();
            for (index, listed) in lists.iter().enumerate() {
                let closest = readings.iter().filter_map(|codes| touch(listed, codes)).min();
                expected.extend(closest.map(|kind| (kind, format!("measures/m{index:02}"))));
            }
            expected.sort();
            prop_assert_eq!(told.touching(&item), expected, "{:?}", item);
        }
    }
}
