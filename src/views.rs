//! Views: answers computed from a docket. Pure: no store, no clock; the same question gets the same answer for ever.
//!
//! Here: [`assess`], how a status is decided, one decision table per file. Not here: which events may be recorded
//! (`domain`), where they come from (`ledger`), how an answer is spelled on the wire (`wire`).

mod act;
mod assess;
mod assessment;
mod case;
mod compare;
mod deadlines;
mod effects;
mod intervals;
mod judge;
mod licensing;
mod maintenance;
mod outcome;
mod patch;
mod periodic;
mod purchase;
mod readings;
mod record;
mod relief;
mod standing;
mod terms_in_force;

pub use assess::{Counterpart, assess, assess_dossier};
pub use assessment::{
    Assessment, Breach, Flow, InEffect, Judgement, Numbers, PeriodAssessment, PeriodVerdict, Row, TrancheAssessment,
};
pub use compare::{
    AssessmentField, ChangeKind, Comparison, Coordinate, EffectTiming, Fact, Learned, Transition, compare,
};
pub use deadlines::{Consequence, Deadline, DeadlineKind, ReturningMeasure, deadlines, deadlines_of};
pub use terms_in_force::terms_in_force;
