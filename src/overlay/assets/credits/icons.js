// icons.js: the pictures beside titles and names. Built-in drawings by name, images by address, everything else as text (emoji).

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});

    const SVG = 'http://www.w3.org/2000/svg';

    /** On a field of 24 by 24, drawn with a line of 2. */
    const DRAWINGS = {
        heart: 'M12 20 4.2 12.2a4.7 4.7 0 0 1 6.6-6.6L12 6.8l1.2-1.2a4.7 4.7 0 0 1 6.6 6.6Z',
        star: 'm12 3 2.7 5.7 6.3.8-4.6 4.3 1.2 6.2L12 17l-5.6 3 1.2-6.2L3 9.5l6.3-.8Z',
        gift: 'M4 11h16v9H4ZM3 7h18v4H3ZM12 7v13M12 7C9 7 7 6 7 4.500S10 3 12 7c2-4 5-4 5-2.500S15 7 12 7Z',
        gem: 'M12 21 4 10l4-6h8l4 6ZM4 10h16M12 21 8.5 10 12 4l3.5 6Z',
        crown: 'M4 18 3 7l5 4 4-7 4 7 5-4-1 11ZM4 21h16',
        people: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20c0-4 2.5-6 6.5-6s6.5 2 6.5 6M16 4.500a3.2 3.2 0 0 1 0 6.200M18 14.500c2.3.7 3.5 2.6 3.5 5.5',
        train: 'M6 4h12v12H6ZM6 10h12M9 13h.01M15 13h.01M8 16l-3 5M16 16l3 5M7 19h10',
        trophy: 'M7 4h10v6a5 5 0 0 1-10 0ZM7 6H3.500c0 3.5 1.5 5 3.8 5M17 6h3.500c0 3.5-1.5 5-3.8 5M12 15v3M8 20.500h8M9.5 18h5',
        coin: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 8v8M9.5 10.500h3.700a1.5 1.5 0 0 1 0 3H9.5',
        megaphone: 'M4 10v4h3l9 5V5l-9 5ZM19 9.500a4 4 0 0 1 0 5M7 14l1.5 6H11l-1-4.5',
        chat: 'M4 4.500h16v11.500h-9l-5 4v-4H4ZM8 9h8M8 12.500h5',
        shield: 'M12 3 5 5.500V11c0 5 3 8.5 7 10 4-1.5 7-5 7-10V5.500ZM9 12l2.2 2.200L15.5 10',
        diamond: 'M12 3 20 12l-8 9-8-9Z',
        ban: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM5.7 5.700l12.6 12.6',
        clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3.5 2',
        chart: 'M4 20h16M6.5 16v-4M12 16V5M17.5 16V9',
        crystal: 'M12 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM6 21h12l-2-4.800H8ZM9 9.500a3 3 0 0 1 3-3',
        goal: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 16.500a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM12 12h.01',
        game: 'M7 8h10c3 0 4.5 3.5 4.5 7.5 0 3.5-3 3.5-5 .5h-9c-2 3-5 3-5-.5C2.5 11.5 4 8 7 8ZM7 10.500v3M5.5 12h3M15.5 11h.01M17.5 13h.01',
        pyramid: 'M12 4 2.5 20h19ZM12 4l3.5 16M7.3 12h8',
        bag: 'M5 8h14l1 13H4ZM8.5 11V7a3.5 3.5 0 0 1 7 0v4',
        bolt: 'M13 2.5 5 13.500h6l-1 8 8-11h-6Z',
        flame: 'M12 21.500c-4 0-6.5-2.7-6.5-6.3 0-4.7 4.5-6.2 4.5-12.7 4.5 2 8.5 7 8.5 12.4 0 3.9-2.5 6.6-6.5 6.600ZM12 21.500c-2-1-2.7-3.5 0-6.5 2.7 3 2 5.5 0 6.500Z',
        share: 'M6 14.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM18 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM18 21a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM8.3 10.8 15.7 6.700M8.3 13.200l7.4 4.1',
        music: 'M9 18V5l11-2v13M6.5 20.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM17.5 18.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
        camera: 'M3 7h12v10H3ZM15 11l6-3.500v9L15 13',
        check: 'm4.5 12.5 5 5 10-11',
    };

    function drawing(name) {
        const svg = document.createElementNS(SVG, 'svg');
        svg.setAttribute('viewBox', '0 0 24 24');
        const path = document.createElementNS(SVG, 'path');
        path.setAttribute('d', DRAWINGS[name]);
        svg.append(path);
        return svg;
    }

    /** Of an image that may be shown: beside the page, from disk, inline, or by https as Twitch has its emotes. */
    function isImageAddress(text) {
        return /^(https:|file:|data:image\/)/i.test(text) || /^[^\s:]+\.(png|jpe?g|gif|webp|avif|svg)$/i.test(text);
    }

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
        element.src = address;
        return element;
    }

    /** An element for `icon` as the bridge sends it, or nothing. */
    function icon(value, onLost) {
        if (typeof value !== 'string' || value === '') return undefined;
        const element = document.createElement('span');
        element.className = 'icon';
        element.setAttribute('aria-hidden', 'true');
        if (Object.prototype.hasOwnProperty.call(DRAWINGS, value)) element.append(drawing(value));
        else if (isImageAddress(value)) element.append(image(value, '', onLost));
        else element.textContent = value;
        return element;
    }

    Object.assign(page, { icon, image, isImageAddress, iconNames: Object.keys(DRAWINGS) });
})();
