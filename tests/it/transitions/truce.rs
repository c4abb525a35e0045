//! The truce between the United States and China, as its statuses changed: `tests/cases/us-china-transitions.md`.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use entente::domain::Event;
use entente::views::Judgement;
use entente::views::transitions::{Cause, Moment, News, Walker};

use super::{all, steps, walk};
use crate::real_ledger::TRUCE;

/// Until when the page goes on: the last of what is recorded is of November 2026.
const THROUGH: &str = "2027-12-31T00:00:00Z";

/// The events of the truce as one append, the way `entente demo` records them.
fn events() -> Vec<Arc<Event>> {
    let through = TRUCE.docket.head();
    let one_append = |event: &Arc<Event>| Arc::new(Event { append_through: through, ..(**event).clone() });
    TRUCE.events.iter().map(one_append).collect()
}

#[test]
fn the_page_of_the_truce_says_what_the_walk_tells() {
    let begun = std::time::Instant::now();
    let mut walker = Walker::from_start(all(), &[]);
    let moments = walk(&TRUCE.docket, &mut walker, &steps(&events()), THROUGH.parse_instant());
    println!("walked in {:?}: {} moments", begun.elapsed(), moments.len());
    let page = page(&moments);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/us-china-transitions.md");
    if std::env::var_os("ENTENTE_WRITE_TRANSITIONS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "{} is out of date; look at what changed, then run with ENTENTE_WRITE_TRANSITIONS=1", path.display());
}

trait ParseInstant {
    fn parse_instant(&self) -> entente::domain::Instant;
}

impl ParseInstant for str {
    fn parse_instant(&self) -> entente::domain::Instant {
        entente::domain::Instant::parse(self).unwrap()
    }
}

fn page(moments: &[Moment]) -> String {
    let mut page = String::new();
    for moment in moments {
        writeln!(page, "\n### {} (known: {})\n", moment.at, moment.known).unwrap();
        for news in &moment.news {
            writeln!(page, "- {}", line(news)).unwrap();
        }
    }
    page
}

fn line(news: &News) -> String {
    match news {
        News::Transition(it) => {
            let row = it.row.map_or("-", |row| row.0);
            format!("{}: {} -> {} ({row}) by {}", it.commitment, said(it.before), said(it.after), cause(&it.cause))
        }
        News::Revision(it) => {
            let events: Vec<String> = it.events.iter().map(|p| event(p.get())).collect();
            format!("{}: revised since {}: {} -> {} by {}", it.commitment, it.since, said(it.was), said(it.is), events.join("; "))
        }
        News::Approaching(it) => {
            format!("{}: {} at {} in {} days", it.deadline.commitment, it.deadline.kind, it.deadline.at, it.lead / 86_400)
        }
    }
}

fn said(judgement: Judgement) -> String {
    format!("{}/{}", judgement.lifecycle, judgement.status)
}

fn cause(cause: &Cause) -> String {
    match cause {
        Cause::Events(positions) => positions.iter().map(|p| event(p.get())).collect::<Vec<_>>().join("; "),
        Cause::Time(deadlines) => {
            let clock = |d: &entente::views::Deadline| {
                let target = d.target.as_ref().map_or(String::new(), |t| format!(" of {t}"));
                let reading = d.reading.as_ref().map_or(String::new(), |r| format!(" ({r})"));
                format!("{}{target}{reading}", d.kind)
            };
            format!("time: {}", deadlines.iter().map(clock).collect::<Vec<_>>().join(", "))
        }
    }
}

fn event(position: u64) -> String {
    let event = &TRUCE.events[usize::try_from(position).unwrap() - 1];
    let subject = match &event.submission.subject {
        entente::domain::Subject::Ledger => "the ledger".to_owned(),
        entente::domain::Subject::Member(collection, id) => format!("{}/{id}", collection.segment()),
    };
    format!("{position} {} {subject}", event.submission.payload.kind())
}
