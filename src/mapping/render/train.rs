//! Hype trains: `HypeTrainStart`, `HypeTrainUpdate`, `HypeTrainLevelUp`, `HypeTrainEnd`.

use serde_json::{Value, json};

use super::{
    context::Context,
    people::{display, utc},
};
use crate::event::{
    Person,
    fact::{Contribution, HypeTrain},
};

/// `data` of all four events. The start, update and end events each have a few times of their own,
/// which are harmless in the other events.
///
/// Points are known only as a percentage of the level, so `goal` is 100: overlays draw `progress /
/// goal`. Conductors come first in `top_contributions`, because readers of this event take the
/// first entry of each kind as the conductor.
pub(super) fn report(train: &HypeTrain, context: &Context<'_>) -> Value {
    let at = utc(context.at_ms);
    let followers = train
        .contributors
        .iter()
        .filter(|one| !train.conductors.contains(one));
    let top: Vec<Value> = train
        .conductors
        .iter()
        .chain(followers)
        .map(contribution)
        .collect();
    let nobody = Contribution {
        who: Person::default(),
        kind: "".into(),
        total: 0,
    };
    json!({
        "id": context.id,
        "level": train.level,
        "progress": train.percent,
        "goal": 100,
        "total": 0,
        "percent": train.percent,
        "prevLevel": train.level.saturating_sub(1),
        "last_contribution": contribution(
            train.contributors.last().or(train.conductors.last()).unwrap_or(&nobody)
        ),
        "top_contributions": top,
        "started_at": at,
        "expires_at": at,
        "ended_at": at,
        "cooldown_ends_at": at,
        "isTest": false,
    })
}

fn contribution(one: &Contribution) -> Value {
    json!({
        "user_id": one.who.id, "user_login": one.who.login, "user_name": display(&one.who),
            "type": one.kind, "total": one.total,
    })
}
