// sections.js: makes the elements of a section. Everything that people wrote is added as text, never as markup; text.js makes the elements
// of the streamer's own texts.

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});

    const LAYOUTS = ['left', 'center', 'right', 'flow-left', 'flow-center', 'flow-right', 'two-columns', 'three-columns', 'pairs'];
    const COLUMNS = { 'two-columns': 2, 'three-columns': 3 };
    /** The weight of the greatest amount. */
    const HEAVIEST = 100;
    const SKINS = ['simmer', 'rainbow-eclipse', 'cosmic-abyss'];

    function make(tag, className, ...children) {
        const element = document.createElement(tag);
        element.className = className;
        element.append(...children.filter((child) => child !== undefined));
        return element;
    }

    /** Makes an element with its own text direction, independent of the text around it. */
    function isolated(className, text) {
        const element = make('bdi', className, String(text));
        element.dir = 'auto';
        return element;
    }

    const given = (text) => text !== undefined && text !== null && text !== '';

    /** The bridge sends this instead of the name of a person who was banned during the roll. */
    const BLANK = '\u00a0';

    /** Marks the position of a name as the bridge counts it: section, name, line. */
    function placed(element, at, text) {
        element.dataset.at = at;
        if (text === BLANK) element.dataset.blank = '';
        return element;
    }

    /** The element for a platform, which the bridge sends if people of several platforms have the same name. */
    const platformOf = (platform) => (given(platform) ? isolated('platform', platform) : undefined);

    function line(one, at, onLost) {
        const { text, platform, amount, icon } = one || {};
        return placed(make('span', 'line', page.icon(icon, onLost), isolated('line-text', given(text) ? text : ''), platformOf(platform),
            given(amount) ? isolated('amount', amount) : undefined), at, text);
    }

    function entry({ name, platform, amount, weight, note, icon, badge, images, lines, inline, skin }, at, onLost) {
        const element = placed(make('li', 'entry'), at, name);
        if (SKINS.includes(skin)) element.classList.add('skin', `skin-${skin}`);
        else if (given(amount)) element.classList.add('pair');
        if (weight > 0) element.style.setProperty('--weight', Math.min(weight, HEAVIEST) / HEAVIEST);
        if (Array.isArray(images) && images.length > 0) {
            element.append(make('span', 'images', ...images.filter(page.isImageAddress).map((address) => page.image(address, '', onLost))));
        }
        const who = make('span', 'who', page.icon(given(badge) ? badge : icon, onLost), isolated('name', given(name) ? name : ''), platformOf(platform));
        if (given(amount)) who.append(isolated('amount', amount));
        element.append(who);
        if (given(note)) element.append(isolated('note', note));
        if (Array.isArray(lines) && lines.length > 0) {
            element.append(make('span', inline === true ? 'lines inline' : 'lines', ...lines.map((one, index) => line(one, `${at}.${index}`, onLost))));
        }
        return element;
    }

    /** The layout of a section. More columns than names would leave gaps. */
    function layoutOf({ layout, names }) {
        const wanted = LAYOUTS.includes(layout) ? layout : 'center';
        const columns = Math.min(COLUMNS[wanted] || 1, (names || []).length);
        if (!COLUMNS[wanted] || columns === COLUMNS[wanted]) return wanted;
        return columns === 2 ? 'two-columns' : 'center';
    }

    function title({ title: text, icon }, { icons }, onLost) {
        if (!given(text)) return undefined;
        return make('h2', 'title', icons ? page.icon(icon, onLost) : undefined, isolated('title-text', text));
    }

    function body(section, place, look, onLost, isBare) {
        const { kind, text, src, alt, height, names, empty } = section;
        if (kind === 'text') return make('div', 'text', page.dressedText(given(text) ? text : '', onLost));
        if (kind === 'image') {
            const picture = page.isImageAddress(String(src)) ? page.image(src, given(alt) ? String(alt) : '', onLost) : make('span', 'lost');
            if (picture.tagName === 'SPAN') onLost(String(src));
            if (Number.isFinite(height) && height > 0) picture.style.height = `${height}px`;
            return make('div', 'picture', picture);
        }
        if (!Array.isArray(names) || names.length === 0) {
            const said = given(empty) ? empty : look.emptyText;
            return given(said) ? make('p', 'empty', isolated('text-body', said)) : undefined;
        }
        return make('ol', 'entries', ...(isBare ? [] : names.map((one, index) => entry(one || {}, `${place}.${index}`, onLost))));
    }

    const idOf = (section, index) => (given(section.id) ? String(section.id) : String(index));

    /** The element of a section: its title, if it has one, and its content below; without its names, if it is to be bare. */
    function section(content, index, look, onLost, { isBare = false } = {}) {
        const kind = ['text', 'image'].includes(content.kind) ? content.kind : 'people';
        const element = make('section', `section kind-${kind} layout-${layoutOf(content)}`, title(content, look, onLost),
            body(content, index, look, onLost, isBare));
        element.dataset.id = idOf(content, index);
        return element;
    }

    const SMALLEST_FONT = 0.4;

    /** Makes a name that replaces another one smaller until it is as high as the other was, so that nothing below it moves. */
    function fit(element, height) {
        if (height === 0) return; // not on the page yet
        for (let size = 1; element.getBoundingClientRect().height > height + 0.5 && size > SMALLEST_FONT; ) {
            size -= 0.05;
            element.style.fontSize = `${size}em`;
        }
        element.style.height = `${height}px`;
    }

    /**
     * Hides names in their places, so that nothing moves, or shows them again. `replaced` maps the position of a name to its replacement,
     * or to `null`. A name that was hidden before this page received the roll is blank, and is filled in then.
     */
    function replaceNames(root, replaced, onLost) {
        for (const element of root.querySelectorAll('[data-at]')) {
            const { at } = element.dataset;
            if (!replaced.has(at)) continue;
            const one = replaced.get(at);
            element.classList.toggle('gone', one === null);
            if (one === null) continue;
            const other = element.matches('.line') ? line(one, at, onLost) : entry(one, at, onLost);
            if (page.unfitted(element).isEqualNode(other)) continue;
            const { height } = element.getBoundingClientRect();
            element.replaceWith(other);
            page.takePlace(other, element);
            if (other.matches('.entry') && height > 0) page.fitNames(other);
            fit(other, height);
        }
    }

    Object.assign(page, { section, entry, idOf, make, replaceNames });
})();
