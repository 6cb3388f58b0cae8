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

    const family = (name) => `"${name.replace(/["\\\n]/g, '')}"`;

    /** The custom properties of a look. A chosen font is added before the fonts of the theme, which provide the letters that it lacks. */
    const PROPERTIES = {
        '--scale': ({ scale }) => String(scale),
        '--chosen-title-color': ({ titleColor }) => titleColor,
        '--chosen-name-color': ({ nameColor }) => nameColor,
        '--chosen-title-font': ({ titleFont }) => titleFont && `${family(titleFont)}, var(--title-font)`,
        '--chosen-name-font': ({ nameFont }) => nameFont && `${family(nameFont)}, var(--name-font)`,
        '--chosen-section-gap': ({ sectionGap }) => sectionGap !== null && `${sectionGap}em`,
        '--chosen-title-gap': ({ titleGap }) => titleGap !== null && `${titleGap}em`,
        '--chosen-shadow': ({ shadow }) => shadow !== null && String(shadow),
    };

    function applyLook(stage, look) {
        stage.dataset.theme = look.theme;
        stage.dataset.mode = look.mode;
        stage.classList.toggle('sticky-titles', look.stickyTitles && look.mode === 'scroll');
        if (look.direction === 'auto') stage.removeAttribute('dir');
        else stage.dir = look.direction;
        for (const [property, value] of Object.entries(PROPERTIES)) {
            const set = value(look);
            if (set) stage.style.setProperty(property, set);
            else stage.style.removeProperty(property);
        }
    }

    Object.assign(page, { lookOf, applyLook });
})();
