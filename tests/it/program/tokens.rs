//! `entente token`, and client commands with credentials: the first token from the data directory, the others from the server.

use super::running::{Process, entente, run, stderr, stdout};

#[test]
fn the_first_token_comes_from_the_data_directory_and_makes_the_others() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = directory.path().join("data");
    let data_dir = data_dir.to_str().unwrap();
    let created =
        run(&["token", "create", "ops", "--grant", "operator@*", "--grant", "recorder@*", "--data-dir", data_dir]);
    assert!(created.status.success(), "{}", stderr(&created));
    assert!(stderr(&created).contains("of ops: operator@* recorder@* until"), "{}", stderr(&created));
    let token_file = directory.path().join("token");
    std::fs::write(&token_file, &created.stdout).unwrap();
    let token_file = token_file.to_str().unwrap();

    let server =
        Process::launch(&["serve", "--require-credentials", "--listen", "127.0.0.1:0", "--data-dir", data_dir]);
    let refused = server.client(&["create", "deal", "--title", "A deal"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("reason: CREDENTIAL_MISSING"), "{}", stderr(&refused));
    let made = server.client(&["create", "deal", "--title", "A deal", "--token-file", token_file]);
    assert!(made.status.success(), "{}", stderr(&made));
    let reader = server.client(&[
        "token",
        "create",
        "desk",
        "--grant",
        "reader@deal",
        "--days",
        "7",
        "--token-file",
        token_file,
    ]);
    assert!(reader.status.success(), "{}", stderr(&reader));
    let reader = stdout(&reader).trim().to_owned();
    let as_reader = |arguments: &[&str]| {
        entente(arguments).env("ENTENTE_SERVER", &server.address).env("ENTENTE_TOKEN", &reader).output().unwrap()
    };
    let read = as_reader(&["read", "--ledger", "deal"]);
    assert!(read.status.success(), "{}", stderr(&read));
    assert!(stdout(&read).contains("LedgerCreated") || stdout(&read).contains("ledger"), "{}", stdout(&read));
    let denied = as_reader(&["token", "list"]);
    assert!(stderr(&denied).contains("reason: NOT_GRANTED"), "{}", stderr(&denied));

    let listed = server.client(&["token", "list", "--token-file", token_file]);
    let line = stdout(&listed).lines().find(|line| line.contains("desk")).unwrap().to_owned();
    assert!(line.contains("reader@deal") && line.contains("token:ops") && !stdout(&listed).contains(&reader), "{line}");
    let id = line.split_whitespace().next().unwrap();
    let revoked = server.client(&["token", "revoke", id, "--token-file", token_file]);
    assert_eq!(stdout(&revoked).trim(), format!("tokens/{id} of desk is revoked"));
    let after = as_reader(&["read", "--ledger", "deal"]);
    assert!(stderr(&after).contains("the token was revoked at"), "{}", stderr(&after));
    // While the server runs, its directory is its own.
    let locked = run(&["token", "list", "--data-dir", data_dir]);
    assert_eq!(locked.status.code(), Some(1), "{}", stdout(&locked));
}

#[test]
fn what_cannot_be_meant_is_named() {
    for (arguments, words) in [
        (&["token", "create", "desk", "--grant", "owner@deal"][..], "is not a grant"),
        (&["token", "create", "Desk", "--grant", "reader@deal"], "Desk"),
        (&["token", "create", "desk"], "--grant"),
        (&["token", "create", "desk", "--grant", "reader@deal", "--days", "4000"], "3660"),
        (&["status", "--client-cert", "x"], "--client-key"),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(words), "{arguments:?}: {}", stderr(&output));
    }
    let missing = run(&["status", "--token-file", "/nowhere/token"]);
    assert!(stderr(&missing).contains("--token-file /nowhere/token"), "{}", stderr(&missing));
    let https = run(&["status", "--server", "https://127.0.0.1:1"]);
    assert!(stderr(&https).contains("--ca-file"), "{}", stderr(&https));
    for (arguments, words) in [
        (&["--tls-certificate-file", "c.pem"][..], "tls_key_file: is required beside tls_certificate_file"),
        (&["--tls-client-ca-file", "c.pem"], "tls_certificate_file: is required beside tls_client_ca_file"),
        (&["--listen", "192.0.2.1:1", "--require-credentials"], "is not a loopback address"),
    ] {
        let output = run(&[&["serve"], arguments].concat());
        assert_eq!(output.status.code(), Some(64), "{}", stderr(&output));
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
    }
}
