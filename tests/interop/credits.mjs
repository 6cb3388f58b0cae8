// The end-credits page in Chromium. It is opened from disk, as OBS opens it, and gets its messages as from obs-browser, by a DOM event.

import { copyFile, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { until } from './bus.mjs';

const ASSETS = new URL('../../src/overlay/assets/', import.meta.url);
const READY_WITHIN_MS = 20_000;

export const THEMES = ['cinema', 'neon', 'glass', 'paper', 'arcade', 'broadcast', 'pastel', 'plain'];

/** Writes the files of the page into a folder of their own, without the address of OBS. `more`: further files, by name. */
export async function makeFolder(more = {}) {
    const dir = await mkdtemp(join(tmpdir(), 'twitchat-bridge-credits-'));
    await cp(new URL('credits/', ASSETS), dir, { recursive: true });
    await copyFile(new URL('obs-client.js', ASSETS), join(dir, 'obs-client.js'));
    for (const [name, content] of Object.entries(more)) await writeFile(join(dir, name), content);
    return { dir, url: pathToFileURL(join(dir, 'index.html')).href, remove: () => rm(dir, { recursive: true, force: true }) };
}

export const people = (id, names, more = {}) => ({ id, kind: 'people', title: `Title of ${id}`, layout: 'center', names, ...more });
export const named = (...names) => names.map((name) => ({ name }));
export const many = (count) => Array.from({ length: count }, (_, index) => ({ name: `Name ${index + 1}` }));

let rolls = 0;
/** A roll as the bridge sends it, with an id of its own. Titles stay in place, and the picture is darkened, only if a test sets that. */
export const rollOf = (sections, look = {}, more = {}) =>
    ({ id: `roll ${++rolls}`, test: false, elapsedMs: 0, look: { mode: 'scroll', speed: 200, fade: 0, dim: 0, stickyTitles: false, ...look }, sections, ...more });

/** A tab with the page, and functions to control it. */
export class CreditsTab {
    #seq = 0;

    static async open(browser, url, { width = 1280, height = 720 } = {}, media = undefined) {
        const tab = new CreditsTab();
        tab.page = await browser.open(url, { width, height }, media);
        return tab;
    }

    run(expression) {
        return this.page.run(expression);
    }

    /** Sends any message of the bridge for pages. */
    tell(message) {
        const json = JSON.stringify({ origin: 'twitchat-bridge', bridge: 'the test', ...message });
        return this.run(`void dispatchEvent(new CustomEvent('twitchat-bridge', { detail: { json: ${JSON.stringify(json)} } }))`);
    }

    /** Sends a roll, and resolves when it is on the stage. */
    async roll(roll) {
        await this.tell({ overlay: 'roll', roll });
        await until('the roll', async () => {
            const { roll: id, state, warnings } = await this.report();
            return id === roll.id && state !== 'idle' && warnings;
        }, READY_WITHIN_MS);
        return roll;
    }

    control(command, value, more = {}) {
        return this.tell({ overlay: 'control', seq: ++this.#seq, roll: null, command, value, ...more });
    }

    /** The reports that the page would send to the bridge. */
    report() {
        return this.run('CreditsPage.credits.report');
    }

    until(what, fits) {
        return until(what, async () => fits(await this.report()));
    }

    /** Pauses at a time of the roll, and waits until that is drawn. */
    async hold(ms) {
        await this.run(`CreditsPage.credits.scene.player.set({ timeMs: ${ms}, isPaused: true })`);
        await this.run('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
    }

    /** The sections on the stage: id, title, and each name with everything that belongs to it. */
    sections() {
        return this.run(`(() => {
            const text = (root, selector) => [...root.querySelectorAll(selector)].map((element) => element.textContent);
            const of = '.view:not([aria-hidden]) .roll:not(.titles) > .section, .slide > .section';
            return [...document.querySelectorAll(of)].map((section) => ({
                id: section.dataset.id,
                title: text(section, ':scope > .title > .title-text')[0],
                text: text(section, ':scope > .text, :scope > .empty')[0],
                names: [...section.querySelectorAll('.entry')].map((entry) => [
                    ...text(entry, '.name'), ...text(entry, '.who > .amount'), ...text(entry, '.note'), ...text(entry, '.line'),
                ]),
            }));
        })()`);
    }

    /** The words on the stage that are broken inside. Names may break where their writers joined words. */
    brokenWords() {
        return this.run(`(() => {
            const range = document.createRange();
            const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
            const broken = [];
            let before; // the letter before this one, if no space is between them
            for (let node; (node = walker.nextNode()); ) {
                const element = node.parentElement;
                if (before && before.element !== element) before = undefined;
                for (let at = 0; at < node.length; at++) {
                    range.setStart(node, at);
                    range.setEnd(node, at + 1);
                    const { top, height, width } = range.getBoundingClientRect();
                    const letter = node.data[at];
                    if (/\\s/.test(letter)) before = undefined;
                    else if (width > 0) {
                        const isJoint = before && element.matches('.name') && (/[_-]/.test(before.letter) || (/\\p{Ll}/u.test(before.letter) && /\\p{Lu}/u.test(letter)));
                        if (before && Math.abs(top - before.top) > height / 2 && !isJoint) broken.push(element.textContent);
                        before = { letter, top, element };
                    }
                }
            }
            return broken;
        })()`);
    }

    close() {
        return this.page.close();
    }
}

/** The file with the address of OBS, as `overlay install` writes it. */
export function obsConfig({ url, password }) {
    const { hostname, port } = new URL(url);
    return `window.StreamerbotOverObsConfig = ${JSON.stringify({ obs: { host: hostname, port: Number(port), password } })};\n`;
}
