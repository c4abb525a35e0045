//! The frame of a page: where the reader is, when, what else there is, and the ways to another moment.

use super::asset;
use super::badge::Badge;
use super::party::capital;
use super::slider::Slider;
use super::trail::{self, Trail};
use super::visit::Visit;
use super::when::{When, distance};
use crate::domain::{Docket, Instant, Payload, Position, Slug, Subject};
use crate::exchange::plain_words::word;
use crate::wire::Word as _;

/// What every page of a ledger has around its content.
pub(super) struct Frame {
    pub(super) title: String,
    pub(super) ledger: String,
    pub(super) ledger_title: String,
    /// LIVE or REPLAY.
    pub(super) kind: &'static str,
    pub(super) home: String,
    pub(super) entries: Vec<Entry>,
    pub(super) legend: String,
    pub(super) as_of: When,
    pub(super) as_of_far: String,
    pub(super) known: u64,
    pub(super) head: u64,
    pub(super) recorded: Option<When>,
    /// The page is about now.
    pub(super) is_now: bool,
    /// The address of the page without its query.
    pub(super) path: String,
    /// The fields that the forms for the clocks hand on.
    pub(super) rest: Vec<(String, String)>,
    pub(super) as_of_field: String,
    pub(super) known_field: String,
    pub(super) slider: Slider,
    pub(super) steps: Steps,
    /// This very page for ever.
    pub(super) permanent: String,
    /// This page about now.
    pub(super) current: String,
    /// Why the answer is incomplete, where the ledger is damaged.
    pub(super) incomplete: Option<String>,
    /// Where changes of this page are told; none where it is not about now.
    pub(super) live: Option<String>,
    /// When an answer on the page changes by itself.
    pub(super) next_at: Option<String>,
    pub(super) stylesheet: &'static str,
    pub(super) script: &'static str,
    pub(super) icon: &'static str,
    /// Who is signed in; none where nobody has to be.
    pub(super) principal: Option<String>,
    /// The chart library, on the pages that have a chart.
    pub(super) chart: Option<(&'static str, &'static str)>,
}

/// One entry of the navigation.
pub(super) struct Entry {
    pub(super) label: &'static str,
    pub(super) href: String,
    pub(super) is_here: bool,
}

/// The ways to the neighbouring moments.
#[derive(Default)]
pub(super) struct Steps {
    pub(super) earlier: Option<Step>,
    pub(super) later: Option<Step>,
    /// The instant of the later one.
    pub(super) next_at: Option<String>,
    pub(super) event_before: Option<Step>,
    pub(super) event_after: Option<Step>,
}

/// One way.
pub(super) struct Step {
    pub(super) href: String,
    pub(super) says: String,
}

/// The pages of a ledger, by the end of their path.
const PAGES: [(&str, &str); 8] = [
    ("", "Board"),
    ("/calendar", "Calendar"),
    ("/scorecard", "Who owes whom"),
    ("/changes", "Changes"),
    ("/measures", "Measures"),
    ("/exposure", "Exposure"),
    ("/talks", "Meetings and asks"),
    ("/events", "Events"),
];

impl Frame {
    /// The frame of a page. `about` are the commitments whose changes the steps go along; none is all of them.
    pub(super) fn of(visit: &Visit, docket: &Docket, title: &str, about: Option<&[Slug]>) -> Self {
        let trails = match about {
            Some(ids) => trail::around(docket, ids, visit.at),
            None => visit.trails(docket),
        };
        Self::along(visit, docket, title, about, &trails)
    }

