//! Numbers and words of answers, the same in tables and in the console.

/// A ratio such as 0.2520 as a percentage with one digit, cut and not rounded up: 99.96 % is not 100 %. None of nothing is no
/// share.
pub fn percent(ratio: &str) -> String {
    if ratio.is_empty() {
        return "-".to_owned();
    }
    let (whole, fraction) = ratio.split_once('.').unwrap_or((ratio, ""));
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    let shifted = format!("{whole}{}", &digits[..2]);
    let trimmed = shifted.trim_start_matches('0');
    format!("{}.{} %", if trimmed.is_empty() { "0" } else { trimmed }, &digits[2..])
}

/// A decimal with its whole digits in groups of three.
pub fn grouped(decimal: &str) -> String {
    let (sign, unsigned) = decimal.strip_prefix('-').map_or(("", decimal), |rest| ("-", rest));
    let (whole, fraction) = unsigned.split_once('.').map_or((unsigned, None), |(whole, rest)| (whole, Some(rest)));
    let mut text = sign.to_owned();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// A number for people: a large one without its fraction, cut and not rounded up. What needs every digit shows [`grouped`].
pub fn legible(decimal: &str) -> String {
    let (whole, _) = decimal.split_once('.').unwrap_or((decimal, ""));
    grouped(if whole.trim_start_matches('-').len() > 3 { whole } else { decimal })
}

/// A word of the vocabulary without the prefix that its enum gives it on the wire.
pub fn word<'a>(spelled: &'a str, prefix: &str) -> &'a str {
    spelled.strip_prefix(prefix).unwrap_or(spelled)
}
