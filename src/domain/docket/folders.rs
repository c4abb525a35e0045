//! Folders: what is kept of each subject, found in one look.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::opening::Opening;
use crate::domain::map::Map;
use crate::domain::{Event, Slug, Subject};

/// A folder for each subject that is recorded or followed.
#[derive(Debug, Clone, Default)]
pub(in crate::domain) struct Folders {
    places: Map<Subject, usize>,
    folders: Vec<Folder>,
    /// The subjects that something is recorded about, in their order.
    recorded: BTreeSet<Subject>,
}

/// What is kept of one subject.
#[derive(Debug, Clone, Default)]
pub(super) struct Folder {
    /// The events about it, in order of position.
    pub(super) events: Vec<Arc<Event>>,
    /// What of them opens it.
    pub(super) opening: Opening,
    /// The commitments in whose dossiers its events are filed.
    pub(super) followers: Followers,
}

/// The commitments in whose dossiers the events about a subject are filed, and the places of these dossiers. Most subjects
/// have one, which is kept where no further memory need be gone to for it.
#[derive(Debug, Clone, Default)]
pub(super) struct Followers {
    first: Option<usize>,
    others: Vec<usize>,
    names: BTreeSet<Slug>,
}

impl Followers {
    /// Their names, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &Slug> {
        self.names.iter()
    }

    /// Adds one that may be among them.
    pub(super) fn add(&mut self, name: &Slug, place: usize) {
        if !self.names.insert(name.clone()) {
            return;
        }
        match self.first {
            None => self.first = Some(place),
            Some(_) => self.others.push(place),
        }
    }

    fn places(&self) -> impl Iterator<Item = usize> {
        self.first.into_iter().chain(self.others.iter().copied())
    }
}

impl Folders {
    /// The events about a subject, in order of position.
    pub(in crate::domain) fn events(&self, subject: &Subject) -> &[Arc<Event>] {
        self.get(subject).map_or(&[], |folder| &folder.events)
    }

    /// The subjects that something is recorded about, in their order.
    pub(super) fn recorded(&self) -> impl Iterator<Item = &Subject> {
        self.recorded.iter()
    }

    pub(super) fn get(&self, subject: &Subject) -> Option<&Folder> {
        self.places.get(subject).map(|place| &self.folders[*place])
    }

    /// The folder of a subject, made where there is none.
    pub(super) fn get_or_make(&mut self, subject: &Subject) -> &mut Folder {
        let place = self.place(subject);
        &mut self.folders[place]
    }

    fn place(&mut self, subject: &Subject) -> usize {
        if let Some(place) = self.places.get(subject) {
            return *place;
        }
        self.places.insert(subject.clone(), self.folders.len());
        self.folders.push(Folder::default());
        self.folders.len() - 1
    }

    /// Gives back the room that was taken ahead of events to come.
    pub(super) fn tighten(&mut self) {
        self.folders.iter_mut().for_each(|folder| folder.events.shrink_to_fit());
    }

    /// Files an event about a subject, and gives the dossiers in which it is filed too.
    pub(super) fn file(&mut self, event: &Arc<Event>) -> impl Iterator<Item = usize> {
        let place = self.place(&event.submission.subject);
        let folder = &mut self.folders[place];
        if folder.events.is_empty() {
            self.recorded.insert(event.submission.subject.clone());
        }
        folder.opening.note(event);
        folder.events.push(Arc::clone(event));
        folder.followers.places()
    }
}
