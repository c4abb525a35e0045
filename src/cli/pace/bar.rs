//! A bar of how much was performed of a target, with a stroke where it was expected to be.

use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive};

use crate::domain::Decimal;

const CELLS: i64 = 24;

/// The bar: full cells for what was performed, cut and never rounded up; empty where a figure is none.
pub(super) fn bar(performed: &str, expected: Option<&str>, target: &str) -> String {
    let fraction = |text: &str| Decimal::parse(text).ok().map(Decimal::fraction);
    let (Some(performed), Some(target)) = (fraction(performed), fraction(target)) else { return String::new() };
    if !target.is_positive() {
        return String::new();
    }
    let cells = |amount: &BigRational| {
        let cells = (amount / &target * BigRational::from_integer(CELLS.into())).floor().to_integer();
        cells.to_i64().unwrap_or(CELLS).clamp(0, CELLS)
    };
    let full = cells(&performed);
    let stroke = expected.and_then(fraction).map(|expected| cells(&expected).min(CELLS - 1));
    let cell = |index: i64| match index {
        index if Some(index) == stroke => '┃',
        index if index < full => '█',
        _ => '░',
    };
    (0..CELLS).map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn a_bar_is_cut_and_never_rounded_up() {
        let cases = [
            ("0", None, "100", "░░░░░░░░░░░░░░░░░░░░░░░░"),
            ("50", Some("25"), "100", "██████┃█████░░░░░░░░░░░░"),
            ("99.9999", Some("100"), "100", "███████████████████████┃"),
            ("-5", Some("50"), "100", "░░░░░░░░░░░░┃░░░░░░░░░░░"),
            ("250", None, "100", "████████████████████████"),
            ("1", None, "0", ""),
        ];
        for (performed, expected, target, drawn) in cases {
            assert_eq!(bar(performed, expected, target), drawn, "{performed} of {target}");
        }
    }
}
