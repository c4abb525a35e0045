//! Codes that the products of a list are to begin with, read as exposure reads a company's items.

use crate::views::{Codes, Item, Reading};

/// The longest code of any list.
const BYTES_MAX: usize = 24;
const FORM: &str = "a product code or the beginning of one, such as 1201, 9903.05.20 or 3A090";

/// The spellings in which the ledger writes a code or the beginning of one; several where lists differ in how they write it.
pub fn product_codes(text: &str) -> Result<Vec<String>, String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_the_ledger_writes_them() {
        for (text, codes) in
            [("1201", "1201"), ("9903.05.20", "99030520"), ("3a090.A", "3A090.a"), ("3A", "3A"), ("28", "28")]
        {
            assert_eq!(product_codes(text), Ok(vec![codes.to_owned()]), "{text}");
        }
        for (text, why) in [
            ("abc", "not a product code"),
            ("99999", "5 digits"),
            ("zz", "not a product code"),
            ("", "not a product code"),
            ("2801-2805", "is a range"),
            ("123456789012345678901234567890", "not a product code"),
        ] {
            assert!(
                product_codes(text).is_err_and(|problem| problem.contains(why)),
                "{text}: {:?}",
                product_codes(text)
            );
        }
    }
}
