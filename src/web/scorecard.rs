//! Who owes whom: the promises of each pair of parties, one side beside the other, by how they stand.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::response::Response;

use super::badge::{Badge, class};
use super::board::{self, Evidence};
use super::fault::Fault;
use super::frame::Frame;
use super::party::{begun, capital, name, of_party};
use super::respond::html;
use super::visit::{Visit, id};
use super::when::{self, When, distance};
use crate::domain::{Collection, Slug};
use crate::exchange::plain_words::word;
use crate::exchange::status_mark::Mood;
use crate::proto::v1;
use crate::views::{self, Promise, Scorecard};
use crate::wire;

#[derive(Template)]
#[template(path = "scorecard.html")]
struct ScorecardPage {
    frame: Frame,
    pairs: Vec<Pair>,
}

/// Two parties, what each owes the other.
struct Pair {
    title: String,
    sides: Vec<Side>,
}

/// What one owes the other.
struct Side {
    title: String,
    total: u32,
    groups: Vec<Group>,
}

/// The promises that stand alike.
struct Group {
    class: &'static str,
    mark: &'static str,
    title: &'static str,
    count: u32,
    /// Where it begins on the bar.
    x: u32,
    members: Vec<Member>,
    /// How many more there are, and the board with all of them.
    more: Option<(u32, String)>,
}

/// How many promises of a group are named here.
const MEMBERS_MAX: usize = 40;

struct Member {
    key: String,
    name: String,
    href: String,
    title: String,
    badge: Badge,
    evidence: Evidence,
    next: Option<(When, String)>,
    flags: Vec<String>,
}

pub(super) fn show(visit: &Visit) -> Result<Response, Fault> {
    let at = visit.at;
    let docket = visit.ledger.docket();
    let mut scorecard = Scorecard::default();
    let ids: Vec<Slug> = docket.members(Collection::Commitments).cloned().collect();
    for id in &ids {
        let Some((event, undertaken)) = docket.undertaking(id, at.known) else { continue };
        let promise = Promise::undertaken(undertaken, event.position);
        let told = visit.ledger.recall(&docket, id, at.as_of, at.known);
        scorecard.add(views::Member::of(promise, &told.assessment));
    }
    let frame = Frame::of(visit, &docket, "Who owes whom", None);
    drop(docket);
    let shown = wire::scorecard_to_proto(&scorecard, visit.ledger.name());
    let mut pairs: BTreeMap<[String; 2], Vec<Side>> = BTreeMap::new();
    for pair in &shown.pairs {
        let mut key = [pair.obligor.clone(), pair.obligee.clone()];
        key.sort();
        pairs.entry(key).or_default().push(side(visit, pair));
    }
    let pair = |([one, other], sides): ([String; 2], Vec<Side>)| Pair {
        title: format!("{} and {}", begun(&one), name(&other)),
        sides,
    };
    Ok(html(ScorecardPage { frame, pairs: pairs.into_iter().map(pair).collect() }.render()?))
}

fn side(visit: &Visit, pair: &v1::ScorecardPair) -> Side {
    let total: u32 = pair.groups.iter().map(|group| group.count).sum();
    let mut x = 0;
    let mut groups = Vec::new();
    for it in &pair.groups {
        groups.push(group(visit, it, pair, x));
        x += it.count;
    }
    Side { title: format!("{} owes {}", begun(&pair.obligor), name(&pair.obligee)), total, groups }
}

fn group(visit: &Visit, group: &v1::ScorecardGroup, pair: &v1::ScorecardPair, x: u32) -> Group {
    let (mood, title) = match group.group() {
        v1::ScoreGroup::Kept => (Mood::Kept, "kept"),
        v1::ScoreGroup::Running => (Mood::Running, "running, and nothing speaks against it"),
        v1::ScoreGroup::AtRisk => (Mood::Warning, "behind, at risk, or broken and mended"),
        v1::ScoreGroup::Broken => (Mood::Broken, "broken"),
        v1::ScoreGroup::Unclear => (Mood::Unclear, "disputed, or not verified"),
        v1::ScoreGroup::Released => (Mood::Released, "not owed, or no longer"),
        v1::ScoreGroup::Pending | v1::ScoreGroup::Unspecified => (Mood::Running, "not begun"),
    };
    let members = group.members.iter().take(MEMBERS_MAX).map(|it| member(visit, it, &pair.obligor)).collect();
    let statuses: BTreeSet<&str> = group.members.iter().map(|it| word(it.status().as_str_name(), "STATUS_")).collect();
    let statuses = statuses.into_iter().collect::<Vec<_>>().join(",");
    let fields =
        [("obligor", pair.obligor.as_str()), ("obligee", pair.obligee.as_str()), ("status", statuses.as_str())];
    let left = group.members.len().saturating_sub(MEMBERS_MAX);
    let more = u32::try_from(left).ok().filter(|left| *left > 0).map(|left| (left, visit.link_with("", &fields)));
    Group { class: class(mood), mark: mood.mark(), title, count: group.count, x, members, more }
}

fn member(visit: &Visit, it: &v1::ScorecardMember, obligor: &str) -> Member {
    let next = when::instant(it.next_change_at);
    Member {
        key: id(&it.commitment).to_owned(),
        name: capital(&of_party(id(&it.commitment), obligor)),
        href: visit.link_to(&it.commitment),
        title: it.title.clone(),
        badge: Badge::spelled(it.status()),
        evidence: board::evidence(it.evidence()),
        next: next.map(|next| (When::at(next), distance(next, visit.at.as_of))),
        flags: it.flags().map(|flag| word(flag.as_str_name(), "FLAG_").to_owned()).collect(),
    }
}
