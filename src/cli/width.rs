//! How wide text for people may be: as wide as it is, unless somebody says how wide, or it goes to a terminal.

use std::io::IsTerminal as _;
use std::sync::OnceLock;

use unicode_width::UnicodeWidthChar as _;

/// What was asked for, once for the whole run.
static WIDTH: OnceLock<Option<usize>> = OnceLock::new();
/// Narrower than this nothing can be read.
const WIDTH_MIN: usize = 40;

/// Says how wide output may be: as asked, else as COLUMNS and the terminal say, else without bounds.
pub(super) fn set(asked: Option<u16>) {
    let width = asked.map(usize::from).or_else(of_terminal);
    WIDTH.get_or_init(|| width.map(|width| width.max(WIDTH_MIN)));
}

/// How many characters a line may have; none where there is no bound.
pub(super) fn get() -> Option<usize> {
    WIDTH.get().copied().flatten()
}

/// A file or a pipe has no width: what programs read stays as it is, whatever COLUMNS a shell hands on.
fn of_terminal() -> Option<usize> {
    if !std::io::stdout().is_terminal() {
        return None;
    }
    let told = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok()).filter(|columns| *columns > 0);
    told.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)))
}

/// How many cells a text takes, colour apart.
pub(super) fn cells(text: &str) -> usize {
    let mut cells = 0;
    let mut escape = false;
    for sign in text.chars() {
        match (escape, sign) {
            (false, '\u{1b}') => escape = true,
            (true, 'm') => escape = false,
            (true, _) => {}
            (false, sign) => cells += sign.width().unwrap_or_default(),
        }
    }
    cells
}

/// A text whose lines fit, broken between words; the rest of a line hangs below its beginning.
pub(super) fn folded(text: &str) -> String {
    match get() {
        Some(width) => folded_to(text, width),
        None => text.to_owned(),
    }
}

/// The same, for a width.
pub(super) fn folded_to(text: &str, width: usize) -> String {
    let mut folded = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        fold(line, width, &mut folded);
        folded.push_str(end);
    }
    folded
}

/// Puts one line down; blanks between its words stay as they are but where it is broken.
fn fold(line: &str, width: usize, folded: &mut String) {
    if cells(line) <= width {
        return folded.push_str(line);
    }
    let indent = line.len() - line.trim_start_matches(' ').len();
    let hang = (indent + 2).min(width / 2);
    folded.push_str(&line[..indent]);
    let (mut used, mut is_bare) = (indent, true);
    let mut rest = &line[indent..];
    while !rest.is_empty() {
        let end = rest.find(' ').unwrap_or(rest.len());
        let after = rest[end..].find(|sign| sign != ' ').map_or(rest.len(), |blanks| end + blanks);
        let (word, blanks) = (&rest[..end], &rest[end..after]);
        rest = &rest[after..];
        if !is_bare && used + cells(word) > width {
            folded.truncate(folded.trim_end_matches(' ').len());
            folded.push('\n');
            folded.push_str(&" ".repeat(hang));
            used = hang;
        }
        folded.push_str(word);
        folded.push_str(blanks);
        used += cells(word) + blanks.len();
        is_bare = false;
    }
}

#[cfg(test)]
mod tests {
    use super::{cells, folded_to};

    #[test]
    fn lines_are_broken_between_words_and_hang_below_their_beginning() {
        let cases = [
            ("short\n", 10, "short\n"),
            ("one two three four\n", 10, "one two\n  three\n  four\n"),
            ("  a    b wide\nnext", 9, "  a    b\n    wide\nnext"),
            ("id-that-is-longer-than-the-line is\n", 12, "id-that-is-longer-than-the-line\n  is\n"),
            ("\u{1b}[32m✔ MET\u{1b}[0m by all\n", 9, "\u{1b}[32m✔ MET\u{1b}[0m by\n  all\n"),
            ("\n\n", 10, "\n\n"),
        ];
        for (text, width, expected) in cases {
            assert_eq!(folded_to(text, width), expected);
        }
        assert_eq!(cells("\u{1b}[31m✖ 中\u{1b}[0m"), 4);
    }
}
