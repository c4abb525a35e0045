//! Codes that the products of a list are to begin with, read as exposure reads a company's items.

use crate::domain::Nomenclature;
use crate::views::{Codes, Item, Reading};

/// The longest code of any list.
const BYTES_MAX: usize = 24;
const FORM: &str = "a product code or the beginning of one, such as 1201, 9903.05.20 or 3A090";

/// The spellings in which the ledger writes a code or the beginning of one; several where lists differ in how they write it.
pub(super) fn read(text: &str) -> Result<Vec<String>, String> {
    if text.is_empty() || text.len() > BYTES_MAX {
        return Err(format!("{text:?} is not {FORM}"));
    }
    let item = Item { code: text.to_owned(), nomenclature: None, name: String::new() };
    match item.read() {
        Reading::Codes(lists) if lists.iter().all(is_one) => {
            let mut codes: Vec<String> = lists.into_iter().map(|codes| codes.from).collect();
            codes.sort_unstable();
            codes.dedup();
            Ok(codes)
        }
        Reading::Codes(_) => Err(format!("{text:?} is a range; give {FORM}")),
        Reading::Words(_) => Err(format!("{text:?} is not {FORM}")),
        Reading::Unreadable(problem) => Err(problem),
    }
}

fn is_one(codes: &Codes) -> bool {
    codes.from == codes.through
}

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
    fn codes_are_read_as_the_ledger_writes_them() {
        for (text, codes) in
            [("1201", "1201"), ("9903.05.20", "99030520"), ("3a090.A", "3A090.a"), ("3A", "3A"), ("28", "28")]
        {
            assert_eq!(read(text), Ok(vec![codes.to_owned()]), "{text}");
        }
        for (text, why) in [
            ("abc", "not a product code"),
            ("99999", "5 digits"),
            ("zz", "not a product code"),
            ("", "not a product code"),
            ("2801-2805", "is a range"),
            ("123456789012345678901234567890", "not a product code"),
        ] {
            assert!(read(text).is_err_and(|problem| problem.contains(why)), "{text}: {:?}", read(text));
        }
    }

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
