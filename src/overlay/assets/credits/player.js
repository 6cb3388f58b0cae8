// player.js: one clock for everything that moves. The compositor runs each animation by itself; the player only sets their time, their
// speed, and whether they run.

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});

    /** How long to wait after the end. A browser that draws reports the end itself within this time. */
    const LATE_MS = 50;

    /** How long to wait for the first frame, in steps. A main thread that is blocked takes part in one step only. */
    const STEP_MS = 100;
    const STEPS = 10;

    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

    /** Resolves with the promise, or after a second in which the page was not busy. Pages that nobody sees draw no frame. */
    function soon(promise) {
        const patience = async () => {
            for (let step = 0; step < STEPS && !document.hidden; step++) await pause(STEP_MS);
        };
        return Promise.race([promise, patience()]);
    }

    /** Resolves in the next frame, or soon. */
    const nextFrame = () => soon(new Promise((resolve) => requestAnimationFrame(resolve)));

    const within = (value, least, most) => Math.min(Math.max(value, least), most);

    class Player {
        /** `onEnd` is called each time when the end is reached, or the beginning if it plays backwards. */
        constructor(durationMs, onEnd) {
            this.durationMs = durationMs;
            this.onEnd = onEnd;
            this.animations = [];
            this.endless = new Set();
            this.rate = 1;
            this.isPaused = true;
            this.heldMs = 0;
            this.changes = 0;
            /** Called after each change of the time, the speed, or whether it runs. */
            this.onChange = () => {};
        }

        /** Animates an element over the whole duration. `frames` is [milliseconds, style], in order. The first animation is the clock. */
        add(element, frames) {
            const at = frames.map(([ms, style]) => ({ offset: within(ms / this.durationMs, 0, 1), ...style }));
            if (at[0].offset > 0) at.unshift({ ...at[0], offset: 0 });
            if (at[at.length - 1].offset < 1) at.push({ ...at[at.length - 1], offset: 1 });
            return this.join(new KeyframeEffect(element, at, { duration: this.durationMs, fill: 'both' }));
        }

        /** Animates an element again and again, beginning `offsetMs` into the animation. */
        addEndless(element, keyframes, periodMs, offsetMs) {
            const animation = this.join(new KeyframeEffect(element, keyframes, { duration: periodMs, delay: -offsetMs, iterations: Infinity, fill: 'both' }));
            this.endless.add(animation);
        }

        join(effect) {
            const animation = new Animation(effect, document.timeline);
            if (this.animations.length === 0) animation.onfinish = () => this.ended();
            const { timeMs } = this;
            this.animations.push(animation);
            this.place(animation, timeMs);
            return animation;
        }

        leave(animation) {
            animation.cancel();
            this.animations = this.animations.filter((other) => other !== animation);
        }

        get isMoving() {
            return !this.isPaused && this.rate !== 0;
        }

        get timeMs() {
            const [lead] = this.animations;
            return lead && this.isMoving ? within(lead.currentTime || 0, 0, this.durationMs) : this.heldMs;
        }

        place(animation, timeMs) {
            if (this.isMoving) {
                animation.playbackRate = this.rate;
                animation.startTime = document.timeline.currentTime - timeMs / this.rate; // the same for all: none is a frame behind
            } else {
                animation.pause();
                animation.currentTime = timeMs;
            }
        }

        /**
         * Begins at a time of the roll, in the first frame that is drawn. The compositor determines that frame, so a page that is busy now
         * begins later and leaves nothing out. Resolves then; with `false` if something else has set the time or the speed meanwhile.
         */
        async begin({ timeMs, rate, isPaused }) {
            this.set({ timeMs, rate, isPaused: true });
            const isAtEnd = rate > 0 ? timeMs >= this.durationMs : timeMs <= 0;
            if (isPaused || rate === 0 || isAtEnd) { // at an end, animations would play from the other end
                this.set({ isPaused });
                return true;
            }
            const change = this.changes;
            for (const animation of this.animations) {
                animation.playbackRate = rate;
                animation.play();
            }
            this.isPaused = false;
            const [lead] = this.animations;
            await soon(lead.ready.catch(() => {}));
            if (change !== this.changes) return false;
            const { startTime } = lead;
            if (startTime === null) {
                this.set({ timeMs, rate, isPaused });
                return true;
            }
            for (const animation of this.animations) if (animation.startTime !== startTime) animation.startTime = startTime;
            this.expectEnd();
            this.onChange();
            return true;
        }

        /** Sets the time, the speed and whether it runs, for all animations at once. */
        set({ timeMs = this.timeMs, rate = this.rate, isPaused = this.isPaused }) {
            this.changes++;
            this.heldMs = within(timeMs, 0, this.durationMs);
            Object.assign(this, { rate, isPaused });
            for (const animation of this.animations) this.place(animation, this.heldMs);
            this.expectEnd();
            this.onChange();
        }

        /** Goes to another time. Endless animations go on as if nothing had happened. */
        goTo(timeMs) {
            const wayMs = timeMs - this.timeMs;
            for (const { effect } of this.endless) effect.updateTiming({ delay: effect.getTiming().delay + wayMs });
            this.set({ timeMs });
        }

        /**
         * Sets a timer for the end, because a browser that draws nothing, such as in a hidden tab, does not report the end of an animation.
         */
        expectEnd() {
            clearTimeout(this.timer);
            if (!this.isMoving) return;
            const leftMs = this.rate > 0 ? this.durationMs - this.timeMs : this.timeMs;
            this.timer = setTimeout(() => this.ended(), leftMs / Math.abs(this.rate) + LATE_MS);
        }

        ended() {
            if (!this.isMoving) return;
            const end = this.rate > 0 ? this.durationMs : 0;
            if (this.timeMs !== end) { // the time was changed meanwhile, or the timer is early
                this.expectEnd();
                return;
            }
            clearTimeout(this.timer);
            this.heldMs = end;
            this.onEnd();
        }

        end() {
            this.changes++;
            this.onChange = () => {};
            clearTimeout(this.timer);
            for (const animation of this.animations) animation.cancel();
            this.animations = [];
        }
    }

    Object.assign(page, { Player, nextFrame, pause });
})();
