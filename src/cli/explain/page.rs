//! Page: indented lines and aligned tables, no wider than people read.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;

use super::super::board::grouped;
use super::super::width;
use crate::wire;

/// How wide a line may be, in characters; less where the output is narrower.
const WIDTH: usize = 120;
/// How far a column but the last may reach; what is longer pushes the rest of its row.
const COLUMN_MAX: usize = 46;
/// The least room that is left to the last column of a table.
const LAST_COLUMN_MIN: usize = 30;

/// Text in the making.
#[derive(Debug, Default)]
pub(super) struct Page {
    text: String,
}

impl Page {
    /// An empty line.
    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A heading, after an empty line.
    pub(super) fn heading(&mut self, indent: usize, text: &str) {
        self.blank();
        self.line(indent, text);
    }

    /// One line, continued below where it is too long.
    pub(super) fn line(&mut self, indent: usize, text: &str) {
        self.put(&" ".repeat(indent), indent, text);
    }

    /// Rows whose columns stand under each other; the last column is continued below where it is too long.
    pub(super) fn table(&mut self, indent: usize, rows: Vec<Vec<String>>) {
        let columns = rows.iter().map(Vec::len).max().unwrap_or_default().saturating_sub(1);
        let widest = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).filter(|width| *width <= COLUMN_MAX).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..columns).map(widest).collect();
        for row in rows {
            let mut lead = " ".repeat(indent);
            for (cell, width) in row.iter().zip(&widths) {
                lead.push_str(&format!("{cell:<width$}  "));
            }
            let hang = indent + widths.iter().map(|width| width + 2).sum::<usize>();
            self.put(&lead, hang, row.last().map_or("", String::as_str));
        }
    }

    /// The whole text.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// Puts a text after its lead, broken between words; later lines hang at `hang`.
    fn put(&mut self, lead: &str, hang: usize, text: &str) {
        let width = width::get().map_or(WIDTH, |width| width.min(WIDTH));
        let hang = hang.min(width.saturating_sub(LAST_COLUMN_MIN));
        let mut line = lead.to_owned();
        let mut is_bare = true;
        for word in text.split_whitespace() {
            let needed = line.chars().count() + word.chars().count() + usize::from(!is_bare);
            if needed > width && !is_bare {
                self.end(&line);
                line = " ".repeat(hang);
                is_bare = true;
            }
            if !is_bare {
                line.push(' ');
            }
            line.push_str(word);
            is_bare = false;
        }
        self.end(&line);
    }

    fn end(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }
}

/// A text with its long numbers in groups of three digits; days, instants, names and what follows a point stay as they
/// are. A text that is a fraction also says about how much that is.
pub(super) fn readable(text: &str) -> String {
    let words: Vec<String> = text.split(' ').map(readable_word).collect();
    words.join(" ")
}

fn readable_word(word: &str) -> String {
    let bare = word.trim_matches(['(', ')', ',']);
    if let Some((numerator, denominator)) = bare.split_once('/').filter(|(n, d)| is_number(n) && is_number(d)) {
        let fraction = format!("{}/{}", grouped(numerator), grouped(denominator));
        let about = match (numerator.parse::<BigInt>(), denominator.parse::<BigInt>()) {
            (Ok(numerator), Ok(denominator)) if !denominator.is_zero() => {
                grouped(&wire::four_places(&BigRational::new(numerator, denominator)))
            }
            _ => return word.to_owned(),
        };
        return word.replace(bare, &format!("{fraction} (about {about})"));
    }
    if is_number(bare) && bare.len() > 4 { word.replace(bare, &grouped(bare)) } else { word.to_owned() }
}

/// Whether a word is digits, with at most a minus before them and a point among them.
fn is_number(word: &str) -> bool {
    let unsigned = word.strip_prefix('-').unwrap_or(word);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_are_grouped_and_dates_are_not() {
        let cases = [
            ("12000000 x 62 / 61", "12,000,000 x 62 / 61"),
            ("2025-12-31T16:00:00Z", "2025-12-31T16:00:00Z"),
            ("-5000000/73", "-5,000,000/73 (about -68,493.1507)"),
            ("(1200000 - 3) / 61 days", "(1,200,000 - 3) / 61 days"),
            ("eo-14357, 2026-01-01", "eo-14357, 2026-01-01"),
            ("68493.15068", "68,493.15068"),
            ("HS28052", "HS28052"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(readable(text), expected);
        }
    }

    #[test]
    fn no_line_is_wider_than_people_read_and_the_last_column_hangs() {
        let mut page = Page::default();
        page.table(2, vec![vec!["a".to_owned(), "word ".repeat(40)], vec!["bcd".to_owned(), "x".to_owned()]]);
        let text = page.into_text();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH));
        assert!(lines[0].starts_with("  a    word") && lines[1].starts_with("       word") && lines[2] == "  bcd  x");
    }
}
