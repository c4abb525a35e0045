//! The wire contract: events once written are readable for ever, so the descriptors may only grow.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use prost_reflect::{DescriptorPool, FieldDescriptor};

fn lock_path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("proto/entente.lock")
}

/// Every message field, enum value and method of the contract: its address, and what must never change about it.
fn contract() -> BTreeMap<String, String> {
    let pool = DescriptorPool::decode(entente::proto::FILE_DESCRIPTOR_SET).unwrap();
    let mut contract = BTreeMap::new();
    for message in pool.all_messages().filter(|it| it.package_name() == "entente.v1") {
        for field in message.fields() {
            contract.insert(format!("{}#{}", message.full_name(), field.number()), field_form(&field));
        }
    }
    for words in pool.all_enums().filter(|it| it.package_name() == "entente.v1") {
        for value in words.values() {
            contract.insert(format!("{}#{}", words.full_name(), value.number()), value.name().to_owned());
        }
    }
    for service in pool.services().filter(|it| it.package_name() == "entente.v1") {
        for method in service.methods() {
            let stream = |streams: bool| if streams { "stream " } else { "" };
            let form = format!(
                "{}{} -> {}{}",
                stream(method.is_client_streaming()),
                method.input().full_name(),
                stream(method.is_server_streaming()),
                method.output().full_name()
            );
            contract.insert(format!("{}/{}", service.full_name(), method.name()), form);
        }
    }
    contract
}

fn field_form(field: &FieldDescriptor) -> String {
    let oneof = field.containing_oneof().map_or_else(String::new, |oneof| format!(" in {}", oneof.name()));
    format!("{} {:?} {:?}{oneof}", field.name(), field.cardinality(), field.kind())
}

#[test]
fn the_contract_only_grows() {
    let now = contract();
    let lines: Vec<String> = now.iter().map(|(address, form)| format!("{address} = {form}")).collect();
    // A new part of the contract is put into the lock by this command, and seen in the review of the change.
    if std::env::var_os("ENTENTE_WRITE_LOCK").is_some() {
        fs::write(lock_path(), lines.join("\n") + "\n").unwrap();
    }
    let locked = fs::read_to_string(lock_path()).unwrap();
    let mut broken = Vec::new();
    for line in locked.lines() {
        let (address, form) = line.split_once(" = ").unwrap();
        match now.get(address) {
            Some(found) if found == form => {}
            Some(found) => broken.push(format!("{address} was {form}, is {found}")),
            None => broken.push(format!("{address} ({form}) is gone")),
        }
    }
    assert!(broken.is_empty(), "events once written must be readable for ever:\n{}", broken.join("\n"));
    let unlocked: Vec<&String> = lines.iter().filter(|line| !locked.lines().any(|it| it == line.as_str())).collect();
    assert!(
        unlocked.is_empty(),
        "not in proto/entente.lock yet; run the test once with ENTENTE_WRITE_LOCK=1:\n{unlocked:#?}"
    );
}

#[test]
fn every_reason_of_a_refusal_is_documented_in_the_contract() {
    let pool = DescriptorPool::decode(entente::proto::FILE_DESCRIPTOR_SET).unwrap();
    let documented: Vec<String> = pool
        .get_enum_by_name("entente.v1.Reason")
        .unwrap()
        .values()
        .filter_map(|value| value.name().strip_prefix("REASON_").map(str::to_owned))
        .filter(|name| name != "UNSPECIFIED")
        .collect();
    let mut used: Vec<String> = entente::rpc::reasons().into_iter().map(str::to_owned).collect();
    let mut documented_sorted = documented.clone();
    used.sort();
    documented_sorted.sort();
    assert_eq!(used, documented_sorted, "refusal.proto lists exactly what the server says");
}
