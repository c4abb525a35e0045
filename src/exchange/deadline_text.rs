//! A deadline in words, the same in tables and in calendars.

use super::plain_words::word;
use crate::proto::v1;

/// The kind, such as `LAPSE`, with the tranche or period it is of.
pub fn clock(deadline: &v1::Deadline) -> String {
    let kind = word(deadline.kind().as_str_name(), "DEADLINE_KIND_");
    if deadline.target.is_empty() { kind.to_owned() } else { format!("{kind} of {}", deadline.target) }
}

/// How the text says it, with the zone of its words.
pub fn said(deadline: &v1::Deadline) -> String {
    let names_no_zone = deadline.text.ends_with('Z');
    if names_no_zone { deadline.text.clone() } else { format!("{}, {}", deadline.text, deadline.zone) }
}

/// What a clock in the text's zone shows, to the minute where its seconds are zero.
pub fn local(deadline: &v1::Deadline) -> String {
    let shown = deadline.local_time.replace('T', " ");
    format!("{} {}", shown.strip_suffix(":00").unwrap_or(&shown), deadline.zone)
}

/// What the evaluator says before and at it: of the commitment where that changes, else of the tranche or the reading.
pub fn turn(deadline: &v1::Deadline) -> String {
    let (before, after) = (deadline.before.unwrap_or_default(), deadline.after.unwrap_or_default());
    if deadline.changes_status {
        return change(before, after);
    }
    let stays = format!("stays {}", status(after.status()));
    let in_reading = deadline.reading_before.zip(deadline.reading_after).filter(|(before, after)| before != after);
    if let Some((before, after)) = in_reading {
        return format!("{stays}; {}: {}", deadline.reading, change(before, after));
    }
    if deadline.target_before != deadline.target_after {
        let (before, after) = (status(deadline.target_before()), status(deadline.target_after()));
        return format!("{stays}; {}: {before} → {after}", deadline.target);
    }
    stays
}

/// A change of lifecycle or status, or of both.
pub fn change(before: v1::Judgement, after: v1::Judgement) -> String {
    let lifecycle = |it: v1::Judgement| word(it.lifecycle().as_str_name(), "LIFECYCLE_");
    let of_lifecycle = format!("{} → {}", lifecycle(before), lifecycle(after));
    let of_status = format!("{} → {}", status(before.status()), status(after.status()));
    match (before.lifecycle == after.lifecycle, before.status == after.status) {
        (false, true) => of_lifecycle,
        (false, false) => format!("{of_lifecycle}, {of_status}"),
        (true, _) => of_status,
    }
}

/// What happens then; of the measures that come back the ids, shortened where there are many, or all with their titles.
pub fn consequence(deadline: &v1::Deadline, with_titles: bool) -> String {
    use v1::Consequence;
    let fixed = match deadline.consequence() {
        Consequence::MeasuresComeBack => return come_back(deadline, with_titles),
        Consequence::DutyEnds if !deadline.measures.is_empty() => {
            return format!("the duty ends; cannot come back, void: {}", measures(deadline, true, with_titles));
        }
        Consequence::Unspecified => "",
        Consequence::Nothing => "no answer turns on it any more",
        Consequence::DutyBegins => "the duty begins",
        Consequence::DutyEnds => "the duty ends",
        Consequence::MeasuresExpire => "the duty ends, and the measures are gone",
        Consequence::DutyResumes => "the duty is owed again",
        Consequence::CountsAsApplied => "what is not implemented counts as applied",
        Consequence::CountsAsLate => "performance counts as late",
        Consequence::NoLongerCounts => "performance no longer counts",
        Consequence::BreachStands => "the breach stands",
        Consequence::FiguresOverdue => "the figures are overdue",
        Consequence::SilenceUnverified => "silence means UNVERIFIED",
        Consequence::SilenceNotMet => "silence means NOT_MET",
        Consequence::PeriodJudged => "the period can be judged",
        Consequence::TermsChange => "the terms are other ones",
        Consequence::EvidenceChanges => "what is known changes the answer",
    };
    match deadline.counterpart.rsplit('/').next() {
        Some(other) if !other.is_empty() => format!("{fixed}: {other} changes"),
        _ => fixed.to_owned(),
    }
}

fn come_back(deadline: &v1::Deadline, with_titles: bool) -> String {
    if deadline.measures.is_empty() {
        return "the duty ends, and what it held back may come back".to_owned();
    }
    let back = format!("comes back: {}", measures(deadline, false, with_titles));
    match measures(deadline, true, with_titles) {
        void if void.is_empty() => back,
        void => format!("{back}; cannot, void: {void}"),
    }
}

fn measures(deadline: &v1::Deadline, void: bool, with_titles: bool) -> String {
    let named = deadline.measures.iter().filter(|measure| measure.legal_basis_void == void).map(|measure| {
        let id = measure.name.rsplit('/').next().unwrap_or_default();
        if with_titles && !measure.title.is_empty() { format!("{id} ({})", measure.title) } else { id.to_owned() }
    });
    let named: Vec<String> = named.collect();
    match named.as_slice() {
        [first, _, _, ..] if !with_titles => format!("{first} and {} more", named.len() - 1),
        _ => named.join(", "),
    }
}

fn status(status: v1::Status) -> &'static str {
    word(status.as_str_name(), "STATUS_")
}
