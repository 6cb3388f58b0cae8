//! The settings of `[overlay]`, for the table of all settings.

use super::section;
use crate::config::{keys::Key, read};

/// In the order in which they are shown.
pub(in crate::config) const KEYS: &[Key] = &[
    Key {
        name: "overlay.scene",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_SCENE"),
        help: "The scene in OBS that shows the end credits.",
        sample: None,
        set: |config, field| {
            field
                .word()
                .map(|scene| config.overlay.scene = scene.into())
        },
        show: |config| Some(read::quoted(&config.overlay.scene)),
    },
    Key {
        name: "overlay.source",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_SOURCE"),
        help: "The browser source in OBS that is the page of the end credits: `overlay install` \
            makes it.",
        sample: None,
        set: |config, field| {
            field
                .word()
                .map(|source| config.overlay.source = source.into())
        },
        show: |config| Some(read::quoted(&config.overlay.source)),
    },
    Key {
        name: "overlay.width",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_WIDTH"),
        help: "How wide the page is, in pixels. Without this: as wide as OBS's canvas.",
        sample: Some("1920"),
        set: |config, field| {
            field
                .whole(1, u32::MAX)
                .map(|width| config.overlay.width = Some(width))
        },
        show: |config| config.overlay.width.map(|width| width.to_string()),
    },
    Key {
        name: "overlay.height",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_HEIGHT"),
        help: "How high the page is, in pixels. Without this: as high as OBS's canvas.",
        sample: Some("1080"),
        set: |config, field| {
            field.whole(1, u32::MAX).map(|height| {
                config.overlay.height = Some(height);
                config.overlay.script.height = height;
            })
        },
        show: |config| config.overlay.height.map(|height| height.to_string()),
    },
    Key {
        name: "overlay.mode",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_MODE"),
        help: "\"scroll\" or \"slides\".",
        sample: None,
        set: |config, field| {
            field
                .one_of()
                .map(|mode| config.overlay.script.look.mode = mode)
        },
        show: |config| Some(read::quoted(config.overlay.script.look.mode.into())),
    },
    Key {
        name: "overlay.speed",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_SPEED"),
        help: "How fast the credits scroll, in pixels a second.",
        sample: None,
        set: |config, field| {
            field
                .number(1.0, 10_000.0)
                .map(|speed| config.overlay.script.look.speed = speed)
        },
        show: |config| Some(config.overlay.script.look.speed.to_string()),
    },
    Key {
        name: "overlay.seconds",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_SECONDS"),
        help: "How long the credits take in all, in seconds, the delay included; instead of a \
            speed.",
        sample: Some("120"),
        set: |config, field| {
            field
                .number(1.0, 86_400.0)
                .map(|seconds| config.overlay.script.look.seconds = Some(seconds))
        },
        show: |config| {
            config
                .overlay
                .script
                .look
                .seconds
                .map(|seconds| seconds.to_string())
        },
    },
    Key {
        name: "overlay.music",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_MUSIC"),
        help: "A media source in OBS: the credits take as long as what it plays; instead of \
            seconds.",
        sample: Some("\"Credits music\""),
        set: |config, field| {
            field
                .word()
                .map(|music| config.overlay.music = Some(music.into()))
        },
        show: |config| config.overlay.music.as_deref().map(read::quoted),
    },
    Key {
        name: "overlay.delay",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_DELAY"),
        help: "Seconds before the credits begin to move.",
        sample: None,
        set: |config, field| {
            field
                .number(0.0, 3_600.0)
                .map(|delay| config.overlay.script.look.delay = delay)
        },
        show: |config| Some(config.overlay.script.look.delay.to_string()),
    },
    Key {
        name: "overlay.loop",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_LOOP"),
        help: "Whether the credits begin again at their end.",
        sample: None,
        set: |config, field| {
            field
                .flag()
                .map(|repeats| config.overlay.script.look.repeats = repeats)
        },
        show: |config| Some(config.overlay.script.look.repeats.to_string()),
    },
    Key {
        name: "overlay.slide_seconds",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_SLIDE_SECONDS"),
        help: "How long a slide stands, in mode \"slides\".",
        sample: None,
        set: |config, field| {
            field
                .number(0.5, 600.0)
                .map(|seconds| config.overlay.script.look.slide_seconds = seconds)
        },
        show: |config| Some(config.overlay.script.look.slide_seconds.to_string()),
    },
    Key {
        name: "overlay.fade",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_FADE"),
        help: "Height of the fades at the upper and the lower edge, in pixels; 0 for none.",
        sample: None,
        set: |config, field| {
            field
                .whole(0, 2_000)
                .map(|fade| config.overlay.script.look.fade = fade)
        },
        show: |config| Some(config.overlay.script.look.fade.to_string()),
    },
    Key {
        name: "overlay.sticky_titles",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_STICKY_TITLES"),
        help: "Whether a title stays while its names pass.",
        sample: None,
        set: |config, field| {
            field
                .flag()
                .map(|sticky| config.overlay.script.look.sticky_titles = sticky)
        },
        show: |config| Some(config.overlay.script.look.sticky_titles.to_string()),
    },
    Key {
        name: "overlay.icons",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_ICONS"),
        help: "Whether titles have icons.",
        sample: None,
        set: |config, field| {
            field
                .flag()
                .map(|icons| config.overlay.script.look.icons = icons)
        },
        show: |config| Some(config.overlay.script.look.icons.to_string()),
    },
    Key {
        name: "overlay.emotes",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_EMOTES"),
        help: "Whether emotes of power-ups float behind the names.",
        sample: None,
        set: |config, field| {
            field
                .flag()
                .map(|emotes| config.overlay.script.emotes = emotes)
        },
        show: |config| Some(config.overlay.script.emotes.to_string()),
    },
    Key {
        name: "overlay.hide_empty",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_HIDE_EMPTY"),
        help: "Whether sections without anybody are left out.",
        sample: None,
        set: |config, field| {
            field
                .flag()
                .map(|hide| config.overlay.script.hide_empty = hide)
        },
        show: |config| Some(config.overlay.script.hide_empty.to_string()),
    },
    Key {
        name: "overlay.minimum_seconds",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_MINIMUM_SECONDS"),
        help: "A test warns of names that can be read for less than this.",
        sample: None,
        set: |config, field| {
            field
                .number(0.0, 60.0)
                .map(|seconds| config.overlay.script.look.minimum_seconds = seconds)
        },
        show: |config| Some(config.overlay.script.look.minimum_seconds.to_string()),
    },
    Key {
        name: "overlay.theme",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_THEME"),
        help: "The theme: docs/overlay.md shows them. custom.css beside the page changes anything \
            else.",
        sample: None,
        set: |config, field| {
            read::name(field).map(|theme| config.overlay.script.look.theme = theme.into())
        },
        show: |config| Some(read::quoted(&config.overlay.script.look.theme)),
    },
    Key {
        name: "overlay.scale",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_SCALE"),
        help: "Everything larger (1.5) or smaller (0.5).",
        sample: None,
        set: |config, field| {
            field
                .number(0.1, 10.0)
                .map(|scale| config.overlay.script.look.scale = scale)
        },
        show: |config| Some(config.overlay.script.look.scale.to_string()),
    },
    Key {
        name: "overlay.direction",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_DIRECTION"),
        help: "\"auto\", \"ltr\" or \"rtl\": which way titles and columns run. Names run their own \
            way.",
        sample: None,
        set: |config, field| {
            field
                .word_of(&["auto", "ltr", "rtl"])
                .map(|way| config.overlay.script.look.direction = way)
        },
        show: |config| Some(read::quoted(config.overlay.script.look.direction)),
    },
    Key {
        name: "overlay.title_color",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_TITLE_COLOR"),
        help: "The colour of titles instead of the theme's, as CSS writes it.",
        sample: Some("\"#ffd700\""),
        set: |config, field| {
            field
                .word()
                .map(|word| config.overlay.script.look.style.title_color = Some(word.into()))
        },
        show: |config| {
            config
                .overlay
                .script
                .look
                .style
                .title_color
                .as_deref()
                .map(read::quoted)
        },
    },
    Key {
        name: "overlay.name_color",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_NAME_COLOR"),
        help: "The colour of names instead of the theme's.",
        sample: Some("\"white\""),
        set: |config, field| {
            field
                .word()
                .map(|word| config.overlay.script.look.style.name_color = Some(word.into()))
        },
        show: |config| {
            config
                .overlay
                .script
                .look
                .style
                .name_color
                .as_deref()
                .map(read::quoted)
        },
    },
    Key {
        name: "overlay.title_font",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_TITLE_FONT"),
        help: "A font of OBS's computer for titles.",
        sample: Some("\"Inter\""),
        set: |config, field| {
            field
                .word()
                .map(|word| config.overlay.script.look.style.title_font = Some(word.into()))
        },
        show: |config| {
            config
                .overlay
                .script
                .look
                .style
                .title_font
                .as_deref()
                .map(read::quoted)
        },
    },
    Key {
        name: "overlay.name_font",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_NAME_FONT"),
        help: "A font of OBS's computer for names.",
        sample: Some("\"Inter\""),
        set: |config, field| {
            field
                .word()
                .map(|word| config.overlay.script.look.style.name_font = Some(word.into()))
        },
        show: |config| {
            config
                .overlay
                .script
                .look
                .style
                .name_font
                .as_deref()
                .map(read::quoted)
        },
    },
    Key {
        name: "overlay.section_gap",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_SECTION_GAP"),
        help: "The gap between sections, in heights of a letter.",
        sample: Some("3"),
        set: |config, field| {
            field
                .number(0.0, 50.0)
                .map(|number| config.overlay.script.look.style.section_gap = Some(number))
        },
        show: |config| {
            config
                .overlay
                .script
                .look
                .style
                .section_gap
                .map(|number| number.to_string())
        },
    },
    Key {
        name: "overlay.title_gap",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_TITLE_GAP"),
        help: "The gap below a title, in heights of a letter.",
        sample: Some("1"),
        set: |config, field| {
            field
                .number(0.0, 50.0)
                .map(|number| config.overlay.script.look.style.title_gap = Some(number))
        },
        show: |config| {
            config
                .overlay
                .script
                .look
                .style
                .title_gap
                .map(|number| number.to_string())
        },
    },
    Key {
        name: "overlay.shadow",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_SHADOW"),
        help: "How dark the shadow of the letters is, from 0 to 1.",
        sample: Some("0.5"),
        set: |config, field| {
            field
                .number(0.0, 1.0)
                .map(|number| config.overlay.script.look.style.shadow = Some(number))
        },
        show: |config| {
            config
                .overlay
                .script
                .look
                .style
                .shadow
                .map(|number| number.to_string())
        },
    },
    Key {
        name: "overlay.empty_text",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_EMPTY_TEXT"),
        help: "What stands in a section without anybody, if hide_empty is false.",
        sample: Some("\"Nobody yet\""),
        set: |config, field| {
            field
                .word()
                .map(|word| config.overlay.script.look.style.empty_text = Some(word.into()))
        },
        show: |config| {
            config
                .overlay
                .script
                .look
                .style
                .empty_text
                .as_deref()
                .map(read::quoted)
        },
    },
    Key {
        name: "overlay.autostart",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_AUTOSTART"),
        help: "Whether the credits roll by themselves when the scene with the page goes on air.",
        sample: None,
        set: |config, field| {
            field
                .flag()
                .map(|autostart| config.overlay.autostart = autostart)
        },
        show: |config| Some(config.overlay.autostart.to_string()),
    },
    Key {
        name: "overlay.twitchat",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_TWITCHAT"),
        help: "Whether Twitchat's own buttons for the end credits work on the page.",
        sample: None,
        set: |config, field| {
            field
                .flag()
                .map(|twitchat| config.overlay.twitchat = twitchat)
        },
        show: |config| Some(config.overlay.twitchat.to_string()),
    },
    Key {
        name: "overlay.wait",
        env: Some("TWITCHAT_BRIDGE_OVERLAY_WAIT"),
        help: "How long the credits wait for what Twitchat may still have to tell before they \
            roll.",
        sample: None,
        set: |config, field| read::time(field).map(|wait| config.overlay.wait = wait),
        show: |config| Some(read::show_time(config.overlay.wait)),
    },
    Key {
        name: "overlay.section",
        env: None,
        help: "The sections in their order; better written as [[overlay.section]] each. \
            docs/overlay-reference.md lists the kinds and what each section may say.\nWithout \
            this: everything that there is.",
        sample: Some("[{ kind = \"follows\" }, { kind = \"text\", text = \"Thank you!\" }]"),
        set: |config, field| {
            section::sections(field).map(|sections| config.overlay.script.sections = sections)
        },
        show: |config| Some(section::show(&config.overlay.script.sections)),
    },
];
