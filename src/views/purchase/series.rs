//! Series: what each statistical source says of each tranche, and how they decide together (specification, section 5).

use std::borrow::Cow;
use std::collections::BTreeSet;

use num_rational::BigRational;
use num_traits::{Signed, Zero};

use super::super::outcome::raise;
use super::super::rule;
use super::super::{Flow, Row};
use super::allocation::Allocation;
use super::coverage::Coverage;
use super::item::Item;
use super::pace::{self, Expected};
use super::plan::Plan;
use super::rollup;
use super::table::{self, Facts};
use crate::domain::terms::{PaceMethod, PurchaseTerms, SeriesRule};
use crate::domain::{Evidence, Flag, Instant, Slug, Status, fraction};

/// What one series says.
#[derive(Debug)]
pub(super) struct SeriesView<'i> {
    /// Which.
    pub(super) series: &'i Slug,
    /// Its amounts that count by then, in the order of allocation.
    pub(super) items: &'i [&'i Item],
    /// Each tranche, in order.
    pub(super) tranches: Vec<TrancheView>,
    /// Which amount went where.
    pub(super) allocation: Cow<'i, Allocation>,
    // Marks of its records, which are shown whether or not the series is heard.
    marks: BTreeSet<Flag>,
}

/// What one series says of one tranche.
#[derive(Debug)]
pub(super) struct TrancheView {
    /// Its status.
    pub(super) status: Status,
    /// Its numbers.
    pub(super) flow: Flow,
    /// The row that decided.
    pub(super) row: Row,
    /// What the rows asked about.
    pub(super) facts: Facts,
    /// How far it is covered.
    pub(super) coverage: Coverage,
    /// What was compared.
    pub(super) sums: Sums,
    // Marks of the row.
    flags: BTreeSet<Flag>,
}

/// The amounts that the rows compare.
#[derive(Debug)]
pub(super) struct Sums {
    /// P(due').
    pub(super) by_due: BigRational,
    /// P(cure_end).
    pub(super) by_cure_end: BigRational,
    /// P(D).
    pub(super) by_data_end: BigRational,
    /// E(D), where there is a pace.
    pub(super) expected: Option<Expected>,
    /// E(D) x (1 - tolerance): what keeps the pledge on track.
    pub(super) required: Option<BigRational>,
}

/// What all series together say of one tranche.
#[derive(Debug)]
pub(super) struct Verdict {
    /// Its status.
    pub(super) status: Status,
    /// The row that decided; none where series contradict each other.
    pub(super) row: Option<Row>,
}

/// What one series says, by its amounts that count and where they went.
pub(super) fn view_of<'v>(
    terms: &PurchaseTerms,
    plans: &[Plan<'_>],
    series: &'v Slug,
    items: &'v [&'v Item],
    allocation: Cow<'v, Allocation>,
    coverages: Vec<Coverage>,
    as_of: Instant,
) -> SeriesView<'v> {
    let mut marks: BTreeSet<Flag> = allocation.dropped.iter().map(|(_, flag)| *flag).collect();
    let tranches = plans.iter().zip(coverages).enumerate().map(|(index, (plan, coverage))| {
        coverage.mark(&mut marks);
        view(terms, plan, &allocation, index, coverage, as_of)
    });
    let tranches = tranches.collect();
    SeriesView { series, items, tranches, allocation, marks }
}

fn view(
    terms: &PurchaseTerms,
    plan: &Plan<'_>,
    allocation: &Allocation,
    index: usize,
    coverage: Coverage,
    as_of: Instant,
) -> TrancheView {
    let target = allocation.target(index);
    let expected = pace::expected(&terms.pace, plan, target, coverage.end);
    let required = expected.as_ref().map(|expected| fraction::times(&expected.amount, &pace::tolerated(&terms.pace)));
    let sums = Sums {
        by_due: allocation.performed_through(index, plan.due),
        by_cure_end: allocation.performed_through(index, plan.cure_end),
        by_data_end: allocation.performed_through(index, coverage.end),
        expected,
        required,
    };
    let on_pace = sums.required.as_ref().is_some_and(|required| fraction::compare(&sums.by_data_end, required).is_ge());
    let facts = Facts {
        void: plan.is_void,
        before_start: as_of < plan.starts_at,
        terminated: plan.terminated_by.is_some(),
        met_by_due: fraction::compare(&sums.by_due, target).is_ge(),
        due: plan.due_at <= as_of,
        met_by_cure_end: fraction::compare(&sums.by_cure_end, target).is_ge(),
        waived: plan.is_waived,
        excused: plan.is_excused,
        covered: coverage.through.is_some(),
        first_data_late: plan.first_data_at <= as_of,
        no_pace: terms.pace.method == PaceMethod::None,
        on_pace,
        due_uncovered: !coverage.reaches(plan.due),
        within_due_lag: as_of < plan.due_data_at,
        within_cure: as_of < plan.cure_end_at,
        cure_uncovered: !coverage.reaches(plan.cure_end),
        within_cure_lag: as_of < plan.cure_data_at,
        on_missing: terms.on_missing,
    };
    let (row, status) = rule::first(&table::rules(&facts));
    let performed = allocation.performed(index);
    let mut flags = BTreeSet::new();
    raise(&mut flags, Flag::AwaitingData, matches!(row, "Q10" | "Q12"));
    raise(&mut flags, Flag::EvidenceIncomplete, row == "Q13" || (row == "Q11" && facts.due_uncovered));
    raise(&mut flags, Flag::LatePerformance, row == "Q14" && performed >= *target);
    let expected = sums.expected.as_ref().map(|expected| expected.amount.clone());
    let flow = flow(plan, performed, target, expected, &coverage);
    TrancheView { status, flow, row: Row(row), facts, coverage, sums, flags }
}

