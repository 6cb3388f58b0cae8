// player.js: one clock for all that moves. Each animation runs on the compositor by itself; the player only says where all of them
// are, how fast, and whether they stand.

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});

    /** After the moment at which the browser tells the end by itself, if it draws. */
    const LATE_MS = 50;

    const within = (value, least, most) => Math.min(Math.max(value, least), most);

    class Player {
        /** `onEnd` is called each time when the end is reached, or going backwards the beginning. */
        constructor(durationMs, onEnd) {
            this.durationMs = durationMs;
            this.onEnd = onEnd;
            this.animations = [];
            this.rate = 1;
            this.isPaused = true;
            this.heldMs = 0;
            /** Called after each change of place, speed or movement. */
            this.onChange = () => {};
        }

        /** Animates along the whole duration. `frames`: [milliseconds, style], in order; the first one added tells the time. */
        add(element, frames) {
            const at = frames.map(([ms, style]) => ({ offset: within(ms / this.durationMs, 0, 1), ...style }));
            if (at[0].offset > 0) at.unshift({ ...at[0], offset: 0 });
            if (at[at.length - 1].offset < 1) at.push({ ...at[at.length - 1], offset: 1 });
            return this.join(new KeyframeEffect(element, at, { duration: this.durationMs, fill: 'both' }));
        }

        /** Animates over and over, `offsetMs` ahead of the beginning. */
        addEndless(element, keyframes, periodMs, offsetMs) {
            return this.join(new KeyframeEffect(element, keyframes, { duration: periodMs, delay: -offsetMs, iterations: Infinity, fill: 'both' }));
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
                animation.startTime = document.timeline.currentTime - timeMs / this.rate; // the same for all, so that none is a frame behind
            } else {
                animation.pause();
                animation.currentTime = timeMs;
            }
        }

        /** All at once. */
        set({ timeMs = this.timeMs, rate = this.rate, isPaused = this.isPaused }) {
            this.heldMs = within(timeMs, 0, this.durationMs);
            Object.assign(this, { rate, isPaused });
            for (const animation of this.animations) this.place(animation, this.heldMs);
            this.expectEnd();
            this.onChange();
        }

        /** Where nothing is drawn, as in a tab that nobody sees, the browser does not tell that an animation is through. */
        expectEnd() {
            clearTimeout(this.timer);
            if (!this.isMoving) return;
            const leftMs = this.rate > 0 ? this.durationMs - this.timeMs : this.timeMs;
            this.timer = setTimeout(() => this.ended(), leftMs / Math.abs(this.rate) + LATE_MS);
        }

        ended() {
            if (!this.isMoving) return;
            const end = this.rate > 0 ? this.durationMs : 0;
            if (this.timeMs !== end) { // it was moved on meanwhile, or the timer is ahead
                this.expectEnd();
                return;
            }
            clearTimeout(this.timer);
            this.heldMs = end;
            this.onEnd();
        }

        end() {
            this.onChange = () => {};
            clearTimeout(this.timer);
            for (const animation of this.animations) animation.cancel();
            this.animations = [];
        }
    }

    Object.assign(page, { Player });
})();
