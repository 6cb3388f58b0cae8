// text.js: the texts of the panel in the user's language, and numbers and times in its form. Each language is a file text-*.js; a text
// that is missing there is shown in English.

(() => {
    'use strict';

    const panel = (window.Panel = window.Panel || {});
    const texts = window.PanelTexts;
    const KEY = 'twitchat-bridge panel language';

    function remembered() {
        try {
            return localStorage.getItem(KEY);
        } catch {
            return null; // the browser stores nothing for this page
        }
    }

    /** The first language of the user that the panel has. */
    function usual() {
        const wanted = navigator.languages || [navigator.language];
        const known = wanted.map((language) => language.slice(0, 2).toLowerCase()).find((language) => language in texts);
        return known || 'en';
    }

    const stored = remembered();
    panel.languages = Object.keys(texts).map((code) => [code, texts[code].language]);
    panel.language = stored in texts ? stored : usual();

    panel.chooseLanguage = (code) => {
        panel.language = code;
        document.documentElement.lang = code;
        try {
            localStorage.setItem(KEY, code);
        } catch {
            // it is forgotten at the next start
        }
    };

    /** The text of a key, with `{name}` replaced by `values.name`. */
    panel.t = (key, values = {}) => {
        const text = texts[panel.language][key] || texts.en[key] || key;
        return text.replace(/\{(\w+)\}/g, (_, name) => String(name in values ? values[name] : ''));
    };
    /** The text of a key, or `otherwise` if there is no such text. */
    panel.textOr = (key, otherwise) => (key in texts.en ? panel.t(key) : otherwise);

    panel.number = (value) => Number(value).toLocaleString(panel.language);

    /** A duration such as 4:05 or 1:02:03. */
    panel.duration = (seconds) => {
        const whole = Math.max(0, Math.round(Number(seconds) || 0));
        const two = (value) => String(value).padStart(2, '0');
        const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
        return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
    };

    panel.time = (instant) => new Date(instant).toLocaleTimeString(panel.language);
    panel.date = (instant) => new Date(instant).toLocaleString(panel.language, { dateStyle: 'medium', timeStyle: 'short' });
    document.documentElement.lang = panel.language;
})();
