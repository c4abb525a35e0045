//! Any value that events share.

use entente::domain::{
    Collection, Dated, Day, Decimal, EventId, Instant, Moment, MomentForm, Nomenclature, Party, Precision, Product,
    Role, Rounding, Slug, Source, SourceClass, Subject, Text, Unit, Window, Zone,
};
use proptest::prelude::*;

pub(super) fn word<W: Copy + std::fmt::Debug + 'static>(all: &'static [W]) -> impl Strategy<Value = W> {
    prop::sample::select(all)
}

pub(super) fn slug() -> impl Strategy<Value = Slug> {
    "[a-z0-9]([a-z0-9_-]{0,12}[a-z0-9])?".prop_map(|text| Slug::parse(&text).unwrap())
}

/// Identifiers, none of them twice.
pub(super) fn slugs(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Slug>> {
    prop::collection::btree_set(slug(), count).prop_map(|slugs| slugs.into_iter().collect())
}

pub(super) fn text() -> impl Strategy<Value = Text> {
    "[a-zA-Z0-9中é\"\\\\<,. \n\t]{0,16}[a-z]".prop_map(|text| Text::new(&text).unwrap())
}

pub(super) fn event_id() -> impl Strategy<Value = EventId> {
    any::<[u8; 16]>().prop_filter("the nil id is none", |bytes| *bytes != [0; 16]).prop_map(EventId::from_bytes)
}

pub(super) fn event_ids() -> impl Strategy<Value = Vec<EventId>> {
    prop::collection::btree_set(event_id(), 0..3).prop_map(|ids| ids.into_iter().collect())
}

pub(super) fn party() -> impl Strategy<Value = Party> {
    prop::sample::select(vec!["US", "CN", "MX", "EU", "ALL", "JOINT"]).prop_map(|code| Party::parse(code).unwrap())
}

pub(super) fn parties(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Party>> {
    prop::collection::btree_set(party(), count).prop_map(|parties| parties.into_iter().collect())
}

pub(super) fn unit() -> impl Strategy<Value = Unit> {
    prop::sample::select(vec!["Mt", "t", "usd", "pct", "bu_soy"]).prop_map(|code| Unit::parse(code).unwrap())
}

/// Any instant of the supported span.
pub(super) fn instant() -> impl Strategy<Value = Instant> {
    (Instant::MIN.unix_seconds()..=Instant::MAX.unix_seconds())
        .prop_map(|seconds| Instant::from_unix_seconds(seconds).unwrap())
}

pub(super) fn day() -> impl Strategy<Value = Day> {
    (0_i64..219_000).prop_map(|days| Day::parse("1900-01-01").unwrap().plus_days(days))
}

pub(super) fn window() -> BoxedStrategy<Window> {
    (day(), 0_i64..800)
        .prop_map(|(start, days)| {
            let last = Day::parse("2499-12-31").unwrap();
            Window::new(start, start.plus_days(days).min(last)).unwrap()
        })
        .boxed()
}

pub(super) fn dated() -> BoxedStrategy<Dated> {
    (instant(), word(Precision::ALL)).prop_map(|(at, precision)| Dated { at, precision }).boxed()
}

/// Zero or more, with up to twelve places.
pub(super) fn amount() -> BoxedStrategy<Decimal> {
    (0_u64..1_000_000_000_000_000, prop::option::of("[0-9]{1,12}"))
        .prop_map(|(whole, places)| {
            let text = places.map_or(whole.to_string(), |places| format!("{whole}.{places}"));
            Decimal::parse(&text).unwrap()
        })
        .boxed()
}

pub(super) fn positive() -> impl Strategy<Value = Decimal> {
    amount().prop_filter("not zero", |value| !value.is_zero())
}

pub(super) fn decimal() -> BoxedStrategy<Decimal> {
    (amount(), any::<bool>())
        .prop_map(|(value, negative)| {
            let text = if negative && !value.is_zero() { format!("-{value}") } else { value.to_string() };
            Decimal::parse(&text).unwrap()
        })
        .boxed()
}

/// From 0 to 1, so that it is a percentage as well.
pub(super) fn share() -> impl Strategy<Value = Decimal> {
    prop_oneof![Just("1".to_owned()), "0\\.[0-9]{1,4}"].prop_map(|text| Decimal::parse(&text).unwrap())
}

pub(super) fn zone() -> impl Strategy<Value = Zone> {
    let names = vec!["Asia/Shanghai", "America/New_York", "Europe/London", "UTC", "fixed:-05:00", "fixed:+08:00"];
    prop::sample::select(names).prop_map(|name| Zone::parse(name).unwrap())
}

pub(super) fn product() -> BoxedStrategy<Product> {
    prop::sample::select(vec![
        (Nomenclature::Hs2022, "1201"),
        (Nomenclature::Htsus, "99030301"),
        (Nomenclature::Cn2025, "12019000"),
        (Nomenclature::ChinaTariff, "2846901940"),
        (Nomenclature::ChinaControl, "1C902.a.1"),
        (Nomenclature::Eccn, "3A090.a"),
    ])
    .prop_map(|(nomenclature, code)| Product::new(nomenclature, code).unwrap())
    .boxed()
}

pub(super) fn products() -> BoxedStrategy<Vec<Product>> {
    prop::collection::btree_set(product(), 0..4).prop_map(|products| products.into_iter().collect()).boxed()
}

pub(super) fn subject() -> impl Strategy<Value = Subject> {
    prop_oneof![
        Just(Subject::Ledger),
        (prop::sample::select(Collection::ALL.to_vec()), slug()).prop_map(|(of, id)| Subject::Member(of, id)),
    ]
}

pub(super) fn source() -> BoxedStrategy<Source> {
    let named = (prop::option::of(text()), prop::option::of(text()), prop::option::of(text()));
    let rest = (prop::option::of(text()), prop::option::of(text()), prop::option::of(text()));
    (text(), named, rest, prop::option::of(word(SourceClass::ALL)))
        .prop_map(|(publisher, (title, address, archived_address), (published, attribution, quality), class)| Source {
            publisher,
            title,
            address,
            archived_address,
            published,
            class,
            attribution,
            quality,
        })
        .boxed()
}

fn moment_form() -> impl Strategy<Value = MomentForm> {
    let local = (day(), 0_i8..24, 0_i8..60, zone())
        .prop_map(|(day, hour, minute, zone)| MomentForm::Local { at: day.date().at(hour, minute, 59, 0), zone });
    let rounding = prop::sample::select(vec![Rounding::Down, Rounding::Up]);
    let early = (0_i64..180_000).prop_map(|days| Day::parse("1900-01-01").unwrap().plus_days(days));
    prop_oneof![
        instant().prop_map(MomentForm::Instant),
        local,
        (day(), zone()).prop_map(|(day, zone)| MomentForm::Through { day, zone }),
        (day(), zone()).prop_map(|(day, zone)| MomentForm::Until { day, zone }),
        (early, 1_u32..600, rounding, zone()).prop_map(|(start, months, rounding, zone)| MomentForm::PeriodEnd {
            start,
            months,
            rounding,
            zone
        }),
        (instant(), 0_u32..36_525).prop_map(|(from, days)| MomentForm::Elapsed { from, days }),
    ]
}

pub(super) fn moment(role: Role) -> BoxedStrategy<Moment> {
    moment_form()
        .prop_filter_map("a moment inside the supported span", move |form| Moment::resolve(form, role).ok())
        .boxed()
}

/// A start and perhaps an end that comes after it.
pub(super) fn term() -> BoxedStrategy<(Moment, Option<Moment>)> {
    (moment(Role::Start), prop::option::of(moment(Role::End)))
        .prop_map(|(start, end)| {
            let end = end.filter(|end| end.instant() > start.instant());
            (start, end)
        })
        .boxed()
}

/// An instant and perhaps one that comes after it.
pub(super) fn interval() -> BoxedStrategy<(Instant, Option<Instant>)> {
    (instant(), prop::option::of(instant()))
        .prop_map(|(from, until)| (from, until.filter(|until| *until > from)))
        .boxed()
}
