//! The table of limits: each can be set, is in the example of a configuration, and is told.

use std::collections::BTreeMap;

use entente::proto::v1;
use entente::serve::{Limit, Limits};
use v1::admin_service_client::AdminServiceClient;

use crate::program::running::{run, stderr};
use crate::server::TestServer;

#[tokio::test]
async fn a_server_tells_every_limit_as_it_is_set() {
    let limits = Limits { connections_max: 17, ..Limits::default() };
    let server = TestServer::limited(limits.clone()).await;
    let channel = tonic::transport::Channel::from_shared(server.address.clone()).unwrap().connect().await.unwrap();
    let info =
        AdminServiceClient::new(channel).get_server_info(v1::GetServerInfoRequest {}).await.unwrap().into_inner();
    let told: BTreeMap<String, u64> = info.limits.iter().map(|limit| (limit.name.clone(), limit.value)).collect();
    let set: BTreeMap<String, u64> =
        Limits::all().iter().map(|limit| (limit.name.to_owned(), limits.get(limit.name).unwrap())).collect();
    assert_eq!(told, set);
    assert_eq!(told["connections_max"], 17);
    assert!(info.limits.iter().all(|limit| !limit.meaning.is_empty()), "each in a sentence");
}

#[test]
fn the_example_configuration_has_every_limit_at_its_default() {
    let example = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/entente.toml")).unwrap();
    let parsed: toml::Table = toml::from_str(&example).unwrap();
    let found: BTreeMap<String, i64> = parsed["limits"]
        .as_table()
        .expect("a table of limits")
        .iter()
        .map(|(name, value)| (name.clone(), value.as_integer().expect("a number")))
        .collect();
    let defaults: BTreeMap<String, i64> =
        Limits::all().iter().map(|limit| (limit.name.to_owned(), i64::try_from(limit.default).unwrap())).collect();
    assert_eq!(found, defaults);
}

#[test]
fn every_default_is_in_its_own_range() {
    for Limit { name, default, range, .. } in Limits::all() {
        assert!(range.contains(&default), "{name}: {default} is not in {range:?}");
    }
}

#[test]
fn a_limit_is_set_by_file_variable_and_flag_and_nonsense_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("entente.toml");
    let start = |text: &str, arguments: &[&str]| {
        std::fs::write(&file, text).unwrap();
        let fixed = ["serve", "--config", file.to_str().unwrap(), "--listen", "192.0.2.1:1"];
        stderr(&run(&[fixed.as_slice(), arguments].concat()))
    };
    // What is refused tells what was read: of a limit that is right, the address is refused after it.
    let cases: [(&str, &[&str], &str); 7] = [
        ("[limits]\nconnections_max = 0", &[], "connections_max: 0 is out of range; 1 to 1,000,000"),
        ("[limits]\nconnections_max = 0", &["--connections-max", "5"], "192.0.2.1:1"),
        ("", &["--batch-events-max", "1001"], "batch_events_max: 1001 is out of range; 1 to 1,000"),
        ("[limits]\nconections_max = 5", &[], "conections_max"),
        ("[limits]\nconnections_max = \"many\"", &[], "connections_max"),
        ("request_kib_max = 1", &[], "request_kib_max: 1 is out of range; 64 to 65,536"),
        ("request_kib_max = 1\n[limits]\nrequest_kib_max = 64", &[], "192.0.2.1:1"),
    ];
    for (text, arguments, words) in cases {
        let said = start(text, arguments);
        assert!(said.contains(words), "{text} {arguments:?}: {said}");
    }
    let mut command = crate::program::running::entente(&["serve", "--listen", "192.0.2.1:1"]);
    let output = command.env("ENTENTE_KEEPALIVE_SECONDS", "0").output().unwrap();
    assert!(stderr(&output).contains("keepalive_seconds: 0 is out of range"), "{}", stderr(&output));
}
