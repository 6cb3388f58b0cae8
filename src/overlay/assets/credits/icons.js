// icons.js: the icons beside titles and names: built-in drawings by name, images by address, and everything else as text (emoji).

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});

    const SVG = 'http://www.w3.org/2000/svg';

    /** Drawings on a field of 24 by 24, with lines of width 2. */
    const DRAWINGS = {
        heart: 'M12 20 4.2 12.2a4.7 4.7 0 0 1 6.6-6.6L12 6.8l1.2-1.2a4.7 4.7 0 0 1 6.6 6.6Z',
        star: 'm12 3 2.7 5.7 6.3.8-4.6 4.3 1.2 6.2L12 17l-5.6 3 1.2-6.2L3 9.5l6.3-.8Z',
        gift: 'M4 11h16v9H4ZM3 7h18v4H3ZM12 7v13M12 7C9 7 7 6 7 4.5S10 3 12 7c2-4 5-4 5-2.5S15 7 12 7Z',
        gem: 'M12 21 4 10l4-6h8l4 6ZM4 10h16M12 21 8.5 10 12 4l3.5 6Z',
        crown: 'M4 18 3 7l5 4 4-7 4 7 5-4-1 11ZM4 21h16',
        people: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20c0-4 2.5-6 6.5-6s6.5 2 6.5 6M16 4.5a3.2 3.2 0 0 1 0 6.2M18 14.5c2.3.7 3.5 2.6 3.5 5.5',
        train: 'M6 4h12v12H6ZM6 10h12M9 13h.01M15 13h.01M8 16l-3 5M16 16l3 5M7 19h10',
        trophy: 'M7 4h10v6a5 5 0 0 1-10 0ZM7 6H3.5c0 3.5 1.5 5 3.8 5M17 6h3.5c0 3.5-1.5 5-3.8 5M12 15v3M8 20.5h8M9.5 18h5',
        coin: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 8v8M9.5 10.5h3.7a1.5 1.5 0 0 1 0 3H9.5',
        megaphone: 'M4 10v4h3l9 5V5l-9 5ZM19 9.5a4 4 0 0 1 0 5M7 14l1.5 6H11l-1-4.5',
        chat: 'M4 4.5h16v11.5h-9l-5 4v-4H4ZM8 9h8M8 12.5h5',
        shield: 'M12 3 5 5.5V11c0 5 3 8.5 7 10 4-1.5 7-5 7-10V5.5ZM9 12l2.2 2.2L15.5 10',
        diamond: 'M12 3 20 12l-8 9-8-9Z',
        ban: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM5.7 5.7l12.6 12.6',
        clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3.5 2',
        chart: 'M4 20h16M6.5 16v-4M12 16V5M17.5 16V9',
        crystal: 'M12 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM6 21h12l-2-4.8H8ZM9 9.5a3 3 0 0 1 3-3',
        goal: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM12 12h.01',
        game: 'M7 8h10c3 0 4.5 3.5 4.5 7.5 0 3.5-3 3.5-5 .5h-9c-2 3-5 3-5-.5C2.5 11.5 4 8 7 8ZM7 10.5v3M5.5 12h3M15.5 11h.01M17.5 13h.01',
        pyramid: 'M12 4 2.5 20h19ZM12 4l3.5 16M7.3 12h8',
        bag: 'M5 8h14l1 13H4ZM8.5 11V7a3.5 3.5 0 0 1 7 0v4',
        bolt: 'M13 2.5 5 13.5h6l-1 8 8-11h-6Z',
        flame: 'M12 21.5c-4 0-6.5-2.7-6.5-6.3 0-4.7 4.5-6.2 4.5-12.7 4.5 2 8.5 7 8.5 12.4 0 3.9-2.5 6.6-6.5 6.6ZM12 21.5c-2-1-2.7-3.5 0-6.5 2.7 3 2 5.5 0 6.5Z',
        share: 'M6 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM18 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM18 21a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM8.3 10.8 15.7 6.7M8.3 13.2l7.4 4.1',
        music: 'M9 18V5l11-2v13M6.5 20.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM17.5 18.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
        camera: 'M3 7h12v10H3ZM15 11l6-3.5v9L15 13',
        bomb: 'M10.5 21a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM14 8l2-2.5M16 5.5c1-1.5 2.5-1.5 3.5-.5M21 3l-.5.5M22 6.5h-.5M17.5 2v.5',
        pencil: 'M4 20l1-5L16 4l4 4L9 19ZM13.5 6.5l4 4',
        shirt: 'M8 4 3 7l2 4 2-1v10h10V10l2 1 2-4-5-3c-1 2-2 3-4 3s-3-1-4-3Z',
        sparkles: 'M10 4l1.8 5.2L17 11l-5.2 1.8L10 18l-1.8-5.2L3 11l5.2-1.8ZM18.5 15l.8 2.2 2.2.8-2.2.8-.8 2.2-.8-2.2-2.2-.8 2.2-.8ZM18.5 3v3M17 4.5h3',
        play: 'M3 6.5c0-1 .8-1.5 1.5-1.5h15c1 0 1.5.5 1.5 1.5v11c0 1-.5 1.5-1.5 1.5h-15c-.7 0-1.5-.5-1.5-1.5ZM10 9v6l5-3Z',
        text: 'M5 5h14M12 5v14M9 19h6',
        image: 'M3.5 5h17v14h-17ZM8.5 10.5h.01M4 17l5-4 3.5 3 3-2.5 4.5 3.5',
        check: 'm4.5 12.5 5 5 10-11',
    };

    /** Other names of the drawings. */
    const ALIASES = {
        follow: 'heart', bits: 'gem', member: 'star', raid: 'people', users: 'people', group: 'people', points: 'coin', tip: 'coin', patreon: 'coin',
        editor: 'pencil', moderator: 'shield', vip: 'diamond', poll: 'chart', prediction: 'crystal', shoutout: 'megaphone', youtube: 'play',
        tiktok: 'music', merch: 'bag', powerup: 'bolt', timeout: 'clock',
    };

    const own = (object, key) => Object.prototype.hasOwnProperty.call(object, key);

    function drawing(name) {
        const svg = document.createElementNS(SVG, 'svg');
        svg.setAttribute('viewBox', '0 0 24 24');
        const path = document.createElementNS(SVG, 'path');
        path.setAttribute('d', DRAWINGS[name]);
        svg.append(path);
        return svg;
    }

    /** The path of a picture beside the page, which may have spaces in it. */
    const PATH = /^[^:\r\n]+\.(png|jpe?g|gif|webp|avif|svg)$/i;

    /** Whether an image may be shown: it is beside the page, from disk, inline, or loaded by https, as Twitch's emotes are. */
    function isImageAddress(text) {
        return /^(https:|file:|data:image\/)/i.test(text) || PATH.test(text);
    }

    /** The address of an image as browsers need it. In a path, `#`, `?` and `%` are letters like all others, unless it is escaped already. */
    const addressOf = (text) => (PATH.test(text) ? text.replace(/[#?]|%(?![\da-f]{2})/gi, encodeURIComponent) : text);

    /** `onLost` is called with the address of an image that does not load. */
    function image(address, alt, onLost) {
        const element = new Image();
        element.alt = alt;
        element.decoding = 'async';
        element.referrerPolicy = 'no-referrer';
        element.addEventListener('error', () => {
            element.classList.add('lost');
            onLost(address);
        });
        element.src = addressOf(address);
        return element;
    }

    /** The element for an `icon` from the bridge; `undefined` if there is nothing to show. */
    function icon(value, onLost) {
        if (typeof value !== 'string' || value === '') return undefined;
        const name = own(ALIASES, value) ? ALIASES[value] : value;
        // A word that is not the name of a drawing may be one that a newer bridge knows, so show nothing.
        if (!own(DRAWINGS, name) && !isImageAddress(name) && /^[\w\s-]+$/.test(name)) return undefined;
        const element = document.createElement('span');
        element.className = 'icon';
        element.setAttribute('aria-hidden', 'true');
        if (own(DRAWINGS, name)) element.append(drawing(name));
        else if (isImageAddress(name)) element.append(image(name, '', onLost));
        else element.textContent = name;
        return element;
    }

    Object.assign(page, { icon, image, isImageAddress, iconNames: [...Object.keys(DRAWINGS), ...Object.keys(ALIASES)] });
})();
