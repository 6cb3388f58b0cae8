// Compares a page with an earlier picture. UPDATE_SCREENSHOTS=1 takes new pictures instead.

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

/** The tolerance per pixel, from 0 to 1, because versions of the browser draw the edges of letters differently. */
const SAME_COLOUR = 0.25;
const DIFFERENT_PIXELS = 0.01;

/** Fails if more than one pixel in a hundred differs. The error has the paths of the two pictures. */
export async function assertLooksLike(reference, png) {
    const name = basename(reference.pathname, '.png');
    if (process.env.UPDATE_SCREENSHOTS) {
        await mkdir(new URL('.', reference), { recursive: true });
        await writeFile(reference, png);
        return;
    }
    const [actual, expected] = [PNG.sync.read(png), PNG.sync.read(await readFile(reference))];
    const { width, height } = expected;
    assert.deepEqual([actual.width, actual.height], [width, height], `the size of ${name}`);
    const difference = new PNG({ width, height });
    const count = pixelmatch(actual.data, expected.data, difference.data, width, height, { threshold: SAME_COLOUR });
    if (count <= width * height * DIFFERENT_PIXELS) return;
    const files = [['actual', png], ['difference', PNG.sync.write(difference)]].map(([what, data]) => [join(tmpdir(), `${name}-${what}.png`), data]);
    for (const [file, data] of files) await writeFile(file, data);
    assert.fail(`${name}: ${count} pixels differ from ${reference.pathname}; see ${files.map(([file]) => file).join(' and ')}`);
}

/** The number of pixels of a picture that are not completely transparent. */
export function visiblePixels(png) {
    const { data } = PNG.sync.read(png);
    let count = 0;
    for (let alpha = 3; alpha < data.length; alpha += 4) if (data[alpha] > 0) count++;
    return count;
}
