//! A measure that was to stay suspended: on track, broken, mended, waived, excused, disputed, and over, in time or not.
//! There is no cure period, so it is never in grace.

use entente::domain::event::{MeasureObserved, MeasureState};
use entente::domain::terms::{Maintenance, OnEnd};
use entente::domain::{Moment, Payload, SourceClass, Status, Terms};

use super::{Segment, Telling};

/// What was mended stays mended and what was disputed stays disputed, so not every order can be had.
pub(super) fn tell(segments: &[Segment], telling: &mut Telling) -> Option<Terms> {
    let start = segments.first()?.from;
    let mut until = None;
    for segment in segments {
        match segment.status {
            Status::OnTrack | Status::Cured => {}
            Status::Breached => applied(segment, telling),
            Status::Waived => {
                applied(segment, telling);
                telling.waive(segment);
            }
            Status::Excused => {
                applied(segment, telling);
                telling.excuse(segment);
            }
            Status::Disputed => {
                applied(segment, telling);
                observe(segment, MeasureState::NotApplied, SourceClass::ObligorOfficial, telling);
            }
            Status::Met | Status::NotMet if start < segment.from => {
                until.get_or_insert(segment.from);
            }
            Status::Moot => telling.void(segment.from),
            _ => return None,
        }
    }
    Some(Terms::MeasureSuspension(Maintenance {
        effective_from: Moment::at(start),
        until: until.map(Moment::at),
        implement_by: None,
        cure: None,
        tolerance_hours: 0,
        snapback_notice_days: None,
        depends_on: None,
        on_end: OnEnd::Revive,
    }))
}

fn applied(segment: &Segment, telling: &mut Telling) {
    observe(segment, MeasureState::Applied, SourceClass::ObligeeOfficial, telling);
}

fn observe(segment: &Segment, state: MeasureState, class: SourceClass, telling: &mut Telling) {
    let observed = MeasureObserved { state, from: segment.from, until: segment.until };
    telling.say(Some(class), Payload::MeasureObserved(observed));
}
