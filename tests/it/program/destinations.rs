//! Where files go that a command writes: pipes and links stay what they are, and readers may go away.

use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};
use std::process::Command;

use super::running::{Process, entente, first_line_only, run, stderr, stdout};

#[test]
fn an_export_to_a_pipe_goes_through_it_and_it_stays_a_pipe() {
    let server = Process::start("demo");
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let name = pipe.clone();
    let reader = std::thread::spawn(move || std::fs::read_to_string(name).unwrap());
    let output = server.client(&["export", "--out", pipe.to_str().unwrap()]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(reader.join().unwrap().lines().count(), 298);
    assert!(std::fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn an_export_to_a_link_is_written_where_the_link_leads() {
    let server = Process::start("demo");
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir(at("kept")).unwrap();
    std::fs::write(at("kept/events.jsonl"), "old").unwrap();
    std::fs::set_permissions(at("kept/events.jsonl"), std::fs::Permissions::from_mode(0o600)).unwrap();
    symlink("kept/events.jsonl", at("latest")).unwrap();
    symlink("kept/not-yet.jsonl", at("dangling")).unwrap();
    for (link, file) in [("latest", "kept/events.jsonl"), ("dangling", "kept/not-yet.jsonl")] {
        let output = server.client(&["export", "--out", at(link).to_str().unwrap()]);
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(std::fs::symlink_metadata(at(link)).unwrap().is_symlink(), "{link} stays a link");
        assert_eq!(std::fs::read_to_string(at(file)).unwrap().lines().count(), 298, "{file}");
    }
    let mode = std::fs::metadata(at("kept/events.jsonl")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "who may read the file stays as it was");
    let output = server.client(&["export", "--out", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("is a folder"), "{}", stderr(&output));
}

#[test]
fn a_reader_may_go_away_whatever_the_format() {
    let server = Process::start("demo");
    for format in ["jsonl", "csv", "cloudevents"] {
        let mut command = entente(&["export", "--format", format]);
        command.env("ENTENTE_SERVER", &server.address);
        assert_eq!(first_line_only(command), (Some(0), String::new()), "{format}");
    }
}

/// Starts a demo whose temporary files are in a folder of their own.
fn demo(folder: &tempfile::TempDir, arguments: &[&str]) -> Command {
    let mut command = entente(&[&["demo", "--listen", "127.0.0.1:0"], arguments].concat());
    command.env("TMPDIR", folder.path());
    command
}

fn left_in(folder: &tempfile::TempDir) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn a_demo_leaves_nothing_behind_however_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    assert!(demo(&folder, &["--once"]).output().unwrap().status.success());
    assert_eq!(left_in(&folder), Vec::<std::path::PathBuf>::new(), "after its end");
    assert_eq!(first_line_only(demo(&folder, &["--once", "--json"])).0, Some(0));
    assert_eq!(left_in(&folder), Vec::<std::path::PathBuf>::new(), "when its reader goes away");
    for signal in ["-TERM", "-INT"] {
        let mut child = demo(&folder, &[]).stdout(std::process::Stdio::piped()).spawn().unwrap();
        let id = child.id().to_string();
        // As soon as its directory is there, which is before the truce is loaded.
        while left_in(&folder).is_empty() {
            assert!(child.try_wait().unwrap().is_none(), "it runs");
            std::thread::yield_now();
        }
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{signal}");
        assert_eq!(left_in(&folder), Vec::<std::path::PathBuf>::new(), "after {signal}");
    }
}

#[test]
fn a_demo_with_a_directory_of_its_own_makes_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let data = tempfile::tempdir().unwrap();
    // Nothing can be put there: a temporary directory would be the error.
    std::fs::remove_dir(folder.path()).unwrap();
    let output = demo(&folder, &["--once", "--data-dir", data.path().to_str().unwrap()]).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).contains("rare-earth-suspension"));
    assert_eq!(run(&["demo", "--once", "--data-dir", "/proc/nope"]).status.code(), Some(1));
}
