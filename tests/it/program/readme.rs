//! The README's shown output is the program's output.

use super::running::{Process, stderr, stdout};

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

/// The README with the output of every `$ entente …` of its console blocks as `print` gives it.
fn filled(readme: &str, mut print: impl FnMut(&str) -> String) -> String {
    let mut filled = String::new();
    let mut inside = false;
    // Below a command stands its output, up to the next command or the end of the block.
    let mut below = false;
    for line in readme.lines() {
        let command = line.strip_prefix("$ entente ").filter(|_| inside);
        match line {
            "```console" => inside = true,
            "```" => (inside, below) = (false, false),
            _ if line.starts_with("$ ") => below = command.is_some(),
            _ => {}
        }
        if below && command.is_none() {
            continue;
        }
        filled.push_str(line);
        filled.push('\n');
        if let Some(command) = command {
            // The README's blocks end without the last empty line.
            filled.push_str(print(command).trim_end());
            filled.push('\n');
        }
    }
    filled
}

/// With ENTENTE_WRITE_README set, writes what the program prints into the README; a person reads the difference.
#[test]
fn every_output_shown_in_the_readme_is_what_the_program_prints() {
    let server = Process::start("demo");
    let readme = std::fs::read_to_string(README).unwrap();
    let mut commands = 0;
    let filled = filled(&readme, |command| {
        let fixed = ["read ", "import ", "watch --after "].iter().any(|verb| command.starts_with(verb))
            || command.contains("--as-of");
        assert!(fixed, "`{command}` fixes its clocks, or its output would change with the day");
        commands += 1;
        let arguments: Vec<&str> = command.split_whitespace().collect();
        stdout(&server.client(&arguments))
    });
    assert!(commands >= 5, "the README shows the commands on the real data");
    if std::env::var_os("ENTENTE_WRITE_README").is_some() {
        return std::fs::write(README, filled).unwrap();
    }
    for (number, (shown, printed)) in readme.lines().zip(filled.lines()).enumerate() {
        assert_eq!(printed, shown, "line {} of README.md; the program prints the first", number + 1);
    }
    assert_eq!(readme.lines().count(), filled.lines().count());
}

#[test]
fn the_example_files_do_what_the_readme_says() {
    let server = Process::start("demo");
    let example = |name: &str| format!("{}/examples/{name}", env!("CARGO_MANIFEST_DIR"));
    let said = |arguments: &[&str]| {
        let output = server.client(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
        stdout(&output)
    };
    let rare_earths = ["status", "rare-earth-suspension", "--as-of", "2026-11-24"];
    assert!(said(&rare_earths).contains("DISPUTED"));
    said(&["record", &example("formal-notice.yaml")]);
    assert!(said(&rare_earths).contains("ON_TRACK"));
    assert!(said(&[rare_earths.as_slice(), &["--known-at", "298"]].concat()).contains("DISPUTED"));

    said(&["create", "my-deal", "--title", "My first deal"]);
    said(&["record", &example("first-deal.yaml")]);
    let own = ["status", "--ledger", "my-deal", "--as-of", "2026-11-24"];
    assert!(said(&own).contains("NOT_MET"));
    said(&["record", &example("first-act.yaml")]);
    assert!(said(&own).contains("✔ MET"));
}
