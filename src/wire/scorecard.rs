//! A scorecard, to the wire.

use crate::domain::{Collection, Party, Slug};
use crate::proto::v1;
use crate::views::{Member, ScoreGroup, Scorecard};

use super::spell::Speller;
use super::value::optional_instant_to_proto;
use super::word::{Word, number_or_unspecified};

/// A scorecard as a message.
pub fn scorecard_to_proto(scorecard: &Scorecard, ledger: &Slug) -> v1::Scorecard {
    let to = Speller::new(ledger, true);
    let pair = |(obligor, obligee): &(Party, Party)| (obligor.to_string(), obligee.to_string());
    let pairs = scorecard.pairs.iter().map(|(parties, groups)| {
        let (obligor, obligee) = pair(parties);
        let groups = groups.iter().map(|(group, members)| v1::ScorecardGroup {
            group: group.number(),
            count: count(members.len()),
            members: members.iter().map(|it| member(it, &to)).collect(),
        });
        v1::ScorecardPair { obligor, obligee, groups: groups.collect() }
    });
    let totals = ScoreGroup::ALL
        .into_iter()
        .map(|group| v1::ScorecardCount { group: group.number(), count: count(scorecard.total(group)) });
    v1::Scorecard { pairs: pairs.collect(), totals: totals.collect() }
}

fn member(member: &Member, to: &Speller<'_>) -> v1::ScorecardMember {
    v1::ScorecardMember {
        commitment: to.name(Collection::Commitments, &member.commitment),
        title: member.promise.title.to_string(),
        instrument: to.name(Collection::Instruments, &member.promise.instrument),
        kind: member.promise.kind.number(),
        position: member.promise.position.get(),
        lifecycle: member.judgement.lifecycle.number(),
        status: member.judgement.status.number(),
        row: member.row.map(|row| row.0.to_owned()).unwrap_or_default(),
        evidence: member.evidence.number(),
        standing: number_or_unspecified(member.standing),
        next_change_at: optional_instant_to_proto(member.next_change_at),
        flags: member.flags.iter().map(|flag| flag.number()).collect(),
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