fn flow(
    plan: &Plan<'_>,
    performed: BigRational,
    target: &BigRational,
    expected: Option<BigRational>,
    coverage: &Coverage,
) -> Flow {
    let missing = fraction::minus(target, &performed);
    let shortfall = if missing.is_negative() { BigRational::zero() } else { missing };
    let days_left = Some(coverage.end.days_until(plan.due)).filter(|days| *days > 0);
    Flow {
        ratio: fraction::over(&performed, target),
        required_per_day: days_left
            .and_then(|days| fraction::over(&shortfall, &BigRational::from_integer(days.into()))),
        performed,
        target: target.clone(),
        expected,
        shortfall,
        data_through: coverage.through,
    }
}

impl SeriesView<'_> {
    /// Whether any amount of it counts by then.
    pub(super) fn has_evidence(&self) -> bool {
        !self.items.is_empty()
    }
}

/// Who is heard, and how they decide together.
#[derive(Debug)]
pub(super) struct Hearing<'v, 'i> {
    rule: SeriesRule,
    all: &'v [SeriesView<'i>],
    primary: usize,
    heard: Vec<usize>,
}

impl<'v, 'i> Hearing<'v, 'i> {
    /// Hears the series that the rule asks for: the primary one, or all that have evidence.
    pub(super) fn of(terms: &PurchaseTerms, views: &'v [SeriesView<'i>]) -> Self {
        let primary = views.iter().position(|view| *view.series == terms.primary).unwrap_or(0);
        let with_evidence: Vec<usize> = (0..views.len()).filter(|index| views[*index].has_evidence()).collect();
        let only_primary = terms.series_rule == SeriesRule::Primary || with_evidence.is_empty();
        let heard = if only_primary { vec![primary] } else { with_evidence };
        Hearing { rule: terms.series_rule, all: views, primary, heard }
    }

    /// Whether a series, by its place among all, is heard.
    pub(super) fn hears(&self, series: usize) -> bool {
        self.heard.contains(&series)
    }

    /// The series that are heard.
    pub(super) fn heard(&self) -> impl Iterator<Item = &'v SeriesView<'i>> {
        let all = self.all;
        self.heard.iter().map(move |index| &all[*index])
    }

    /// The series that the numbers come from: the primary one, else the first with evidence.
    pub(super) fn leading(&self) -> &'v SeriesView<'i> {
        let primary = &self.all[self.primary];
        let with_evidence = self.all.iter().find(|view| view.has_evidence()).filter(|_| !primary.has_evidence());
        with_evidence.unwrap_or(primary)
    }

    /// What they say of one tranche together.
    pub(super) fn verdict(&self, tranche: usize) -> Verdict {
        let views: Vec<&TrancheView> = self.heard().map(|view| &view.tranches[tranche]).collect();
        let statuses: Vec<Status> = views.iter().map(|view| view.status).collect();
        let status = match self.rule {
            SeriesRule::Primary | SeriesRule::Concur => rollup::common(&statuses),
            SeriesRule::Conservative => rollup::worst(&statuses),
        };
        let deciding = views.iter().find(|view| view.status == status);
        Verdict { status, row: deciding.map(|view| view.row) }
    }

    /// The marks of every record, of the rows of those that are heard, and of series that are missing or contradict each
    /// other.
    pub(super) fn flags(&self, terms: &PurchaseTerms, evidence: Evidence) -> BTreeSet<Flag> {
        let mut flags: BTreeSet<Flag> = self.all.iter().flat_map(|view| view.marks.iter().copied()).collect();
        flags.extend(self.heard().flat_map(|view| &view.tranches).flat_map(|tranche| tranche.flags.iter().copied()));
        let leads_alone =
            |view: &SeriesView<'_>| terms.series_rule == SeriesRule::Primary && *view.series == terms.primary;
        let missing = self.all.iter().any(|view| !view.has_evidence() && !leads_alone(view));
        raise(&mut flags, Flag::SeriesMissing, missing);
        let with_evidence: Vec<&SeriesView<'_>> = self.all.iter().filter(|view| view.has_evidence()).collect();
        let differ = with_evidence.windows(2).any(|pair| {
            let statuses = |view: &SeriesView<'_>| view.tranches.iter().map(|t| t.status).collect::<Vec<_>>();
            statuses(pair[0]) != statuses(pair[1])
        });
        raise(&mut flags, Flag::SourcesDisagree, differ || evidence == Evidence::Contested);
        flags
    }
}
