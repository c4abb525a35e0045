//! The board: every commitment by who owes it, with status, countdown, pace and evidence; above it what ends next.

use askama::Template;
use axum::response::Response;

use super::badge::{self, Badge};
use super::fault::Fault;
use super::frame::Frame;
use super::lead::{self, Panel};
use super::party::{begun, capital, name, of_party, words};
use super::respond::html;
use super::trail::{self, Stretch, Trail, WIDTH};
use super::visit::Visit;
use super::when::{When, distance};
use crate::domain::event::CommitmentUndertaken;
use crate::domain::{Collection, Docket, Party, Payload, Position, Slug, Status, Subject, live};
use crate::exchange::figures::so_far;
use crate::exchange::plain_words::{percent, word};
use crate::exchange::status_mark::{Mood, mood};
use crate::proto::v1;
use crate::views::Assessment;
use crate::wire::{self, Word as _};

/// The most commitments on one page. A larger ledger is looked at by party.
pub(super) const LINES_MAX: usize = 400;
/// How far back and ahead a trail on the board reaches.
const TRAIL_DAYS: i64 = 366;

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage {
    frame: Frame,
    panel: Panel,
    tally: Vec<Tally>,
    groups: Vec<Group>,
    width: i64,
    by_instrument: bool,
    by_party_href: String,
    by_instrument_href: String,
    /// How many commitments there are, and how many of them are shown.
    count: usize,
    shown: usize,
}

/// How many commitments tell the same at a glance.
struct Tally {
    class: &'static str,
    mark: &'static str,
    count: usize,
    words: String,
}

/// The commitments of one obligor, or of one instrument.
struct Group {
    id: String,
    title: String,
    rows: Vec<Row>,
}

/// One commitment.
struct Row {
    id: String,
    name: String,
    title: String,
    href: String,
    owed: String,
    badge: Badge,
    lifecycle: &'static str,
    readings: Vec<(String, Badge)>,
    next: Option<(When, String)>,
    so_far: String,
    /// Performed of the target in percent, at most 100.
    pace: Option<u8>,
    evidence: Evidence,
    standing: &'static str,
    stretches: Vec<Stretch>,
    now_x: i64,
    said: String,
}

/// How much independent evidence there is, as a page shows it.
pub(super) struct Evidence {
    pub(super) class: &'static str,
    pub(super) mark: &'static str,
    pub(super) word: &'static str,
}

/// A commitment before it is spelled.
struct Line<'a> {
    undertaken: &'a CommitmentUndertaken,
    assessment: Assessment,
    trail: Trail,
}

pub(super) fn show(visit: &Visit) -> Result<Response, Fault> {
    let by_instrument = match visit.address.get("by") {
        None | Some("party") => false,
        Some("instrument") => true,
        Some(other) => return Err(Fault::field("by", format!("{other:?} is neither party nor instrument"))),
    };
    let party = visit.address.get("party").map(Party::parse).transpose();
    let party = party.map_err(|error| Fault::field("party", error.to_string()))?;
    let docket = visit.ledger.docket();
    let takes = |it: &CommitmentUndertaken| party.is_none_or(|party| it.obligor == party || it.obligee == party);
    // A ledger of more commitments than a page takes is looked at by party; then those are the first of that party.
    let (count, mut trails) = match party {
        None => (docket.members(Collection::Commitments).count(), visit.trails(&docket)),
        Some(_) => {
            let of_party = |id: &&Slug| undertaken(&docket, id, visit.at.known).is_some_and(takes);
            let ids: Vec<Slug> = docket.members(Collection::Commitments).filter(of_party).cloned().collect();
            let shown = ids.len().min(LINES_MAX);
            (ids.len(), trail::around(&docket, &ids[..shown], visit.at))
        }
    };
    trails.retain(|(id, _)| undertaken(&docket, id, visit.at.known).is_some());
    let lines: Vec<Line<'_>> = trails.iter().filter_map(|(id, trail)| line(visit, &docket, id, trail)).collect();
    let panel = lead::panel(visit, &docket, lines.iter().map(|line| (line.undertaken, &line.assessment)));
    let page = BoardPage {
        frame: Frame::along(visit, &docket, "Board", None, &trails),
        panel,
        tally: tally(&lines),
        groups: groups(visit, &docket, &lines, by_instrument),
        width: WIDTH,
        by_instrument,
        by_party_href: visit.link(""),
        by_instrument_href: visit.link_with("", &[("by", "instrument")]),
        count: if trails.len() < LINES_MAX { trails.len() } else { count },
        shown: lines.len(),
    };
    drop(docket);
    Ok(html(page.render()?))
}

fn line<'a>(visit: &Visit, docket: &'a Docket, id: &Slug, trail: &Trail) -> Option<Line<'a>> {
    let at = visit.at;
    let undertaken = undertaken(docket, id, at.known)?;
    let assessment = visit.ledger.assess(docket, id, at.as_of, at.known);
    let reach = TRAIL_DAYS * 86_400;
    let trail = trail.within(at.as_of.plus_seconds(-reach), at.as_of.plus_seconds(reach));
    Some(Line { undertaken, assessment, trail })
}

