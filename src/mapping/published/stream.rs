//! Reads changes of the stream's category and title.

use super::{error::Error, look::text, reader::Reader};
use crate::event::Fact;

pub(super) const CATEGORY: [&str; 5] = [
    "game.name",
    "gameName",
    "category_name",
    "categoryName",
    "game",
];
pub(super) const TITLE: [&str; 2] = ["status", "title"];

pub(super) fn update(event: &Reader<'_>) -> Result<Fact, Error> {
    let (category, title) = (text(event.data, &CATEGORY), text(event.data, &TITLE));
    if category.is_empty() && title.is_empty() {
        return Err(event.missing("game", &[&CATEGORY[..], &TITLE[..]].concat()));
    }
    Ok(Fact::Stream {
        category: category.into(),
        title: title.into(),
    })
}
