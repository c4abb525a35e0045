//! Events of measures: the tariff, export control, fee or rule that a commitment is about. Their subject is a measure,
//! or a commitment where a record is about its duty as a whole.

use super::super::{Dated, Decimal, Party, Product, Slug, Text, word::words};

words! {
    /// What a measure is.
    MeasureKind {
        /// A duty on imports.
        Tariff = "TARIFF",
        /// A licence requirement or ban on exports.
        ExportControl = "EXPORT_CONTROL",
        /// A charge, such as on ships.
        Fee = "FEE",
        /// A list, threshold or other rule.
        Rule = "RULE",
        /// An investigation that can end in one of these.
        Investigation = "INVESTIGATION",
    }
}

/// A measure was made known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasureAnnounced {
    /// What it is, for people.
    pub title: Text,
    /// What it is.
    pub kind: MeasureKind,
    /// Who imposes it.
    pub by: Party,
    /// On whom; ALL where it names nobody.
    pub against: Party,
    /// The legal act, such as "MOFCOM Announcement 61 of 2025".
    pub reference: Option<Text>,
    /// When it was announced.
    pub announced_at: Dated,
    /// The products it covers.
    pub products: Vec<Product>,
}

/// A measure took effect; for duties other than a suspension, what had to be implemented was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasureImplemented {
    /// From when.
    pub effective_at: Dated,
    /// By which act.
    pub reference: Option<Text>,
}

/// A measure was suspended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasureSuspended {
    /// From when.
    pub effective_at: Dated,
    /// By which act.
    pub reference: Option<Text>,
}

/// A suspended measure was put back in force by an act; by the obligor, it counts as the measure applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasureReinstated {
    /// From when.
    pub effective_at: Dated,
    /// By whom.
    pub by: Party,
    /// By which act.
    pub reference: Option<Text>,
}

/// A court, or the legislature, took away a measure's legal basis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasureVoided {
    /// From when.
    pub effective_at: Dated,
    /// Which court or body, as free text.
    pub court: Text,
    /// The ruling.
    pub reference: Option<Text>,
}

/// One component of a rate was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateSet {
    /// Which component, such as `fentanyl` or `reciprocal`.
    pub component: Slug,
    /// In percentage points; absent where the component was taken away.
    pub rate: Option<Decimal>,
    /// From when.
    pub effective_at: Dated,
    /// By which act.
    pub reference: Option<Text>,
}
