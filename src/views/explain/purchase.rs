//! Purchase: what the decision table of purchase pledges asked about (specification, section 5).

use num_rational::BigRational;

use super::Quantity;
use super::explanation::TriedRow;
use crate::domain::terms::SeriesRule;
use crate::domain::{Day, Decimal, Flag, Position, Slug, Status, Unit, Window};
use crate::views::Row;

/// How a purchase pledge was judged.
#[derive(Debug, Clone, PartialEq)]
pub struct PurchaseDerivation {
    /// The unit of every amount, but of those as reported.
    pub unit: Unit,
    /// How the series decide together.
    pub series_rule: SeriesRule,
    /// The series that leads.
    pub primary: Slug,
    /// Which amount went where, series by series.
    pub series: Vec<SeriesDerivation>,
    /// Every tranche, in order.
    pub tranches: Vec<TrancheDerivation>,
}

/// The allocation of one series.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesDerivation {
    /// Which.
    pub series: Slug,
    /// Whether it decides.
    pub heard: bool,
    /// Its amounts that count, in the order of allocation.
    pub items: Vec<ItemDerivation>,
    /// The surpluses that were carried forward.
    pub carried: Vec<Carried>,
}

/// One amount and where it went.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemDerivation {
    /// The event.
    pub position: Position,
    /// Its period.
    pub window: Window,
    /// How much, as reported.
    pub reported: Decimal,
    /// In which unit.
    pub reported_unit: Unit,
    /// The exact factor into the pledge's unit.
    pub factor: BigRational,
    /// How much, in the pledge's unit.
    pub amount: BigRational,
    /// Whether it is the whole of its period.
    pub covers: bool,
    /// The tranches it went to.
    pub shares: Vec<ShareOfItem>,
    /// The mark of an amount that no tranche could take.
    pub dropped: Option<Flag>,
}

/// The part of an amount that one tranche took.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareOfItem {
    /// The tranche.
    pub tranche: Slug,
    /// How much.
    pub amount: BigRational,
    /// Why this tranche.
    pub reason: LotReason,
}

/// Why an amount went to a tranche.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LotReason {
    /// The earliest that could take it, up to its target.
    Filled,
    /// The last that could take it takes all that remains.
    TakesTheRest,
    /// None could take it in time: the latest begun by then takes it, late.
    Late,
    /// A net cancellation lowers the tranche that was running.
    TakenBack,
    /// A surplus at the due date that moves on.
    CarriedOut,
    /// A surplus of the tranche before.
    CarriedIn,
}

/// A surplus that was carried.
#[derive(Debug, Clone, PartialEq)]
pub struct Carried {
    /// The tranche.
    pub tranche: Slug,
    /// On which day it counts there.
    pub on: Day,
    /// How much; negative where it leaves.
    pub amount: BigRational,
    /// Whether it leaves or arrives.
    pub reason: LotReason,
}

/// One tranche.
#[derive(Debug, Clone, PartialEq)]
pub struct TrancheDerivation {
    /// Which.
    pub id: Slug,
    /// Its window.
    pub window: Window,
    /// Its status, after the series rule.
    pub status: Status,
    /// The row that decided.
    pub row: Option<Row>,
    /// Its dates, with excused days.
    pub quantities: Vec<Quantity>,
    /// What each series says of it.
    pub series: Vec<SeriesTranche>,
}

/// What one series says of one tranche.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesTranche {
    /// Which series.
    pub series: Slug,
    /// Whether it decides.
    pub heard: bool,
    /// Its status.
    pub status: Status,
    /// The row that decided.
    pub row: Row,
    /// Coverage and arithmetic.
    pub quantities: Vec<Quantity>,
    /// The rows tried.
    pub rows: Vec<TriedRow>,
}
