// look.js: reads and checks the look of a roll, and sets it on the stage as custom properties for themes and custom.css.

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});

    const number = (least, most) => (value) => (Number.isFinite(value) && value >= least ? Math.min(value, most) : undefined);
    const flag = (value) => (typeof value === 'boolean' ? value : undefined);
    const text = (value) => (typeof value === 'string' && value !== '' ? value : undefined);
    const oneOf = (names) => (value) => (names.includes(value) ? value : undefined);
    const color = (value) => (typeof value === 'string' && CSS.supports('color', value) ? value : undefined);

    /** Checks that only the page can make. */
    const OWN_CHECKS = {
        theme: (value) => (/^[\w-]+$/.test(value) ? value : undefined), // custom.css may define more themes
        titleColor: color,
        nameColor: color,
    };

    function checkOf(key, { least, most, words, isFlag }) {
        if (OWN_CHECKS[key]) return OWN_CHECKS[key];
        if (words && most !== undefined) return (value) => oneOf(words)(value) || number(least, most)(value);
        if (words) return oneOf(words);
        if (isFlag) return flag;
        return most === undefined ? text : number(least, most);
    }

    /** The settings: key, default and check of each. */
    const SETTINGS = Object.entries(page.SETTINGS).map(([key, setting]) => [key, setting.usual, checkOf(key, setting)]);

    /** A complete look. Settings that are missing, null or invalid get their defaults. */
    function lookOf(given) {
        const look = {};
        for (const [key, usual, check] of SETTINGS) {
            const value = given && given[key] !== null && given[key] !== undefined ? check(given[key]) : undefined;
            look[key] = value === undefined ? usual : value;
        }
        return look;
    }

    /** The luminance below which a colour has more contrast with white than with black. */
    const DARK = 0.18;

    /** The relative luminance, from 0 (black) to 1 (white), of any colour in CSS. */
    function luminance(value) {
        const canvas = page.make('canvas', '');
        canvas.width = canvas.height = 1;
        const context = canvas.getContext('2d');
        context.fillStyle = value;
        context.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((part) => (part / 255) ** 2.2);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    }

    const isDark = (value) => luminance(value) < DARK;

    /** Dark letters get a light outline; all others have the dark one of the style sheet. */
    const outlineOf = (value) => value && isDark(value) && 'rgba(255, 255, 255, 0.85)';

    /** The first Chromium that draws the outline of letters below their fill. OBS 30 has an older one. */
    const OUTLINES_SINCE = 123;

    function drawsOutlines() {
        const [, version] = /Chrom(?:e|ium)\/(\d+)/.exec(navigator.userAgent) || [];
        return version === undefined || Number(version) >= OUTLINES_SINCE;
    }

    const family = (name) => `"${name.replace(/["\\\n]/g, '')}"`;

    /** The custom properties of a look. A chosen font is added before the fonts of the theme, which provide the letters that it lacks. */
    const PROPERTIES = {
        '--scale': ({ scale }) => String(scale),
        '--largest-name': ({ largestName }) => String(largestName),
        '--chosen-title-color': ({ titleColor }) => titleColor,
        '--chosen-name-color': ({ nameColor }) => nameColor,
        '--chosen-title-font': ({ titleFont }) => titleFont && `${family(titleFont)}, var(--title-font)`,
        '--chosen-name-font': ({ nameFont }) => nameFont && `${family(nameFont)}, var(--name-font)`,
        '--chosen-section-gap': ({ sectionGap }) => sectionGap !== null && `${sectionGap}em`,
        '--chosen-title-gap': ({ titleGap }) => titleGap !== null && `${titleGap}em`,
        '--name-outline': ({ nameColor }) => outlineOf(nameColor),
        '--title-outline': ({ titleColor }) => outlineOf(titleColor),
        '--chosen-shadow': ({ shadow }) => shadow !== null && String(shadow),
    };

    function applyLook(stage, look) {
        stage.dataset.theme = look.theme;
        stage.dataset.mode = look.mode;
        stage.classList.toggle('outlined', drawsOutlines());
        stage.classList.toggle('ringed', !drawsOutlines());
        stage.classList.toggle('sticky-titles', look.stickyTitles && look.mode === 'scroll');
        if (look.direction === 'auto') stage.removeAttribute('dir');
        else stage.dir = look.direction;
        if (look.language === 'auto') stage.removeAttribute('lang');
        else stage.lang = look.language;
        for (const [property, value] of Object.entries(PROPERTIES)) {
            const set = value(look);
            if (set) stage.style.setProperty(property, set);
            else stage.style.removeProperty(property);
        }
    }

    /** The time that the picture behind the credits takes to get darker at the beginning, and lighter at the end. */
    const DIM_MS = 1200;

    /** Darkens the picture behind the credits while they roll. Without an end they stay dark. */
    function dim(stage, player, look, delayMs) {
        if (look.dim === 0) return;
        const scrim = page.make('div', 'scrim');
        scrim.style.background = `rgba(0, 0, 0, ${look.dim})`;
        stage.prepend(scrim);
        const { durationMs } = player;
        const dimMs = Math.min(DIM_MS, (durationMs - delayMs) / 2);
        const frames = [[delayMs, { opacity: 0 }], [delayMs + dimMs, { opacity: 1 }]];
        if (!look.loop) frames.push([durationMs - dimMs, { opacity: 1 }], [durationMs, { opacity: 0 }]);
        player.add(scrim, frames);
    }

    Object.assign(page, { lookOf, applyLook, dim, isDark });
})();