/// How a commitment was undertaken, as known at a position.
pub(super) fn undertaken<'a>(docket: &'a Docket, id: &Slug, known: Position) -> Option<&'a CommitmentUndertaken> {
    docket.undertaking(id, known).map(|(_, undertaken)| undertaken)
}

fn tally(lines: &[Line<'_>]) -> Vec<Tally> {
    let of = |mood_asked: Mood| {
        let statuses = lines.iter().map(|line| line.assessment.judgement.status);
        let mut alike: Vec<Status> = statuses.filter(|status| mood(status.to_proto()) == mood_asked).collect();
        let count = alike.len();
        alike.sort();
        alike.dedup();
        let words: Vec<&str> = alike.into_iter().map(|status| Badge::of(status).word).collect();
        Tally { class: badge::class(mood_asked), mark: mood_asked.mark(), count, words: words.join(", ") }
    };
    Mood::ALL.into_iter().map(of).filter(|tally| tally.count > 0).collect()
}

fn groups(visit: &Visit, docket: &Docket, lines: &[Line<'_>], by_instrument: bool) -> Vec<Group> {
    let key = |line: &Line<'_>| match by_instrument {
        true => line.undertaken.instrument.to_string(),
        false => line.undertaken.obligor.to_string(),
    };
    let mut keys: Vec<String> = lines.iter().map(key).collect();
    keys.sort();
    keys.dedup();
    let group = |wanted: String| Group {
        title: match by_instrument {
            true => instrument_title(docket, &wanted, visit).unwrap_or_else(|| capital(&words(&wanted))),
            false => format!("{} owes", begun(&wanted)),
        },
        rows: lines
            .iter()
            .filter(|line| key(line) == wanted)
            .map(|line| row(visit, docket, line, by_instrument))
            .collect(),
        id: wanted.to_lowercase(),
    };
    keys.into_iter().map(group).collect()
}

fn instrument_title(docket: &Docket, id: &str, visit: &Visit) -> Option<String> {
    let subject = Subject::Member(Collection::Instruments, Slug::parse(id).ok()?);
    let own = live(docket.about(&subject), visit.at.known);
    own.into_iter().find_map(|event| match &event.submission.payload {
        Payload::InstrumentSigned(signed) => Some(signed.title.to_string()),
        _ => None,
    })
}

fn row(visit: &Visit, docket: &Docket, line: &Line<'_>, by_instrument: bool) -> Row {
    let assessment = &line.assessment;
    let shown = wire::assessment_to_proto(assessment, &visit.made(docket));
    let id = assessment.commitment.to_string();
    let next = assessment.next_change_at.map(|next| (When::at(next), distance(next, visit.at.as_of)));
    let readings = assessment.by_reading.iter();
    let (obligor, obligee) = (line.undertaken.obligor.to_string(), line.undertaken.obligee.to_string());
    Row {
        name: capital(&of_party(&id, &obligor)),
        id,
        title: line.undertaken.title.to_string(),
        href: visit.link_to(&shown.commitment),
        owed: if by_instrument {
            format!("{} to {}", begun(&obligor), name(&obligee))
        } else {
            format!("to {}", name(&obligee))
        },
        badge: Badge::of(assessment.judgement.status),
        lifecycle: badge::lifecycle(assessment.judgement.lifecycle),
        readings: readings.map(|(name, judgement)| (words(name), Badge::of(judgement.status))).collect(),
        next,
        so_far: so_far(&shown),
        pace: pace(&shown),
        evidence: evidence(shown.evidence()),
        standing: word(shown.standing().as_str_name(), "STANDING_"),
        said: line.trail.said(),
        stretches: line.trail.stretches(),
        now_x: line.trail.x(visit.at.as_of),
    }
}

fn pace(shown: &v1::Assessment) -> Option<u8> {
    use v1::assessment::Numbers;
    match shown.numbers.as_ref()? {
        Numbers::Purchase(numbers) => hundredths(&numbers.latest.as_ref()?.ratio),
        Numbers::Act(numbers) if numbers.target > 1 => {
            let done = u32::try_from(numbers.done).unwrap_or(0).min(numbers.target);
            u8::try_from(u64::from(done) * 100 / u64::from(numbers.target)).ok()
        }
        _ => None,
    }
}

/// A ratio such as 0.534 in percent, cut, at most 100: for drawing only.
pub(super) fn hundredths(ratio: &str) -> Option<u8> {
    let text = percent(ratio);
    let whole: u64 = text.split('.').next()?.parse().ok()?;
    u8::try_from(whole.min(100)).ok()
}

/// How evidence is shown: what is contested is as loud as what is broken.
pub(super) fn evidence(evidence: v1::Evidence) -> Evidence {
    let (class, mark) = match evidence {
        v1::Evidence::Corroborated => ("corroborated", "●●"),
        v1::Evidence::Single => ("single", "●○"),
        v1::Evidence::Contested => ("contested", "●≠●"),
        v1::Evidence::None | v1::Evidence::Unspecified => ("none", "○○"),
    };
    Evidence { class, mark, word: word(evidence.as_str_name(), "EVIDENCE_") }
}
