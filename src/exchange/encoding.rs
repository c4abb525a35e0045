//! Texts of other programs: whether they are UTF-8, and how they are quoted in errors.

/// The mark that a text in UTF-16 begins with, in either order of its bytes.
const UTF_16_MARKS: [[u8; 2]; 2] = [[0xff, 0xfe], [0xfe, 0xff]];

/// Why bytes are no text that is read here, as far as their beginning tells: what they are, and what would be right. None
/// where nothing speaks against them.
pub fn fault(beginning: &[u8]) -> Option<&'static str> {
    if UTF_16_MARKS.iter().any(|mark| beginning.starts_with(mark)) {
        return Some("is UTF-16; save it as CSV in UTF-8");
    }
    if beginning.contains(&0) {
        return Some("holds zero bytes, so it is UTF-16 or no text at all; save it as CSV in UTF-8");
    }
    None
}

/// A text with its control characters spelled out, such as `\u{1b}`; line feeds and tabs stay.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '\n' | '\t' => escaped.push(sign),
            sign if sign.is_control() => escaped.extend(sign.escape_unicode()),
            sign => escaped.push(sign),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{escape, fault};

    #[test]
    fn a_text_in_utf_16_is_named_and_one_in_utf_8_is_not() {
        assert!(fault(b"\xff\xfea\0,\0").is_some_and(|why| why.starts_with("is UTF-16;")));
        assert!(fault(b"\xfe\xff\0a").is_some_and(|why| why.starts_with("is UTF-16;")));
        assert!(fault(b"a\0,\0b\0").is_some_and(|why| why.contains("zero bytes")));
        assert_eq!(fault("\u{feff}größe,\u{1b}[31m".as_bytes()), None);
    }

    #[test]
    fn what_commands_a_terminal_is_spelled_out() {
        assert_eq!(escape("a\u{1b}[31mb\r\u{9b}\n\tc é"), "a\\u{1b}[31mb\\u{d}\\u{9b}\n\tc é");
    }
}
