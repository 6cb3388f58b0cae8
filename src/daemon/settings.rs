//! Makes the bridge's settings from the config.

use crate::{
    bridge::io::{FromTwitchat, Overlay, Settings},
    config::{self, Config, Switch},
    credits::{Calendar, Ignore, reply::Options},
    event::Person,
    request::Permissions,
    twitchat::Generation,
};

fn millis(span: std::time::Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

pub(super) fn of(config: &Config, tell: bool) -> Settings {
    let names = |list: &[String]| list.iter().map(|name| name.as_str().into()).collect();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let (credits, broadcaster) = (&config.credits, &config.broadcaster);
    let options = Options {
        spelling: credits.spelling,
        ignore: Ignore {
            bots: credits.ignore_bots,
            broadcaster: credits.ignore_broadcaster,
            banned: credits.hide_banned,
            own: credits
                .ignore
                .iter()
                .map(|name| name.to_lowercase().into())
                .collect(),
        },
        disabled: credits.disabled.iter().copied().collect(),
        omit_disabled: credits.omit_disabled,
        editors: names(&credits.editors),
        groups: credits
            .groups
            .iter()
            .map(|(group, members)| (group.as_str().into(), names(members)))
            .collect(),
        limit: credits.limit.and_then(|limit| usize::try_from(limit).ok()),
        anonymous: credits.anonymous.as_str().into(),
    };
    Settings {
        credits: options,
        calendar: Calendar {
            zone: config.leaderboard.timezone.clone(),
            week_start: config.leaderboard.week_start,
        },
        reset_on_stream_start: config.session.reset_on_stream_start,
        grace_ms: millis(config.session.grace),
        reset_after_ms: millis(config.session.reset_after),
        keep_texts: config.store.keep_texts,
        broadcaster: Person::new(
            &text(&broadcaster.id),
            &text(&broadcaster.login),
            &text(&broadcaster.name),
        ),
        name: config.bridge.name.as_str().into(),
        generation: generation(config),
        tell,
        overlay: overlay(config),
        rules: std::sync::Arc::clone(&config.rules),
        shown: config.over_bus().into(),
        permissions: Permissions {
            allow: config.bus.allow.clone(),
            settings: config.bus.settings == Switch::On,
        },
        config: config.file.as_ref().map(|file| file.digest.clone()),
    }
}

/// `None` if the config does not set the version of Twitchat.
pub(super) fn generation(config: &Config) -> Option<Generation> {
    config.bridge.generation.map(|generation| match generation {
        config::Generation::One => Generation::First,
        config::Generation::Two => Generation::Second,
        config::Generation::Three => Generation::Third,
    })
}

fn overlay(config: &Config) -> Overlay {
    let overlay = &config.overlay;
    Overlay {
        script: overlay.script.clone(),
        follow: overlay.follow,
        fixed: config.given(),
        followed: FromTwitchat::default(),
        scene: overlay.scene.as_str().into(),
        source: overlay.source.as_str().into(),
        music: overlay.music.as_deref().map(Into::into),
        autostart: overlay.autostart,
        twitchat: overlay.twitchat,
        wait_ms: u64::try_from(overlay.wait.as_millis()).unwrap_or(u64::MAX),
        zone: jiff::tz::TimeZone::system(),
    }
}
