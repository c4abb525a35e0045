//! Names, times, numbers and codes, as texts.

use entente::domain::{Day, Decimal, EventId, Instant, Party, Slug, Subject, Unit, Zone};
use entente::exchange::items::parse_nomenclature;
use entente::ledger::product_codes;

use super::campaign::Decoder;

pub(super) fn decoders() -> Vec<Decoder> {
    vec![
        Decoder::printing("instant", |text| Instant::parse(text).ok().map(|it| it.to_string())).valid([
            "2026-11-10T05:01:00Z",
            "1900-01-01T00:00:00Z",
            "2499-12-31T23:59:59Z",
            "2026-11-10T05:01:00.000+05:30",
        ]),
        Decoder::strict("day", |text| Day::parse(text).ok().map(|it| it.to_string())).valid([
            "2026-11-10",
            "2028-02-29",
            "1900-01-01",
        ]),
        Decoder::strict("decimal", |text| Decimal::parse(text).ok().map(|it| it.to_string())).valid([
            "25000000",
            "-0.1",
            "0",
            "999999999999999.999999999999",
        ]),
        Decoder::strict("party", |text| Party::parse(text).ok().map(|it| it.to_string()))
            .valid(["US", "CN", "EU", "ALL"]),
        Decoder::printing("unit", |text| Unit::parse(text).ok().map(|it| it.to_string())).valid(["kt", "t", "usd_bbl"]),
        Decoder::strict("slug", |text| Slug::parse(text).ok().map(|it| it.to_string())).valid([
            "us-china",
            "a",
            "soybeans-2026",
        ]),
        Decoder::printing("event id", |text| EventId::parse(text).ok().map(|it| it.to_string()))
            .valid(["018f4e3a-0000-7000-8000-000000000001"]),
        Decoder::strict("subject", {
            let ledger = Slug::parse("us-china").unwrap();
            move |text| Subject::parse(text, &ledger).ok().map(|subject| subject.name_in(&ledger))
        })
        .valid(["ledgers/us-china/commitments/soybeans", "ledgers/us-china"]),
        Decoder::strict("zone", |text| Zone::parse(text).ok().map(|it| it.name().to_owned())).valid([
            "America/New_York",
            "UTC",
            "fixed:-05:00",
            "Asia/Shanghai",
        ]),
        Decoder::of_text("nomenclature", |text| parse_nomenclature(text).is_ok()).valid(["HS-2022", "ECCN", "CN-2025"]),
        Decoder::of_text("product codes", |text| match product_codes(text) {
            Ok(codes) => {
                assert!(!codes.is_empty() && codes.iter().all(|code| !code.is_empty()));
                true
            }
            Err(why) => {
                assert!(!why.is_empty());
                false
            }
        })
        .valid(["8505.11", "1201", "9903.05.20", "3A090"]),
    ]
}
