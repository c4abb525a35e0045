//! A watch under way: one thing heard after another, handled, and the place behind it kept.

use super::exec::Exec;
use super::keep::Kept;
use super::occurrence::Occurrence;
use crate::cli::output;
use crate::client::{Followed, Follower, Heard, Subscribe};
use crate::proto::v1;

/// A watch under way.
pub(super) struct Watch<R: Subscribe> {
    pub(super) follower: Follower<R>,
    pub(super) kept: Option<Kept>,
    pub(super) exec: Option<Exec>,
    pub(super) json: bool,
    /// The connection is gone, and that has been said.
    pub(super) away: bool,
}

/// What one step was.
pub(super) enum Step {
    Item,
    CaughtUp,
    Other,
}

impl<R: Subscribe> Watch<R>
where
    R::Item: Occurrence,
{
    /// Hears one thing and does what is to be done about it. An event whose handling is cut short is not kept as handled.
    pub(super) async fn step(&mut self) -> anyhow::Result<Step> {
        let Some(heard) = self.follower.hear().await else { anyhow::bail!("the stream has ended") };
        let heard = heard?;
        if let Heard::Interrupted { cause, wait } = heard {
            if !self.away {
                self.away = true;
                eprintln!("entente: {cause}; connecting again, first in {:.1} s", wait.as_secs_f64());
            }
            return Ok(Step::Other);
        }
        if self.away {
            self.away = false;
            eprintln!("entente: connected again; nothing was missed");
        }
        match heard {
            Heard::Item(followed) => {
                self.handle(*followed).await?;
                Ok(Step::Item)
            }
            Heard::CaughtUp(place) => {
                self.pass(place).await?;
                Ok(Step::CaughtUp)
            }
            Heard::Progress(place) => {
                self.pass(place).await?;
                Ok(Step::Other)
            }
            Heard::FellBehind(_) | Heard::Interrupted { .. } => Ok(Step::Other),
        }
    }

    async fn handle(&mut self, followed: Followed<R::Item>) -> anyhow::Result<()> {
        let Followed { item, place } = followed;
        match &self.exec {
            Some(exec) => exec.run(&item).await?,
            None if self.json => output::line(&item.json()?)?,
            None => output::line(&item.text())?,
        }
        if let Some(kept) = &mut self.kept {
            kept.reached(place);
            // What is printed is kept batch by batch; what was done by a command, at once.
            if self.exec.is_some() || !self.follower.has_more() {
                kept.commit().await?;
            }
        }
        Ok(())
    }

    /// Keeps a place behind which nothing matched.
    async fn pass(&mut self, place: v1::CursorPlace) -> anyhow::Result<()> {
        match &mut self.kept {
            Some(kept) => {
                kept.reached(place);
                kept.commit().await
            }
            None => Ok(()),
        }
    }

    /// Keeps what was printed and not kept yet.
    pub(super) async fn finish(mut self) -> anyhow::Result<()> {
        match &mut self.kept {
            Some(kept) => kept.commit_soon().await,
            None => Ok(()),
        }
    }
}
