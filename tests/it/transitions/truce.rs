//! The truce between the United States and China, as its statuses changed: `tests/cases/us-china-transitions.md`.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use entente::domain::{Event, Instant, Position, Slug, Subject};
use entente::views::transitions::{Cause, Juncture, News, Step, Walker};
use entente::views::{Deadline, DeadlineKind, Judgement};

use super::{all, only, steps, walk};
use crate::real_ledger::TRUCE;

/// Until when the page goes on; the last of what is recorded is of November 2026.
const THROUGH: &str = "2027-12-31T00:00:00Z";
const DAY: i64 = 86_400;
const LEADS: [i64; 3] = [30 * DAY, 7 * DAY, DAY];

/// The steps of the truce recorded as one append, the way `entente demo` records it.
static STEPS: LazyLock<Vec<Step>> = LazyLock::new(|| {
    let append_through = TRUCE.docket.head();
    let in_one_append = |event: &Arc<Event>| Arc::new(Event { append_through, ..(**event).clone() });
    steps(&TRUCE.events.iter().map(in_one_append).collect::<Vec<_>>())
});

/// What is told of the whole truce, with the three usual leads.
static TOLD: LazyLock<Vec<Juncture>> =
    LazyLock::new(|| walk(&TRUCE.docket, &mut Walker::from_start(all(), &LEADS), &STEPS, at(THROUGH)));

