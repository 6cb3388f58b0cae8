// text.js: makes elements of a text by the streamer: stars mark emphasis, and some HTML is allowed. Nothing in it can run a script, load a
// frame or be clicked. Everything that is not on the lists below is shown as it was written.

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});

    const ELEMENTS = new Set(('a abbr b bdi big blockquote br center cite code dd del div dl dt em font h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p ' +
        'pre q rp rt ruby s small span strike strong sub sup table tbody td th thead tr tt u ul').split(' '));
    const ATTRIBUTES = ['align', 'class', 'color', 'colspan', 'dir', 'face', 'height', 'lang', 'size', 'style', 'width'];

    /** Converts stars to HTML: `*this*` is italic, `**this**` is bold. Stars after a backslash or within a tag are not converted. */
    const starred = (text) => text.replace(/(<\/?[a-z][^<>]*>)|\\([*\\])|\*\*(.+?)\*\*|\*(.+?)\*/gis, (whole, tag, plain, bold, italic) => {
        if (tag) return tag;
        if (plain) return `&#${plain.charCodeAt(0)};`;
        return bold ? `<strong>${bold}</strong>` : `<em>${italic}</em>`;
    });

    function dress(element, like) {
        for (const name of ATTRIBUTES) if (like.hasAttribute(name)) element.setAttribute(name, like.getAttribute(name));
        return element;
    }

    function picture(node, onLost) {
        const address = node.getAttribute('src') || '';
        if (page.isImageAddress(address)) return dress(page.image(address, node.getAttribute('alt') || '', onLost), node);
        onLost(address);
        return node.outerHTML;
    }

    /** Copies a node. The copy has only allowed elements and attributes; the tags of other elements become text. */
    function made(node, onLost) {
        if (node.nodeType === Node.TEXT_NODE) return [node.data];
        if (node.nodeType !== Node.ELEMENT_NODE) return [];
        const tag = node.localName;
        if (tag === 'img') return [picture(node, onLost)];
        const children = [...(node.content || node).childNodes].flatMap((child) => made(child, onLost));
        if (ELEMENTS.has(tag)) {
            const element = dress(document.createElement(tag), node);
            element.append(...children);
            return [element];
        }
        const [opening, closing] = [node.cloneNode(false).outerHTML, `</${tag}>`];
        return opening.endsWith(closing) ? [opening.slice(0, -closing.length), ...children, closing] : [opening, ...children];
    }

    /** `onLost` is called with the address of an image that does not load. */
    function dressedText(text, onLost) {
        // Nothing in a template runs or loads.
        const template = document.createElement('template');
        template.innerHTML = starred(String(text));
        const element = document.createElement('bdi');
        element.className = 'text-body';
        element.dir = 'auto';
        element.append(...[...template.content.childNodes].flatMap((node) => made(node, onLost)));
        return element;
    }

    Object.assign(page, { dressedText });
})();
