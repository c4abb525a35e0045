//! Tables for people: as wide as their text, or fitted to the width of the output.

use comfy_table::{Cell, ColumnConstraint, ContentArrangement, Row, Table, Width, presets};

use super::width;

/// What stands left and right of each cell.
const PADDING: usize = 2;
/// A column that would like more than this holds sentences, and needs that much at least.
const SENTENCE: usize = 40;
const SENTENCE_MIN: usize = 28;

/// A table with these columns and no rows.
pub(super) fn columns<T: Into<comfy_table::Row>>(names: T) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(names);
    table
}

/// The table as text, without blanks at the ends of its lines. Where it is wider than the output its widest columns are
/// broken between words, and its last ones go below their rows where there is no room for them; ids and numbers stay whole.
pub(super) fn print(table: Table) -> String {
    match width::get() {
        Some(width) => fitted(&table, width),
        None => text_of(&table),
    }
}

fn text_of(table: &Table) -> String {
    table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn fitted(table: &Table, width: usize) -> String {
    let natural: Vec<usize> = table.column_max_content_widths().into_iter().map(usize::from).collect();
    if natural.iter().sum::<usize>() + natural.len() * PADDING <= width {
        return text_of(table);
    }
    let least: Vec<usize> = longest_words(table, natural.len()).into_iter().zip(&natural).map(least).collect();
    let needed = |columns: usize| least[..columns].iter().sum::<usize>() + columns * PADDING;
    let beside = (1..=natural.len()).rev().find(|columns| needed(*columns) <= width).unwrap_or(1);
    let room = width.saturating_sub(beside * PADDING);
    let widths = shared(&natural[..beside], &least[..beside], room);
    let names: Vec<String> = table.header().into_iter().flat_map(Row::cell_iter).map(Cell::content).collect();
    let mut text = row_text(&names[..beside.min(names.len())], &widths);
    for row in table.row_iter() {
        let cells: Vec<String> = row.cell_iter().map(Cell::content).collect();
        let (left, below) = cells.split_at(beside.min(cells.len()));
        text.push_str(&row_text(left, &widths));
        let said = names.iter().skip(beside).zip(below).filter(|(_, cell)| !["", "-"].contains(&cell.trim()));
        text.push_str(&below_row(said.map(|(name, cell)| format!("{name}: {cell}")), width));
    }
    text
}

/// What stands below a row: as many on a line as there is room for.
fn below_row(said: impl Iterator<Item = String>, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for said in said {
        match lines.last_mut() {
            Some(line) if width::cells(line) + width::cells(&said) + 3 <= width => line.push_str(&format!(" · {said}")),
            _ => lines.push(format!("    {said}")),
        }
    }
    lines.iter().map(|line| width::folded_to(&format!("{line}\n"), width)).collect()
}

/// One row in columns of these widths.
fn row_text(cells: &[String], widths: &[usize]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    let blanks = std::iter::repeat_n(String::new(), widths.len() - cells.len());
    table.add_row(cells.iter().cloned().chain(blanks));
    for (column, cells) in table.column_iter_mut().zip(widths) {
        let cells = u16::try_from(cells + PADDING).unwrap_or(u16::MAX);
        column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(cells)));
    }
    text_of(&table)
}

/// What a column needs at least, of the widest word and of what it would like: sentences need some room to be read.
fn least((word, natural): (usize, &usize)) -> usize {
    if *natural > SENTENCE { word.max(SENTENCE_MIN) } else { word }
}

/// The widest word of each column; a mark and the word that it stands before are one.
fn longest_words(table: &Table, columns: usize) -> Vec<usize> {
    let mut longest = vec![0; columns];
    for row in table.header().into_iter().chain(table.row_iter()) {
        for (widest, cell) in longest.iter_mut().zip(row.cell_iter()) {
            let content = cell.content();
            let indent = content.len() - content.trim_start().len();
            let mut before = indent;
            for word in content.split_whitespace() {
                let cells = before + width::cells(word);
                *widest = cells.max(*widest);
                before = if cells == 1 && !word.chars().any(char::is_alphanumeric) { 2 } else { 0 };
            }
        }
    }
    longest
}

/// The widths that share the room: a column gets what it would like, but no more than the level at which all of it is
/// given out, and never less than it needs.
fn shared(natural: &[usize], least: &[usize], room: usize) -> Vec<usize> {
    let at = |level: usize| -> Vec<usize> {
        natural.iter().zip(least).map(|(natural, least)| (*natural).min(level).max(*least)).collect()
    };
    let fits = |level: &usize| at(*level).iter().sum::<usize>() <= room;
    let highest = natural.iter().copied().max().unwrap_or_default();
    let level = (0..=highest).rev().find(fits).unwrap_or_default();
    let mut widths = at(level);
    // What is left over, one cell each, to those that would like more.
    let mut left = room.saturating_sub(widths.iter().sum());
    for (width, natural) in widths.iter_mut().zip(natural) {
        if left > 0 && *width < *natural {
            *width += 1;
            left -= 1;
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::{columns, fitted, shared};

    #[test]
    fn the_widest_columns_give_way_and_no_word_is_broken() {
        let mut table = columns(["commitment", "status", "what"]);
        let what = "Not to apply the six announcements of October 2025";
        table.add_row(["rare-earth-suspension", "\u{1b}[35m◆ DISPUTED\u{1b}[0m", what]);
        assert_eq!(
            fitted(&table, 66),
            " commitment             status      what\n \
             rare-earth-suspension  \u{1b}[35m◆ DISPUTED\u{1b}[0m  Not to apply the six\n\
             \u{20}                                   announcements of October 2025\n"
        );
        assert_eq!(
            fitted(&table, 40),
            " commitment             status\n \
             rare-earth-suspension  \u{1b}[35m◆ DISPUTED\u{1b}[0m\n    \
             what: Not to apply the six\n      announcements of October 2025\n"
        );
    }

    #[test]
    fn room_is_shared_and_what_cannot_be_less_is_not() {
        let cases = [
            (vec![10, 40, 40], vec![5, 5, 5], 50, vec![10, 20, 20]),
            (vec![10, 40, 40], vec![5, 5, 35], 50, vec![8, 7, 35]),
            (vec![10, 12], vec![10, 12], 5, vec![10, 12]),
            (vec![3, 30], vec![3, 4], 20, vec![3, 17]),
        ];
        for (natural, least, room, expected) in cases {
            assert_eq!(shared(&natural, &least, room), expected, "{natural:?} in {room}");
        }
    }
}
