// look.js: what the bridge says about the looks, checked, and put on the stage as custom properties that themes and custom.css use.

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});

    const SCROLL_SPEED = 100;
    const SLIDE_SECONDS = 6;
    const LARGEST_SCALE = 10;
    const A_DAY_S = 24 * 60 * 60;

    const DEFAULTS = {
        mode: 'scroll',
        speed: SCROLL_SPEED,
        seconds: null,
        delay: 0,
        loop: false,
        stickyTitles: false,
        fade: 80,
        slideSeconds: SLIDE_SECONDS,
        icons: true,
        theme: 'cinema',
        scale: 1,
        minimumSeconds: 2,
        direction: 'auto',
        titleColor: null,
        nameColor: null,
        titleFont: null,
        nameFont: null,
        sectionGap: null,
        titleGap: null,
        shadow: null,
        emptyText: null,
    };

    const number = (least, most) => (value) => (Number.isFinite(value) && value >= least ? Math.min(value, most) : undefined);
    const above0 = (most) => (value) => (Number.isFinite(value) && value > 0 ? Math.min(value, most) : undefined);
    const flag = (value) => (typeof value === 'boolean' ? value : undefined);
    const text = (value) => (typeof value === 'string' && value !== '' ? value : undefined);
    const oneOf = (...names) => (value) => (names.includes(value) ? value : undefined);
    const color = (value) => (typeof value === 'string' && CSS.supports('color', value) ? value : undefined);

    const CHECKS = {
        mode: oneOf('scroll', 'slides'),
        speed: above0(100000),
        seconds: above0(A_DAY_S),
        delay: number(0, A_DAY_S),
        loop: flag,
        stickyTitles: flag,
        fade: number(0, 10000),
        slideSeconds: above0(A_DAY_S),
        icons: flag,
        theme: (value) => (/^[\w-]+$/.test(value) ? value : undefined), // custom.css may have themes of its own
        scale: above0(LARGEST_SCALE),
        minimumSeconds: number(0, A_DAY_S),
        direction: oneOf('auto', 'ltr', 'rtl'),
        titleColor: color,
        nameColor: color,
        titleFont: text,
        nameFont: text,
        sectionGap: number(0, 100),
        titleGap: number(0, 100),
        shadow: number(0, 1),
        emptyText: text,
    };

    /** A whole look: what is missing, null or makes no sense is the default. */
    function lookOf(given) {
        const look = { ...DEFAULTS };
        for (const [key, check] of Object.entries(CHECKS)) {
            const value = given && given[key] !== null && given[key] !== undefined ? check(given[key]) : undefined;
            if (value !== undefined) look[key] = value;
        }
        return look;
    }

    const family = (name) => `"${name.replace(/["\\\n]/g, '')}"`;

    /** In front of what the theme has, so that it still stands in for letters that the font lacks. */
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
