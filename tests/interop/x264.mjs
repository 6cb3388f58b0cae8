// Shows what viewers see of the end credits: rolls them over a bright and busy moving picture, encodes that as a stream does, by x264 at 2,500
// kbit/s and 720p, decodes it, and keeps frames as pictures.
//
//   node x264.mjs FOLDER    writes FOLDER/credits-x264-roll.webp and FOLDER/credits-x264-slides.webp; `scripts/long x264` calls it

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChromium } from './chromium.mjs';
import { CreditsTab, makeFolder } from './credits.mjs';

const SIZE = { width: 1280, height: 720 };
const FRAMES_PER_S = 30;
const SECONDS = 4;
const KBIT_PER_S = 2500;
/** The frame that is kept, in seconds: the encoder has lost its first, better frames by then. */
const KEPT_S = 3.5;
const LARGEST_PICTURE = 300_000;

/** Draws a picture as of a bright game behind the credits: hundreds of shapes in strong colours that move in all directions. */
const GAME = `(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: innerWidth, height: innerHeight });
    canvas.style.cssText = 'position: fixed; inset: 0';
    document.body.prepend(canvas);
    const context = canvas.getContext('2d');
    let state = 7;
    const next = () => (state = (state * 48271) % 2147483647) / 2147483647;
    const colours = ['#f5e04a', '#3ad1ff', '#ffffff', '#7bff5a', '#ff7a4d', '#ffb3f0', '#1c2b4a'];
    const shapes = Array.from({ length: 700 }, () => ({ x: next(), y: next(), dx: next() - 0.5, dy: next() - 0.5, size: 6 + 60 * next() ** 3, colour: colours[Math.floor(next() * colours.length)], turn: next() * 6 }));
    const part = (value) => value - Math.floor(value);
    window.drawGame = (s) => {
        const light = context.createLinearGradient(0, 0, canvas.width, canvas.height);
        for (const [at, colour] of [[0, '#bfe9ff'], [0.5, '#ffffff'], [1, '#ffe9a8']]) light.addColorStop(at, colour);
        context.fillStyle = light;
        context.fillRect(0, 0, canvas.width, canvas.height);
        for (const { x, y, dx, dy, size, colour, turn } of shapes) {
            context.setTransform(Math.cos(turn + s), Math.sin(turn + s), -Math.sin(turn + s), Math.cos(turn + s), part(x + dx * s * 0.4) * canvas.width, part(y + dy * s * 0.4) * canvas.height);
            context.fillStyle = colour;
            context.fillRect(-size, -size / 3, 2 * size, (2 * size) / 3);
        }
        context.resetTransform();
    };
})()`;

async function ffmpeg(args, { input } = {}) {
    const child = spawn('ffmpeg', ['-loglevel', 'error', '-y', ...args], { stdio: [input ? 'pipe' : 'ignore', 'inherit', 'inherit'] });
    const ended = once(child, 'close');
    if (input) await input(child.stdin);
    const [code] = await ended;
    assert.equal(code, 0, `ffmpeg ${args.join(' ')}`);
}

/** Encodes the frames of a roll from a time on, and keeps one of the decoded ones. */
async function keep(browser, url, { look, fromMs, picture }) {
    const tab = await CreditsTab.open(browser, url, SIZE);
    const sections = await tab.run(`CreditsPage.sampleRoll(new URLSearchParams()).sections`);
    await tab.roll({ id: picture, test: false, elapsedMs: 0, look, sections });
    await tab.run(GAME);
    const dir = await mkdtemp(join(tmpdir(), 'twitchat-bridge-x264-'));
    const video = join(dir, 'credits.mp4');
    try {
        await ffmpeg(['-f', 'image2pipe', '-framerate', String(FRAMES_PER_S), '-i', '-', '-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p',
            '-b:v', `${KBIT_PER_S}k`, '-maxrate', `${KBIT_PER_S}k`, '-bufsize', `${2 * KBIT_PER_S}k`, '-g', String(2 * FRAMES_PER_S), video], {
            input: async (stdin) => {
                for (let frame = 0; frame < SECONDS * FRAMES_PER_S; frame++) {
                    await tab.run(`drawGame(${frame / FRAMES_PER_S})`);
                    await tab.hold(fromMs + (frame * 1000) / FRAMES_PER_S);
                    if (!stdin.write(await tab.page.screenshot())) await once(stdin, 'drain');
                }
                stdin.end();
            },
        });
        await ffmpeg(['-ss', String(KEPT_S), '-i', video, '-frames:v', '1', '-quality', '75', picture]);
    } finally {
        await tab.close();
        await rm(dir, { recursive: true, force: true });
    }
    const { size } = await stat(picture);
    assert.ok(size < LARGEST_PICTURE, `${picture} has ${size} bytes`);
    console.log(`${picture}: ${size} bytes`);
}

const [folder] = process.argv.slice(2);
assert.ok(folder, 'node x264.mjs FOLDER');
const [browser, page] = await Promise.all([startChromium(), makeFolder()]);
try {
    await keep(browser, page.url, { look: {}, fromMs: 18_000, picture: join(folder, 'credits-x264-roll.webp') });
    await keep(browser, page.url, { look: { mode: 'slides', theme: 'neon' }, fromMs: 11_500, picture: join(folder, 'credits-x264-slides.webp') });
} finally {
    await browser.close();
    await page.remove();
}
