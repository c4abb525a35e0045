//! What a server is told: flags over environment over file; nonsense is one line and exit 64.

use super::running::{entente, run, stderr};

fn with_file(text: &str, arguments: &[&str]) -> std::process::Output {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("entente.toml");
    std::fs::write(&file, text).unwrap();
    let data_dir = directory.path().join("data");
    let fixed = ["serve", "--config", file.to_str().unwrap(), "--data-dir", data_dir.to_str().unwrap()];
    run(&[fixed.as_slice(), arguments].concat())
}

#[test]
fn off_the_loopback_it_does_not_start() {
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:7420"] {
        let output = run(&["serve", "--listen", listen]);
        assert_eq!(output.status.code(), Some(64), "{listen}");
        assert!(stderr(&output).contains("is not a loopback address"), "{}", stderr(&output));
        let output = run(&["demo", "--listen", listen]);
        assert_eq!(output.status.code(), Some(64), "{listen}");
    }
}

#[test]
fn a_misspelt_variable_is_told_with_what_was_meant() {
    // The address ends the server before it begins.
    let serve = |name: &str| {
        let mut command = entente(&["serve", "--listen", "192.0.2.1:7420"]);
        stderr(&command.env(name, "1").output().unwrap())
    };
    let said = serve("ENTENTE_LITSEN");
    assert!(said.contains("ENTENTE_LITSEN is no setting and is not looked at; did you mean ENTENTE_LISTEN?"), "{said}");
    let said = serve("ENTENTE_NOTHING_LIKE_IT");
    assert!(
        said.contains("ENTENTE_NOTHING_LIKE_IT is no setting and is not looked at; `entente serve --help`"),
        "{said}"
    );
    let said = serve("ENTENTE_DATA_DIR");
    assert!(!said.contains("is no setting"), "{said}");
}

#[test]
fn nonsense_in_the_file_is_named() {
    let cases = [
        ("listne = \"127.0.0.1:0\"", "listne"),
        ("listen = \"somewhere\"", "listen"),
        ("listen = \"0.0.0.0:0\"", "is not a loopback address"),
        ("cache_mib = 0", "cache_mib: 0 is out of range; 1 to 65,536"),
        ("limits.events_max = 0", "events_max: 0 is out of range; 1 to 1,000,000,000"),
        ("request_kib_max = 1", "request_kib_max: 1 is out of range"),
        ("shutdown_grace_seconds = 100000", "shutdown_grace_seconds"),
        ("webhook_file = \"/nowhere/webhooks.toml\"", "webhook_file: /nowhere/webhooks.toml: "),
    ];
    for (text, words) in cases {
        let output = with_file(text, &[]);
        assert_eq!(output.status.code(), Some(64), "{text}: {}", stderr(&output));
        assert!(stderr(&output).contains(words), "{text}: {}", stderr(&output));
    }
    let output = run(&["serve", "--config", "/nowhere/entente.toml"]);
    assert_eq!(output.status.code(), Some(64));
    assert!(stderr(&output).contains("/nowhere/entente.toml"), "{}", stderr(&output));
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    // Each source names another address that is refused, so the refusal tells which one was used.
    let file = "listen = \"192.0.2.1:1\"";
    assert!(stderr(&with_file(file, &[])).contains("192.0.2.1:1 is not a loopback"));
    assert!(stderr(&with_file(file, &["--listen", "192.0.2.3:1"])).contains("192.0.2.3:1 is not a loopback"));
    let mut command = entente(&["serve", "--listen", "192.0.2.3:1"]);
    let output = command.env("ENTENTE_LISTEN", "192.0.2.2:1").output().unwrap();
    assert!(stderr(&output).contains("192.0.2.3:1 is not a loopback"), "{}", stderr(&output));
    let output = entente(&["serve"]).env("ENTENTE_LISTEN", "192.0.2.2:1").output().unwrap();
    assert!(stderr(&output).contains("192.0.2.2:1 is not a loopback"), "{}", stderr(&output));
}

#[test]
fn the_commented_example_holds_every_setting_and_is_taken() {
    let example = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/entente.toml")).unwrap();
    // An address that is refused proves that everything before it was taken.
    let output = with_file(&example, &["--listen", "192.0.2.1:1"]);
    assert!(stderr(&output).contains("192.0.2.1:1 is not a loopback"), "{}", stderr(&output));
    let help = String::from_utf8(run(&["serve", "--help"]).stdout).unwrap();
    for variable in help.split("[env: ").skip(1).filter_map(|rest| rest.split(['=', ']']).next()) {
        let known = variable == "ENTENTE_CONFIG" || example.contains(variable);
        assert!(known, "{variable} is not in deploy/entente.toml");
    }
}

#[test]
fn the_commented_example_of_webhooks_is_read_up_to_its_secret() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/webhooks.toml");
    let directory = tempfile::tempdir().unwrap();
    let data_dir = directory.path().to_str().unwrap();
    let arguments = ["serve", "--webhook-file", example, "--listen", "127.0.0.1:0", "--data-dir", data_dir];
    let output = entente(&arguments).env("DESK_WEBHOOK_SECRET", "short").output().unwrap();
    assert_eq!(output.status.code(), Some(64));
    assert!(stderr(&output).contains("webhook desk: secret_env: holds 5 bytes"), "{}", stderr(&output));
}

#[test]
fn files_that_say_who_may_do_what_are_settings_too() {
    let directory = tempfile::tempdir().unwrap();
    let (access, data) = (directory.path().join("access.toml"), directory.path().join("data"));
    std::fs::write(&access, "nonsense = 1\n").unwrap();
    let (access, data) = (access.to_str().unwrap(), data.to_str().unwrap());
    let output = run(&["serve", "--listen", "127.0.0.1:0", "--data-dir", data, "--access-file", access]);
    assert_eq!(output.status.code(), Some(64), "{}", stderr(&output));
}

#[test]
fn a_token_in_place_of_its_file_is_not_shown_again() {
    let output = run(&["status", "--token-file", "entente_not-to-be-seen"]);
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(said.contains("is a token itself") && !said.contains("not-to-be-seen"), "{said}");
}
