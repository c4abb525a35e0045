//! A pledge to buy, of which some was bought in February 2000. Amendments move its one tranche and its target, so that
//! this was enough or not, in time or late, or is all there is yet.

use std::collections::BTreeMap;

use entente::domain::event::{AmountReported, Bound, CommitmentAmended};
use entente::domain::terms::{Carry, OnMissing, Pace, PaceMethod, PurchaseTerms, SeriesRule, Tranche, TranchePatch};
use entente::domain::{Basis, Dated, Day, Decimal, Payload, SourceClass, Status, Terms, TermsPatch, Unit, Window};

use super::super::example::slug;
use super::{LAST_DAY, Segment, Telling};

const TRANCHE: &str = "tranche";
/// More than ten of anything.
const MUCH: &str = "1000";

/// First day, last day, target, days of cure, pace.
type Plan = (&'static str, &'static str, &'static str, u32, PaceMethod);

pub(super) fn tell(segments: &[Segment], telling: &mut Telling) -> Option<Terms> {
    telling.say(Some(SourceClass::ThirdOfficial), Payload::AmountReported(bought()));
    for segment in segments {
        let plan: Plan = match segment.status {
            Status::Pending => (LAST_DAY, LAST_DAY, MUCH, 0, PaceMethod::None),
            Status::Open | Status::Waived | Status::Excused => ("2000-02-01", LAST_DAY, MUCH, 0, PaceMethod::None),
            Status::OnTrack => ("2000-02-01", LAST_DAY, MUCH, 0, PaceMethod::LinearDays),
            Status::Behind => ("2000-02-01", LAST_DAY, "1000000000", 0, PaceMethod::LinearDays),
            // Nothing was reported for January.
            Status::Unverified => ("2000-01-01", LAST_DAY, MUCH, 0, PaceMethod::None),
            Status::InGrace => ("2000-02-01", "2000-02-29", MUCH, 36_500, PaceMethod::None),
            Status::NotMet => ("2000-02-01", "2000-02-29", MUCH, 0, PaceMethod::None),
            Status::Met => ("2000-02-01", "2000-02-29", "10", 0, PaceMethod::None),
            Status::MetLate => ("2000-02-01", "2000-02-10", "10", 30, PaceMethod::None),
            Status::Moot => {
                telling.void(segment.from);
                continue;
            }
            _ => return None,
        };
        amend(segment, plan, telling);
        match segment.status {
            Status::Waived => telling.waive(segment),
            Status::Excused => telling.excuse(segment),
            _ => {}
        }
    }
    Some(Terms::PurchasePledge(terms()))
}

fn amend(segment: &Segment, (start, through, target, cure_days, pace): Plan, telling: &mut Telling) {
    let tranche = TranchePatch {
        start: Some(day(start)),
        through: Some(day(through)),
        target: Some(decimal(target)),
        cure_days: Some(cure_days),
        target_by_series: BTreeMap::new(),
    };
    let set = TermsPatch {
        tranches: BTreeMap::from([(slug(TRANCHE), tranche)]),
        pace: Some(self::pace(pace)),
        ..TermsPatch::default()
    };
    let effective_at = Dated::exact(segment.from);
    telling
        .say(None, Payload::CommitmentAmended(Box::new(CommitmentAmended { effective_at, retroactive_to: None, set })));
}

fn terms() -> PurchaseTerms {
    PurchaseTerms {
        unit: Unit::parse("t").expect("a unit"),
        basis: Basis::Sold,
        series: vec![slug("one")],
        series_rule: SeriesRule::Primary,
        primary: slug("one"),
        disagreement_pct: decimal("10"),
        reporting_lag_days: 0,
        on_missing: OnMissing::Unverified,
        carry: Carry::None,
        pace: pace(PaceMethod::None),
        conversions: BTreeMap::new(),
        tranches: vec![Tranche {
            id: slug(TRANCHE),
            window: Window::new(day(LAST_DAY), day(LAST_DAY)).expect("a window"),
            target: decimal(MUCH),
            cure_days: 0,
            target_by_series: BTreeMap::new(),
        }],
        term: None,
    }
}

fn bought() -> AmountReported {
    AmountReported {
        series: slug("one"),
        basis: Basis::Sold,
        from: Some(day("2000-02-01")),
        through: day("2000-02-29"),
        value: decimal("10"),
        unit: Unit::parse("t").expect("a unit"),
        covers: true,
        bound: Bound::Exact,
        running_since: None,
    }
}

fn pace(method: PaceMethod) -> Pace {
    Pace { method, tolerance_pct: decimal("0"), weights: BTreeMap::new() }
}

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).expect("a number")
}
