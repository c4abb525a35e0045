//! The table of methods against the descriptors: a method without a row is found here, and is answered to nobody.

use std::collections::BTreeSet;

use entente::rpc::{Need, RULES};
use prost_reflect::Kind;
use tonic::Code;

use super::call::{Credential, call, methods, name_of, rule_of};
use super::world::World;

#[test]
fn every_method_has_its_row_and_every_row_its_method() {
    let of_descriptors: BTreeSet<String> = methods().iter().map(name_of).collect();
    let of_table: BTreeSet<String> = RULES.iter().map(|rule| rule.method.to_owned()).collect();
    assert_eq!(of_descriptors, of_table, "src/rpc/rule.rs and the descriptors differ");
    assert_eq!(of_table.len(), RULES.len(), "a method stands twice in src/rpc/rule.rs");
}

#[test]
fn a_row_names_a_field_of_the_request_and_says_whether_the_answer_streams() {
    for method in methods() {
        let (name, rule) = (name_of(&method), rule_of(&method).unwrap());
        assert_eq!(rule.streams, method.is_server_streaming(), "{name}");
        let is_about_a_ledger = matches!(rule.need, Need::In(_) | Need::Append);
        assert_eq!(is_about_a_ledger, !rule.ledger_field.is_empty(), "{name}");
        if is_about_a_ledger {
            let field = method.input().get_field_by_name(rule.ledger_field);
            let field = field.unwrap_or_else(|| panic!("{name}: its request has no field {}", rule.ledger_field));
            assert_eq!(field.kind(), Kind::String, "{name}");
        }
        // A request that could name a ledger and needs no right in it would be a way around the table.
        if !is_about_a_ledger {
            for field in ["ledger", "parent"] {
                assert!(method.input().get_field_by_name(field).is_none(), "{name} names a ledger in {field}");
            }
        }
    }
}

#[tokio::test]
async fn a_method_without_a_row_is_answered_to_nobody() {
    let world = World::plain().await;
    let operator = Credential::bearer(world.secret("operator@*"));
    let channel = world.channel().await;
    for method in ["entente.v1.LedgerService/DropLedger", "entente.v2.LedgerService/GetHead", "x/y"] {
        let status = call(&channel, method, Vec::new(), &operator).await;
        assert_eq!(status.code(), Code::Unimplemented, "{method}");
    }
}
