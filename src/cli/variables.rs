//! Environment variables that look like settings and are none: a misspelt one would be left out without a word.

use std::collections::BTreeSet;

use clap::Command;

/// What settings begin with.
const PREFIX: &str = "ENTENTE_";

/// Says on standard error which variables are no settings of a command.
pub(super) fn warn_of_unknown(program: &Command) {
    let known = known(program);
    for (name, _) in std::env::vars_os() {
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX) && !known.contains(*name)) else {
            continue;
        };
        let meant = known.iter().find(|known| is_near(known, name));
        let meant =
            meant.map_or_else(|| "`entente serve --help` lists them".to_owned(), |it| format!("did you mean {it}?"));
        eprintln!("entente: the environment variable {name} is no setting and is not looked at; {meant}");
    }
}

/// The variables that some command of the program takes.
fn known(program: &Command) -> BTreeSet<String> {
    let own = program.get_arguments().filter_map(|argument| Some(argument.get_env()?.to_str()?.to_owned()));
    own.chain(program.get_subcommands().flat_map(known)).collect()
}

/// Whether two names differ in a letter that is another, missing or too many, or in the order of two.
fn is_near(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let same_head = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    let (one, other) = (&one[same_head..], &other[same_head..]);
    let same_tail = one.iter().rev().zip(other.iter().rev()).take_while(|(one, other)| one == other).count();
    let (one, other) = (&one[..one.len() - same_tail], &other[..other.len() - same_tail]);
    matches!((one, other), ([] | [_], [] | [_])) || matches!((one, other), ([a, b], [c, d]) if a == d && b == c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_one_letter_is_near() {
        for slip in ["ENTENTE_LISTN", "ENTENTE_LISSTEN", "ENTENTE_LISTAN", "ENTENTE_LITSEN"] {
            assert!(is_near("ENTENTE_LISTEN", slip), "{slip}");
        }
        assert!(!is_near("ENTENTE_LISTEN", "ENTENTE_LIST"));
        assert!(!is_near("ENTENTE_LISTEN", "ENTENTE_TOKEN"));
    }
}
