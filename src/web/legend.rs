//! The legend: what every mark, colour and word of the console means.

use askama::Template;
use axum::response::Response;

use super::badge::{Badge, class};
use super::board::{self, Evidence};
use super::fault::Fault;
use super::frame::Frame;
use super::measure::Effect;
use super::respond::html;
use super::visit::Visit;
use crate::exchange::status_mark::{Mood, mood};
use crate::proto::v1;

#[derive(Template)]
#[template(path = "legend.html")]
struct LegendPage {
    frame: Frame,
    moods: Vec<Group>,
    evidences: Vec<(Evidence, &'static str)>,
    effects: Vec<(Effect, &'static str)>,
}

/// The statuses that look alike.
struct Group {
    class: &'static str,
    mark: &'static str,
    title: &'static str,
    statuses: Vec<(Badge, &'static str)>,
}

const STATUSES: [(v1::Status, &str); 16] = [
    (v1::Status::Met, "The promise was kept."),
    (v1::Status::OnTrack, "It runs, and it is kept or on pace."),
    (v1::Status::MetLate, "It was performed inside the cure period."),
    (v1::Status::Open, "It runs, and there is nothing to judge yet."),
    (v1::Status::Pending, "It has not begun."),
    (v1::Status::Behind, "It is behind the pace. That is advice, not a breach."),
    (v1::Status::InGrace, "It is not kept, but the cure period runs."),
    (v1::Status::Cured, "It was broken, then mended."),
    (v1::Status::Unverified, "Nothing that counts says whether it is kept. Silence is not success."),
    (v1::Status::Disputed, "Sources, or the texts themselves, contradict each other."),
    (v1::Status::NotMet, "It was not kept."),
    (v1::Status::Breached, "It is being broken."),
    (v1::Status::Waived, "The one to whom it is owed has waived it."),
    (v1::Status::Excused, "It is excused."),
    (v1::Status::Moot, "Nothing is owed any more."),
    (v1::Status::NotRecorded, "No record of it was known by then."),
];

/// What a status means, in a sentence.
pub(super) fn meaning(status: v1::Status) -> &'static str {
    STATUSES.iter().find(|(it, _)| *it == status).map_or("", |(_, meaning)| meaning)
}

pub(super) fn show(visit: &Visit) -> Result<Response, Fault> {
    let docket = visit.ledger.docket();
    let frame = Frame::of(visit, &docket, "Legend", None);
    drop(docket);
    let page = LegendPage {
        frame,
        moods: Mood::ALL.into_iter().map(group).collect(),
        evidences: vec![
            (board::evidence(v1::Evidence::Corroborated), "Two or more series or classes of source agree."),
            (board::evidence(v1::Evidence::Single), "One series, or one class of source, says so."),
            (board::evidence(v1::Evidence::Contested), "Two or more contradict each other."),
            (board::evidence(v1::Evidence::None), "No record counts."),
        ],
        effects: vec![
            (Effect::spelled(v1::InEffect::Yes), "The measure is in effect."),
            (Effect::spelled(v1::InEffect::No), "It is suspended, void, or was never put in effect."),
            (
                Effect::spelled(v1::InEffect::Unknown),
                "Whether it is held off depends on which text or source is right.",
            ),
        ],
    };
    Ok(html(page.render()?))
}

fn group(of: Mood) -> Group {
    let title = match of {
        Mood::Kept => "kept",
        Mood::Running => "running",
        Mood::Warning => "at risk",
        Mood::Broken => "broken",
        Mood::Unclear => "unclear",
        Mood::Released => "not owed",
    };
    let alike = STATUSES.iter().filter(|(status, _)| mood(*status) == of);
    Group {
        class: class(of),
        mark: of.mark(),
        title,
        statuses: alike.map(|(status, meaning)| (Badge::spelled(*status), *meaning)).collect(),
    }
}