    /// As [`Frame::of`], where the trails of those commitments are at hand.
    pub(super) fn along(
        visit: &Visit,
        docket: &Docket,
        title: &str,
        about: Option<&[Slug]>,
        trails: &[(Slug, Trail)],
    ) -> Self {
        let at = visit.at;
        let recorded = docket.recorded_at(at.known);
        let ledger = visit.ledger.name().as_str();
        let is_now = visit.address.is_now();
        let live = is_now.then(|| match about {
            Some([one]) => format!("{}/live?commitment={one}", visit.base()),
            _ => format!("{}/live", visit.base()),
        });
        let steps = steps(visit, docket, trails);
        Frame {
            next_at: steps.next_at.clone(),
            title: title.to_owned(),
            ledger: ledger.to_owned(),
            ledger_title: ledger_title(docket).unwrap_or_else(|| capital(ledger)),
            kind: word(visit.ledger.kind().name(), "LEDGER_KIND_"),
            home: visit.link(""),
            entries: entries(visit),
            legend: visit.link("/legend"),
            as_of: When::at(at.as_of),
            as_of_far: distance(at.as_of, visit.now),
            known: at.known.get(),
            head: docket.head().get(),
            recorded: recorded.map(When::at),
            is_now,
            path: visit.path.clone(),
            rest: visit.address.rest(),
            as_of_field: visit.address.get("as_of").unwrap_or_default().to_owned(),
            known_field: visit.address.get("known_at").unwrap_or_default().to_owned(),
            slider: Slider::of(visit, docket),
            steps,
            permanent: address(visit, at.as_of, at.known),
            current: format!("{}{}", visit.path, visit.address.at(None, None)),
            incomplete: visit.ledger.damage().map(|damage| damage.to_string()),
            live,
            stylesheet: asset::STYLE.path(),
            script: asset::SCRIPT.path(),
            icon: asset::ICON.path(),
            principal: visit.principal.clone(),
            chart: None,
        }
    }

    /// With the chart library.
    pub(super) fn with_chart(self) -> Self {
        Frame { chart: Some((asset::CHART.path(), asset::CHART_STYLE.path())), ..self }
    }
}

/// What the ledger is about.
pub(super) fn ledger_title(docket: &Docket) -> Option<String> {
    docket.about(&Subject::Ledger).iter().find_map(|event| match &event.submission.payload {
        Payload::LedgerCreated(created) => Some(created.title.to_string()),
        _ => None,
    })
}

fn entries(visit: &Visit) -> Vec<Entry> {
    let base = visit.base();
    let below = visit.path.strip_prefix(&base).unwrap_or_default();
    let entry = |(path, label): &(&'static str, &'static str)| Entry {
        label,
        href: visit.link(path),
        is_here: below == *path || (!path.is_empty() && below.starts_with(&format!("{path}/"))),
    };
    PAGES.iter().map(entry).collect()
}

/// The address of the same page at other clocks.
fn address(visit: &Visit, as_of: Instant, known: Position) -> String {
    format!("{}{}", visit.path, visit.address.at(Some(&as_of.to_string()), Some(&known.to_string())))
}

fn steps(visit: &Visit, docket: &Docket, trails: &[(Slug, Trail)]) -> Steps {
    let at = visit.at;
    let turns = || trails.iter().flat_map(|(id, trail)| trail.turns.iter().map(move |turn| (turn.at, id, turn)));
    let earlier = turns().filter(|(instant, ..)| *instant < at.as_of).max_by_key(|(instant, ..)| *instant);
    let later = turns().filter(|(instant, ..)| *instant > at.as_of).min_by_key(|(instant, ..)| *instant);
    let step = |(instant, id, turn): (Instant, &Slug, &crate::views::JudgementChange)| Step {
        href: address(visit, instant, at.known),
        says: format!("{}: {id} {}", When::at(instant).day, Badge::of(turn.after.status).word),
    };
    let event = |position: u64| {
        let recorded = docket.recorded_at(Position::new(position))?;
        let says = format!("position {position}, recorded {}", When::at(recorded).day);
        Some(Step { href: address(visit, at.as_of, Position::new(position)), says })
    };
    Steps {
        earlier: earlier.map(step),
        next_at: later.map(|(instant, ..)| instant.to_string()),
        later: later.map(step),
        event_before: at.known.get().checked_sub(1).filter(|position| *position > 0).and_then(event),
        event_after: event(at.known.get() + 1),
    }
}
