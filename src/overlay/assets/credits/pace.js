// pace.js: how long a roll takes, and how it moves: it eases in, moves evenly, eases out, holds its last card, and fades out.
//
// credits/roll/motion.rs has the same rules, for rolls that no page reports. Change both.

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});

    /** Speeds and heights of fades are in pixels of a picture of this height, and scale with the picture. */
    const FULL_HEIGHT = 1080;

    /** The pace of a roll whose length is automatic, if that takes between the shortest and the longest time. */
    const USUAL_SPEED = 80;
    const USUAL_SLIDE_S = 6;
    const SHORTEST_S = 60;
    const LONGEST_S = 180;

    const EASE_IN_S = 1.5;
    const EASE_OUT_S = 2;
    /** How long the last card stands still, and how long it then takes to fade out. */
    const HOLD_S = 3.5;
    const FADE_OUT_S = 1;
    /** Rolls that are shorter than this hold and fade for less time, in proportion. */
    const WHOLE_END_S = 20;
    /** The greatest part of the movement that each easing may take. */
    const EASE_PART = 0.2;

    const within = (value, least, most) => Math.min(Math.max(value, least), most);

    const scaled = (px, height) => (px * height) / FULL_HEIGHT;

    /** The length that the roll or its look sets, in seconds; 0 for none. */
    const fixed = (seconds, look) => [seconds, look.seconds].find((one) => Number.isFinite(one) && one > 0) || 0;

    /** The length in seconds if it is automatic, and why it is what it is. `neededS` is the least in which everything can be read. */
    function automatic(naturalS, neededS) {
        const boundS = within(naturalS, SHORTEST_S, LONGEST_S);
        if (neededS > boundS) return { seconds: neededS, why: 'readable' };
        if (boundS > naturalS) return { seconds: boundS, why: 'shortest' };
        return { seconds: boundS, why: boundS < naturalS ? 'longest' : 'usual' };
    }

    /** The time of a movement that would take `evenS` without the easings. */
    function movementS(evenS) {
        const plain = evenS + (EASE_IN_S + EASE_OUT_S) / 2;
        if (plain * EASE_PART >= EASE_OUT_S) return plain;
        const partly = (evenS + EASE_IN_S / 2) / (1 - EASE_PART / 2);
        return partly * EASE_PART >= EASE_IN_S ? partly : evenS / (1 - EASE_PART);
    }

    /** The length without the delay, if the roll moves `travel` pixels at `speed` pixels per second. */
    const lengthS = (travel, speed) => movementS(travel / speed) + HOLD_S + FADE_OUT_S;

    /** Where the roll is at each time. Its speed changes evenly within each leg. */
    class Path {
        /** `legs`: for each leg its duration in milliseconds and the speed at its end in pixels per millisecond. It begins at rest. */
        constructor(beginMs, legs) {
            this.nodes = [{ ms: beginMs, px: 0, speed: 0 }];
            for (const [ms, speed] of legs) {
                const last = this.nodes[this.nodes.length - 1];
                this.nodes.push({ ms: last.ms + ms, px: last.px + (ms * (last.speed + speed)) / 2, speed });
            }
        }

        get end() {
            return this.nodes[this.nodes.length - 1];
        }

        legOf(isBefore) {
            const index = this.nodes.findIndex(isBefore);
            return [this.nodes[Math.max(index - 1, 0)], this.nodes[index]];
        }

        /** Time, place and speed at a time. */
        at(ms) {
            const { nodes, end } = this;
            if (ms <= nodes[0].ms) return { ...nodes[0], ms };
            if (ms >= end.ms) return { ...end, ms };
            const [from, to] = this.legOf((node) => node.ms >= ms);
            const speed = from.speed + ((to.speed - from.speed) * (ms - from.ms)) / (to.ms - from.ms);
            return { ms, px: from.px + ((ms - from.ms) * (from.speed + speed)) / 2, speed };
        }

        /** When the roll has moved so far; Infinity if it never does. */
        when(px) {
            const { nodes, end } = this;
            if (px <= 0) return nodes[0].ms;
            if (px > end.px + 0.01) return Infinity;
            if (px >= end.px) return end.ms;
            const [from, to] = this.legOf((node) => node.px >= px);
            const change = (to.speed - from.speed) / (to.ms - from.ms);
            const way = px - from.px;
            const ms = Math.abs(change) < 1e-12 ? way / from.speed : (Math.sqrt(Math.max(from.speed ** 2 + 2 * change * way, 0)) - from.speed) / change;
            return from.ms + ms;
        }

        /** The movement between two times as keyframes: time, pixels since `fromMs`, and the easing until the next one. */
        frames(fromMs, toMs) {
            const between = this.nodes.filter(({ ms }) => ms > fromMs && ms < toMs);
            const stops = [this.at(fromMs), ...between, this.at(Math.max(toMs, fromMs))];
            return stops.map(({ ms, px, speed }, index) => [ms, px - stops[0].px, easingOf(speed, stops[Math.min(index + 1, stops.length - 1)].speed)]);
        }
    }

    /** The easing of a part in which the speed changes evenly from one to the other. It is a parabola, so a cubic curve can be the same. */
    function easingOf(from, to) {
        if (Math.abs(from - to) < 1e-12) return 'linear';
        const slope = (2 * from) / (from + to) / 3;
        return `cubic-bezier(${1 / 3}, ${slope}, ${2 / 3}, ${1 / 3 + slope})`;
    }

    /**
     * How a roll that scrolls `travel` pixels moves. `readable` is the number of pixels over which a name can be read. `seconds` is the
     * length of the roll; it takes precedence over the look. A roll that goes on `like` another one, but further, keeps the speed of that.
     */
    function scrollPace({ height, travel, readable, look, seconds, like }) {
        if (like) return paced(like, travel, look);
        const fixedS = fixed(seconds, look);
        let why = 'seconds';
        let wholeS = fixedS - look.delay;
        if (!fixedS && look.speed !== null) {
            why = 'speed';
            wholeS = lengthS(travel, scaled(look.speed, height));
        } else if (!fixedS) {
            const neededS = look.minimumSeconds > 0 ? lengthS(travel, Math.max(readable, 1) / look.minimumSeconds) : 0;
            ({ seconds: wholeS, why } = automatic(lengthS(travel, scaled(USUAL_SPEED, height)), neededS));
        }
        wholeS = Math.max(wholeS, 0.001);
        const end = why === 'speed' ? 1 : Math.min(wholeS / WHOLE_END_S, 1);
        const moveMs = (wholeS - end * (HOLD_S + FADE_OUT_S)) * 1000;
        const inMs = Math.min(EASE_IN_S * 1000, moveMs * EASE_PART);
        const outMs = Math.min(EASE_OUT_S * 1000, moveMs * EASE_PART);
        const speed = travel / (moveMs - (inMs + outMs) / 2);
        return paced({ why, speed, inMs, outMs, restMs: wholeS * 1000 - moveMs, fadeOutMs: end * FADE_OUT_S * 1000 }, travel, look);
    }

    /** A roll of this pace: its speed in pixels per millisecond, its easings, and for how long it rests at the end. */
    function paced(pace, travel, look) {
        const { why, speed, inMs, outMs, restMs, fadeOutMs } = pace;
        const evenMs = Math.max(travel / speed - (inMs + outMs) / 2, 0);
        const delayMs = look.delay * 1000;
        const path = new Path(delayMs, [[inMs, speed], [evenMs, speed], [outMs, 0]]);
        return { pace, why, delayMs, path, durationMs: path.end.ms + restMs, fadeOutMs, pxPerS: speed * 1000 };
    }

    /** How long each of `count` slides is shown, in milliseconds, and why. */
    function slidePace({ count, look, seconds }) {
        const fixedS = fixed(seconds, look);
        if (fixedS) return { why: 'seconds', slideMs: Math.max(((fixedS - look.delay) * 1000) / count, 1) };
        if (look.slideSeconds !== null) return { why: 'slide_seconds', slideMs: look.slideSeconds * 1000 };
        const { seconds: wholeS, why } = automatic(count * USUAL_SLIDE_S, count * look.minimumSeconds);
        return { why, slideMs: (wholeS * 1000) / count };
    }

    Object.assign(page, { Path, scrollPace, slidePace, scaled, FULL_HEIGHT });
})();
