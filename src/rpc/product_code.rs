//! Codes that the products of a list are to begin with, read as exposure reads a company's items.

use crate::domain::Nomenclature;
use crate::views::Item;

pub(super) use crate::ledger::product_codes as read;

/// What is wrong with the code of an item that looks like one and is none, where more can be said than that. A code whose
/// list is named is told what that list's codes look like.
pub(super) fn doubt(item: &Item) -> Option<String> {
    let text = item.code.trim();
    if is_of_a_spreadsheet(text) {
        return Some(format!(
            "{text:?} is how a spreadsheet shows a long number; format the column as text and give all digits of the code"
        ));
    }
    let (from, through) = text.split_once(['-', '–'])?;
    let digits = |end: &str| -> String { end.chars().filter(char::is_ascii_digit).collect() };
    let is_tariff = |end: &str| end.chars().all(|sign| sign.is_ascii_digit() || sign == '.' || sign.is_whitespace());
    let (first, last) = (digits(from), digits(through));
    let runs_backwards = is_tariff(from)
        && is_tariff(through)
        && item.nomenclature.is_none_or(Nomenclature::is_tariff)
        && first.len() == last.len()
        && last < first;
    runs_backwards.then(|| format!("{text:?} runs backwards; a range goes from the lower code, as in {through}-{from}"))
}

/// `2.8E+05`: digits, a sign of an exponent, digits. `3E001` is a control code.
fn is_of_a_spreadsheet(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let unsigned = exponent.strip_prefix(['+', '-']);
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let plain: String = mantissa.chars().filter(|sign| !['.', ','].contains(sign)).collect();
    all_digits(&plain) && all_digits(unsigned.unwrap_or(exponent)) && (unsigned.is_some() || plain != mantissa)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_code_and_is_none_is_named() {
        let said = |code: &str| doubt(&Item { code: code.to_owned(), ..Item::default() }).unwrap_or_default();
        assert!(said("2805-2801").contains("runs backwards") && said("2805-2801").ends_with("2801-2805"));
        for number in ["2.8E+05", "2,8E+05", "3E+09", "2.8e5"] {
            assert!(said(number).contains("spreadsheet"), "{number}");
        }
        for code in ["2801-2805", "3E001", "3A090.a", "rare-earth", "steel-2801", "2801-28", "E", "3E001.e", ""] {
            assert_eq!(said(code), "", "{code}");
        }
    }
}
