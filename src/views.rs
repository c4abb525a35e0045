//! Views: answers computed from a docket. Pure: no store, no clock; the same question gets the same answer for ever.
//!
//! Here: [`assess`], how a status is decided, one decision table per file; [`explain`], how that answer came about;
//! [`transitions`], how answers change as time and knowledge move on; [`Scorecard`], [`project`] and [`pace`], questions that rest on it; what touches an item ([`Catalogue`]), what
//! series say side by side ([`shares`]), [`meetings`] and [`asks`]. Not here: which events may be recorded (`domain`),
//! where they come from (`ledger`), how an answer is spelled on the wire (`wire`).

mod act;
mod asks;
mod assess;
mod assessment;
mod by_period;
mod case;
mod compare;
mod deadlines;
mod effects;
mod explain;
mod exposure;
mod intervals;
mod judge;
mod licensing;
mod maintenance;
mod mark;
mod measure;
mod meetings;
mod outcome;
mod pace;
mod patch;
mod periodic;
mod promise;
mod purchase;
mod readings;
mod record;
mod relief;
mod rule;
mod scenario;
mod scorecard;
mod shares;
mod standing;
mod terms_in_force;
pub mod transitions;

pub use asks::{Answer as AskOutcome, Ask, asks};
pub use assess::{Counterpart, Held, assess, assess_dossier, assess_held};
pub use assessment::{
    Assessment, Breach, Flow, InEffect, Judgement, Numbers, PeriodAssessment, PeriodVerdict, Row, TrancheAssessment,
};
pub use compare::{
    AssessmentField, ChangeKind, Comparison, Coordinate, EffectTiming, Fact, JudgementChange, Learned, change_between,
    compare, compare_answers, trail,
};
pub use deadlines::{Consequence, Deadline, DeadlineKind, ReturningMeasure, deadlines, deadlines_of};
pub use explain::{
    ActDerivation, Agreement, BreachExplained, Carried, CountStep, CounterpartExplained, Derivation, EndGround,
    Explanation, FigureDerivation, Interval, ItemDerivation, LotReason, MaintenanceDerivation, PeriodDerivation,
    PeriodicDerivation, PurchaseDerivation, Quantity, RateExplained, ReadingExplained, RecordExplained, RecordUse,
    SeriesDerivation, SeriesTranche, ShareOfItem, SpanGround, TermInForce, TermOrigin, TracedSpan, TrancheDerivation,
    TriedRow, exact, explain, explain_dossier, gist,
};
pub use exposure::{
    Catalogue, Codes, ExposedCommitment, ExposedMeasure, FoundIn, Item, Match, MatchKind, Reading, Standings, Touch,
    Touched, standings,
};
pub use measure::{MeasureNow, MeasureStanding, measure_now};
pub use meetings::{LeaderYear, Meeting, MeetingState, Move, leader_years, meetings};
pub use pace::{
    Course, Forecast, ForecastSpan, Mirror, MirrorSide, Pace, PaceOf, PeriodPoint, PeriodValue, PeriodicPace, Point,
    PurchasePace, ReadingPace, Strand, pace,
};
pub use promise::Promise;
pub use scenario::{Difference, Effect, Link, Step, project};
pub use scorecard::{Member, ScoreGroup, Scorecard, ScorecardFilter};
pub use shares::{Ceiling, Figure, FigureForm, SeriesDifference, ShareRow, Shares, shares};
pub use terms_in_force::terms_in_force;