#[test]
fn the_page_of_the_truce_says_what_the_walk_tells() {
    let page = page(&TOLD);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/us-china-transitions.md");
    if std::env::var_os("ENTENTE_WRITE_TRANSITIONS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let shown = path.display();
    assert!(written == page, "{shown} is out of date: run with ENTENTE_WRITE_TRANSITIONS=1 and read what changed");
}

#[test]
fn two_years_of_the_truce_tick_by_tick_tell_the_same_as_in_one_go() {
    let mut walker = Walker::from_start(all(), &LEADS);
    let mut rest: &[Step] = &STEPS;
    let (mut told, mut tick) = (Vec::new(), at("2025-10-30T00:00:00Z"));
    let begun = std::time::Instant::now();
    // A tick every half hour: nobody knows at one what the next will bring.
    while tick <= at(THROUGH) {
        let recorded = rest.partition_point(|step| step.at <= tick);
        told.extend(walk(&TRUCE.docket, &mut walker, &rest[..recorded], tick));
        rest = &rest[recorded..];
        tick = tick.plus_seconds(1800);
    }
    println!("the truce tick by tick, {} junctures: {:?}", told.len(), begun.elapsed());
    assert_eq!(told, *TOLD);
}

#[test]
fn whoever_comes_back_at_any_moment_hears_the_rest_once() {
    for (index, juncture) in TOLD.iter().enumerate() {
        let mut walker = Walker::resume(&TRUCE.docket, all(), &LEADS, juncture.at, juncture.known);
        // To the end from some, and a few junctures on from every other.
        let last = if index % 16 == 0 { TOLD.len() } else { TOLD.len().min(index + 4) };
        let through = if last == TOLD.len() { at(THROUGH) } else { TOLD[last - 1].at };
        let known = if last == TOLD.len() { TRUCE.docket.head() } else { TOLD[last - 1].known };
        let ahead = |step: &&Step| juncture.known < step.through && step.through <= known;
        let rest: Vec<Step> = STEPS.iter().filter(ahead).cloned().collect();
        let heard = walk(&TRUCE.docket, &mut walker, &rest, through);
        assert_eq!(heard[..], TOLD[index + 1..last], "resumed after {} known {}", juncture.at, juncture.known);
    }
}

#[test]
fn a_filter_tells_what_all_tell_of_what_it_lets_through() {
    let soybeans = Slug::parse("soybeans").unwrap();
    let heard = walk(&TRUCE.docket, &mut Walker::from_start(only("soybeans"), &LEADS), &STEPS, at(THROUGH));
    let heard: Vec<News> = heard.into_iter().flat_map(|juncture| juncture.news).collect();
    let of_soybeans: Vec<News> =
        TOLD.iter().flat_map(|it| &it.news).filter(|news| *news.commitment() == soybeans).cloned().collect();
    assert_eq!(heard, of_soybeans);
    assert!(!heard.is_empty());
}

#[test]
fn a_docket_that_grows_tells_the_same_as_one_that_knows_the_end() {
    let mut docket = entente::domain::Docket::new();
    let mut walker = Walker::from_start(all(), &LEADS);
    let mut told = Vec::new();
    for step in STEPS.iter() {
        told.extend(turns(&docket, &mut walker, step.at));
        for event in &TRUCE.events[docket.head().get() as usize..step.through.get() as usize] {
            docket.fold(Arc::clone(event));
        }
        told.push(walker.learn(&docket, step));
    }
    told.extend(turns(&docket, &mut walker, at(THROUGH)));
    told.retain(|juncture| !juncture.news.is_empty());
    assert_eq!(told, *TOLD);
}

fn turns(docket: &entente::domain::Docket, walker: &mut Walker, through: Instant) -> Vec<Juncture> {
    let mut told = Vec::new();
    while walker.next_at().is_some_and(|next| next <= through) {
        told.extend(walker.turn(docket));
    }
    told
}

#[test]
fn every_transition_starts_where_the_one_before_it_ended_and_time_names_a_clock() {
    let mut held = std::collections::BTreeMap::<Slug, Judgement>::new();
    for news in TOLD.iter().flat_map(|juncture| &juncture.news) {
        let News::Transition(it) = news else { continue };
        assert_ne!(it.before, it.after);
        if let Some(before) = held.insert(it.commitment.clone(), it.after) {
            assert_eq!(before, it.before, "{} at {}", it.commitment, it.at);
        }
        match &it.cause {
            Cause::Events(events) => assert!(!events.is_empty() && events.iter().all(|event| *event <= it.known)),
            Cause::Time(deadlines) => {
                assert!(!deadlines.is_empty(), "{} at {}: time alone, and no clock", it.commitment, it.at);
                assert!(deadlines.iter().all(|deadline| deadline.at == it.at));
            }
        }
    }
}

fn at(instant: &str) -> Instant {
    Instant::parse(instant).unwrap()
}

const HEAD: &str = "# The truce, as its statuses changed

What `SubscribeTransitions` tells of `data/us-china` from the first event on, and of the time after the last one. Written
by the test `transitions::truce` with ENTENTE_WRITE_TRANSITIONS=1 and kept true by it. Times are UTC. A change names the
row of the specification that decides from then on, and its cause: the events by position, or the clock that ran out.
A revision says since when something else is known to have been so.
";

fn page(junctures: &[Juncture]) -> String {
    let mut page = HEAD.to_owned();
    let mut month = String::new();
    for juncture in junctures.iter().filter(|juncture| juncture.news.iter().any(|news| !is_lead(news))) {
        let when = juncture.at.to_string();
        if when[..7] != month {
            month = when[..7].to_owned();
            writeln!(page, "\n## {month}").unwrap();
        }
        writeln!(page, "\n{} {}, known through position {}\n", &when[..10], &when[11..], juncture.known).unwrap();
        for news in juncture.news.iter().filter(|news| !is_lead(news)) {
            writeln!(page, "- {}", line(news)).unwrap();
        }
    }
    writeln!(page, "\n## Ahead of a lapse or a due date: 30 days, 7 days, 1 day\n").unwrap();
    for news in junctures.iter().flat_map(|juncture| &juncture.news).filter(|news| is_lead(news)) {
        writeln!(page, "- {}", line(news)).unwrap();
    }
    page
}

fn is_lead(news: &News) -> bool {
    matches!(news, News::Approaching(_))
}

fn line(news: &News) -> String {
    match news {
        News::Transition(it) => {
            let row = it.row.map_or(String::new(), |row| format!(" ({})", row.0));
            let (before, after) = (said(it.before), said(it.after));
            format!("**{}** {before} to {after}{row}, by {}", it.commitment, cause(&it.cause))
        }
        News::Revision(it) => {
            let (was, is) = (said(it.before), said(it.after));
            format!("{} revised since {}: {was} is now {is}, by {}", it.commitment, it.since, events(&it.events))
        }
        News::Approaching(it) => {
            let deadline = &it.deadline;
            let late = if it.events.is_empty() { String::new() } else { format!(", by {}", events(&it.events)) };
            let lead = match it.lead / DAY {
                1 => "1 day".to_owned(),
                days => format!("{days} days"),
            };
            let (commitment, clock) = (&deadline.commitment, clock(deadline));
            format!("{} {commitment}: {clock} at {}, lead {lead}{late}", it.at, deadline.at)
        }
    }
}

fn said(judgement: Judgement) -> String {
    let (lifecycle, status) = (judgement.lifecycle.to_string(), judgement.status.to_string());
    if lifecycle == status { status } else { format!("{lifecycle} {status}") }
}

fn cause(cause: &Cause) -> String {
    match cause {
        Cause::Events(positions) => events(positions),
        Cause::Time(deadlines) => {
            // A record that takes effect at the very instant of a clock of the text says nothing more.
            let named: Vec<&Deadline> =
                deadlines.iter().filter(|it| it.kind != DeadlineKind::RecordEffective).collect();
            let shown = if named.is_empty() { deadlines.iter().collect() } else { named };
            format!("time: {}", shown.into_iter().map(clock).collect::<Vec<_>>().join(", "))
        }
    }
}

fn clock(deadline: &Deadline) -> String {
    let target = deadline.target.as_ref().map_or(String::new(), |target| format!(" of {target}"));
    let reading = deadline.reading.as_ref().map_or(String::new(), |reading| format!(" by the reading {reading}"));
    format!("{}{target}{reading}", deadline.kind)
}

fn events(positions: &[Position]) -> String {
    positions.iter().map(|position| event(*position)).collect::<Vec<_>>().join(", ")
}

fn event(position: Position) -> String {
    let event = &TRUCE.events[usize::try_from(position.get()).unwrap() - 1];
    let subject = match &event.submission.subject {
        Subject::Ledger => "the ledger".to_owned(),
        Subject::Member(_, id) => id.to_string(),
    };
    format!("{position} {} ({subject})", event.submission.payload.kind())
}
