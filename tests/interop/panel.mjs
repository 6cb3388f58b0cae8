// The panel in Chromium, beside a bridge of its own: installed by the command line, and used as a person uses it, by what it shows.

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { until } from './bus.mjs';

const READY_WITHIN_MS = 20_000;

/** A folder with a config file, and the panel for the OBS at `url`. */
export class PanelHome {
    static async make({ url, password }, config = '') {
        const home = new PanelHome();
        home.dir = await mkdtemp(join(tmpdir(), 'twitchat-bridge-panel-'));
        home.config = join(home.dir, 'config.toml');
        Object.assign(home, { url, password });
        await writeFile(home.config, config);
        await home.run('panel', 'install', '--dir', join(home.dir, 'page'));
        home.page = pathToFileURL(join(home.dir, 'page', 'panel', 'index.html')).href;
        return home;
    }

    /** The options for `startBridge`, whose journal is kept when it is stopped and started again. */
    get bridge() {
        const { url, password, config, dir } = this;
        return { url, password, args: ['--config', config], env: { HOME: dir, TWITCHAT_BRIDGE_STORE: join(dir, 'journal.db') } };
    }

    async run(...args) {
        const { hostname, port } = new URL(this.url);
        const env = { PATH: process.env.PATH, HOME: this.dir, OBS_HOST: hostname, OBS_PORT: port, OBS_PASSWORD: this.password };
        const { stdout } = await promisify(execFile)(process.env.TWITCHAT_BRIDGE_BIN, ['--config', this.config, ...args], { env, maxBuffer: 1e8 });
        return stdout;
    }

    remove() {
        return rm(this.dir, { recursive: true, force: true });
    }
}

/** Functions in the page: find what a person sees by its name. */
const FINDERS = `
    window.see = (element) => element.checkVisibility ? element.checkVisibility() : element.offsetParent !== null;
    window.nameOf = (element) => (element.getAttribute('aria-label') || element.textContent).replace(/\\s+/g, ' ').trim();
    window.scope = () => document.querySelector('dialog[open]') || document;
    window.button = (name, within) => {
        const all = [...(within || scope()).querySelectorAll('button')].filter(see);
        const found = all.find((one) => nameOf(one) === name) || all.find((one) => nameOf(one).startsWith(name));
        return found && found.getAttribute('aria-busy') ? undefined : found; // a person waits until it has done its work
    };
    window.field = (label) => {
        const named = [...scope().querySelectorAll('input:not([type=radio]), select, textarea')].filter(see);
        return named.find((one) => one.getAttribute('aria-label') === label) || named.find((one) => [...(one.labels || [])].some((own) => own.textContent.trim().startsWith(label)));
    };
    window.fill = (element, value) => {
        const own = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), 'value');
        own.set.call(element, value);
        element.dispatchEvent(new Event('input', { bubbles: true }));
        element.dispatchEvent(new Event('change', { bubbles: true }));
    };
`;

export class PanelTab {
    static async open(browser, page, { width = 1000, height = 900, language = 'en', media } = {}) {
        const tab = new PanelTab();
        tab.page = await browser.open(page, { width, height }, media);
        await tab.run(FINDERS);
        await tab.run(`(Panel.chooseLanguage(${JSON.stringify(language)}), Panel.set({}))`);
        return tab;
    }

    run(expression) {
        return this.page.run(expression);
    }

    /** Waits until the panel has the bridge's status. */
    async ready() {
        await until('the panel with its bridge', () => this.run('Boolean(Panel.bus.isReady && Panel.state.status && Panel.state.settings)'), READY_WITHIN_MS);
        return this;
    }

    /** Presses the button of this name: in the open dialog if there is one, else in the element that `within` selects. */
    async press(name, within) {
        const place = within ? `document.querySelector(${JSON.stringify(within)})` : 'undefined';
        const find = `(${place} === null ? undefined : button(${JSON.stringify(name)}, ${place}))`;
        await until(`the button ${name}`, () => this.run(`Boolean(${find})`), READY_WITHIN_MS);
        await this.run(`${find}.click()`);
    }

    /** Presses the button of this name in the list item that contains a text. */
    async pressIn(text, name) {
        const find = `[...scope().querySelectorAll('li')].filter(see).filter((one) => one.textContent.includes(${JSON.stringify(text)})).map((one) => button(${JSON.stringify(name)}, one)).filter(Boolean).pop()`;
        await until(`the button ${name} of ${text}`, () => this.run(`Boolean(${find})`), READY_WITHIN_MS);
        await this.run(`${find}.click()`);
    }

    async fill(label, value) {
        await until(`the field ${label}`, () => this.run(`Boolean(field(${JSON.stringify(label)}))`), READY_WITHIN_MS);
        await this.run(`fill(field(${JSON.stringify(label)}), ${JSON.stringify(value)})`);
    }

    async tab(name) {
        await this.press(name, '[role=tablist]');
        await until(`the tab ${name}`, () => this.run(`nameOf(document.querySelector('[role=tab][aria-selected=true]')) === ${JSON.stringify(name)}`), READY_WITHIN_MS);
    }

    text() {
        return this.run('document.body.innerText');
    }

    toasts() {
        return this.run('Panel.state.toasts.map(({ text }) => text)');
    }

    async sees(text, ms = READY_WITHIN_MS) {
        await until(`the panel shows "${text}"`, async () => (await this.text()).includes(text), ms)
            .catch(async (error) => { throw new Error(`${error.message}; it shows:\n${await this.text()}`); });
    }

    async saysAndCloses(text) {
        await until(`the panel reports "${text}"`, async () => (await this.toasts()).some((toast) => toast.includes(text)), READY_WITHIN_MS)
            .catch(async (error) => { throw new Error(`${error.message}; it reports ${JSON.stringify(await this.toasts())}`); });
        await this.run('Panel.set({ toasts: [] })');
    }

    close() {
        return this.page.close();
    }
}
