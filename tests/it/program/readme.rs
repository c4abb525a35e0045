//! The README's shown output is the program's output.

use super::running::{Process, stderr, stdout};

/// A command of the README and the output shown below it.
struct Shown {
    command: String,
    output: String,
}

/// Every `$ entente …` of a console block, with the lines up to the next command or the end of the block.
fn shown() -> Vec<Shown> {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let mut shown: Vec<Shown> = Vec::new();
    let mut inside = false;
    for line in readme.lines() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            line if inside && line.starts_with("$ entente ") => {
                let command = line.trim_start_matches("$ entente ").to_owned();
                shown.push(Shown { command, output: String::new() });
            }
            line if inside => {
                if let Some(last) = shown.last_mut() {
                    last.output.push_str(line);
                    last.output.push('\n');
                }
            }
            _ => {}
        }
    }
    shown
}

#[test]
fn every_output_shown_in_the_readme_is_what_the_program_prints() {
    let server = Process::start("demo");
    let shown = shown();
    assert!(shown.len() >= 5, "the README shows the commands on the real data");
    for Shown { command, output } in shown {
        let fixed = ["read ", "import ", "watch --after "].iter().any(|verb| command.starts_with(verb))
            || command.contains("--as-of");
        assert!(fixed, "`{command}` fixes its clocks, or its output would change with the day");
        let arguments: Vec<&str> = command.split_whitespace().collect();
        let printed = stdout(&server.client(&arguments));
        // The README's blocks end without the last empty line.
        assert_eq!(printed.trim_end(), output.trim_end(), "`entente {command}`");
    }
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
