//! The streams of the server, as the follower sees them.

use tonic::{Status, Streaming};

use super::Transport;
use super::follow::{Followed, Said, Subscribe};
use crate::proto::v1;
use v1::change_service_client::ChangeServiceClient;

impl Subscribe for v1::SubscribeEventsRequest {
    type Message = v1::SubscribeEventsResponse;
    type Item = v1::Event;

    async fn subscribe(
        self,
        mut changes: ChangeServiceClient<Transport>,
    ) -> Result<Streaming<v1::SubscribeEventsResponse>, Status> {
        Ok(changes.subscribe_events(self).await?.into_inner())
    }

    fn go_on_behind(&mut self, place: v1::CursorPlace) {
        self.after = Some(v1::subscribe_events_request::After::Cursor(place));
    }

    fn read(message: v1::SubscribeEventsResponse) -> Option<(String, Said<v1::Event>)> {
        use v1::subscribe_events_response::Message;
        Some(match message.message? {
            Message::Started(it) => (it.cursor, Said::Started(it.progress_period)),
            Message::Events(it) => {
                let followed = |event: v1::Event| {
                    let place = v1::CursorPlace { cursor: it.cursor.clone(), position: event.position };
                    Followed { item: event, place }
                };
                let items = it.events.into_iter().map(followed).collect();
                (it.cursor, Said::Items(items))
            }
            Message::Progress(it) => (it.cursor, Said::Progress),
            Message::CaughtUp(it) => (it.cursor, Said::CaughtUp),
            Message::FellBehind(it) => (it.cursor, Said::FellBehind),
        })
    }
}

impl Subscribe for v1::SubscribeTransitionsRequest {
    type Message = v1::SubscribeTransitionsResponse;
    type Item = v1::StatusNews;

    async fn subscribe(
        self,
        mut changes: ChangeServiceClient<Transport>,
    ) -> Result<Streaming<v1::SubscribeTransitionsResponse>, Status> {
        Ok(changes.subscribe_transitions(self).await?.into_inner())
    }

    fn go_on_behind(&mut self, place: v1::CursorPlace) {
        self.after = Some(v1::subscribe_transitions_request::After::Cursor(place));
    }

    fn read(message: v1::SubscribeTransitionsResponse) -> Option<(String, Said<v1::StatusNews>)> {
        use v1::subscribe_transitions_response::Message;
        Some(match message.message? {
            Message::Started(it) => (it.cursor, Said::Started(it.progress_period)),
            Message::Transitions(it) => {
                let followed = |news: v1::StatusNews| {
                    let place = v1::CursorPlace { cursor: news.cursor.clone(), position: 0 };
                    Followed { item: news, place }
                };
                (it.cursor, Said::Items(it.news.into_iter().map(followed).collect()))
            }
            Message::Progress(it) => (it.cursor, Said::Progress),
            Message::CaughtUp(it) => (it.cursor, Said::CaughtUp),
        })
    }
}
