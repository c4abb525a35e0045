//! Views: answers computed from a docket. Pure: no store, no clock; the same question gets the same answer for ever.
//!
//! Here: [`assess`], how a status is decided, one decision table per file; what touches an item ([`Catalogue`]), what
//! series say side by side ([`shares`]), [`meetings`] and [`asks`]. Not here: which events may be recorded
//! (`domain`), where they come from (`ledger`), how an answer is spelled on the wire (`wire`).

mod act;
mod asks;
mod assess;
mod assessment;
mod case;
mod compare;
mod deadlines;
mod effects;
mod exposure;
mod intervals;
mod judge;
mod licensing;
mod maintenance;
mod measure;
mod meetings;
mod outcome;
mod patch;
mod periodic;
mod purchase;
mod readings;
mod record;
mod relief;
mod shares;
mod standing;
mod terms_in_force;
mod undertaking;

pub use asks::{Answer as AskOutcome, Ask, asks};
pub use assess::{Counterpart, assess, assess_dossier};
pub use assessment::{
    Assessment, Breach, Flow, InEffect, Judgement, Numbers, PeriodAssessment, PeriodVerdict, Row, TrancheAssessment,
};
pub use compare::{
    AssessmentField, ChangeKind, Comparison, Coordinate, EffectTiming, Fact, Learned, Transition, compare,
};
pub use deadlines::{Consequence, Deadline, DeadlineKind, ReturningMeasure, deadlines, deadlines_of};
pub use exposure::{
    Catalogue, Codes, ExposedCommitment, ExposedMeasure, FoundIn, Item, Match, MatchKind, Reading, Standings, Touch,
    Touched, standings,
};
pub use measure::{MeasureNow, MeasureStanding, measure_now};
pub use meetings::{LeaderYear, Meeting, MeetingState, Move, leader_years, meetings};
pub use shares::{Ceiling, Difference, Figure, FigureForm, ShareRow, Shares, shares};
pub use terms_in_force::terms_in_force;
