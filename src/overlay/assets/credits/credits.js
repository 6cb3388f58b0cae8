// credits.js: the roll that the page shows, from its beginning to its end, and its controls.
//
// feed.js passes rolls and controls to it; scroll.js, slides.js and player.js move the roll.

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});
    const { make } = page;

    /** The longest wait for fonts and pictures. If they load later, the roll has begun without them. */
    const READY_WITHIN_MS = 3000;
    const FADE_MS = 220;
    const FAREWELL_MS = 500;
    /** How long the scrim takes to change when the roll goes to another section. */
    const DIM_MS = 600;
    const SETTLED_MS = 150;
    const REMEMBERED_ROLLS = 1000;

    const { pause } = page;
    const nextTo = (place, ms) => Math.abs(place - ms) <= 1;

    /** How often the bridge has made the roll again. */
    const revisionOf = (roll) => (roll && Number.isFinite(roll.revision) ? roll.revision : 0);

    function countNames(sections) {
        const lists = sections.map((section) => (section && Array.isArray(section.names) ? section.names.length : 0));
        return lists.reduce((sum, count) => sum + count, 0);
    }

    function pictureLoaded(image) {
        if (image.complete) return undefined;
        return new Promise((resolve) => {
            for (const type of ['load', 'error']) image.addEventListener(type, resolve);
        });
    }

    class Credits {
        /** `onChange` is called with a report after each change of the state, and when there is a new warning. */
        constructor(stage, onChange) {
            this.stage = stage;
            this.onChange = onChange;
            this.state = 'idle';
            this.roll = undefined;
            this.scene = undefined;
            this.taken = new Set();
            this.warned = new Set();
            this.turn = 0;
            this.wanted = undefined; // the time that a jump leads to, until the jump is made
            this.begin = undefined; // what a roll that is being laid out does when it is ready
            this.held = []; // the controls that came meanwhile
            this.replaced = new Map(); // position of a name -> the name that replaces it, or null for none
            this.early = undefined; // the same for a roll that was not received yet
            this.later = undefined; // the roll that the next pass of a loop shows
            this.guests = new page.Guests(this);
            addEventListener('resize', () => this.resized());
        }

        /** The state that is reported to the bridge. */
        get report() {
            const { state, scene, roll } = this;
            const report = { page: 'credits', roll: roll ? roll.id : null, state, warnings: [...this.warned] };
            // A bridge that was started again and does not have the roll goes on with these.
            if (roll) Object.assign(report, { test: roll.test === true, names: countNames(roll.sections) });
            if (this.seconds !== undefined) Object.assign(report, { seconds: this.seconds, pace: this.pace });
            if (!scene) return report;
            const { timeMs, rate } = scene.player;
            const section = this.sectionAt(timeMs);
            return { ...report, elapsedMs: Math.round(timeMs), rate, section: section ? section.id : null, ...(scene.pages && { pages: scene.pages }) };
        }

        become(state) {
            this.state = state;
            this.onChange(this.report);
        }

        warn(text) {
            if (this.warned.has(text)) return;
            this.warned.add(text);
            this.showWarnings();
            if (this.scene) this.onChange(this.report);
        }

        // ---- a roll

        /** Starts a roll. If the page has received it before, only its replaced names may have changed. */
        take(roll) {
            if (typeof roll !== 'object' || roll === null || typeof roll.id !== 'string' || !Array.isArray(roll.sections)) return;
            if (this.taken.has(roll.id)) {
                if (this.isNewer(roll)) this.revise(roll);
                else this.replaceNames(roll.replaced, roll.id, revisionOf(roll));
                return;
            }
            this.taken.add(roll.id);
            this.state = 'idle'; // until it rolls
            if (this.taken.size > REMEMBERED_ROLLS) this.taken.delete(this.taken.values().next().value);
            this.clear();
            this.roll = roll;
            this.replaced.clear();
            this.replaceNames(roll.replaced, roll.id, revisionOf(roll));
            this.replaceEarly();
            this.look = page.lookOf(roll.look);
            this.warned.clear();
            const elapsedMs = Number.isFinite(roll.elapsedMs) ? roll.elapsedMs : 0;
            const rate = Number.isFinite(roll.rate) ? roll.rate : 1;
            const isPaused = roll.paused === true;
            const heardMs = performance.now();
            this.build(async (scene) => {
                const { player, delayMs } = scene;
                // A page that joins a running roll skips the time that it takes to get ready; from the beginning it shows all of the roll.
                const isLate = elapsedMs > 0 && !isPaused;
                if (isLate) await page.nextFrame();
                if (scene !== this.scene) return;
                let timeMs = elapsedMs + (isLate ? (performance.now() - heardMs) * rate : 0);
                const passMs = player.durationMs - delayMs;
                if (this.look.loop && timeMs > player.durationMs) timeMs = delayMs + ((timeMs - delayMs) % passMs);
                if (await player.begin({ timeMs, rate, isPaused })) this.become(isPaused ? 'paused' : 'rolling');
            });
        }

        /** Whether this is the current roll with newer sections. */
        isNewer(roll) {
            return this.roll !== undefined && this.roll.id === roll.id && revisionOf(roll) > revisionOf(this.roll);
        }

        /** The bridge has made the current roll again, because its settings have changed: shows it, and continues at the same place. */
        revise(roll) {
            const isShown = this.scene !== undefined;
            if (!isShown && this.begin === undefined) return; // the roll has ended here
            this.later = roll.nextPass === true && isShown && this.isEnding ? roll : undefined;
            if (!this.later) this.putNew(roll);
        }

        /** Whether a loop is in the second half of a pass. */
        get isEnding() {
            const { player, delayMs } = this.scene;
            return this.look.loop && player.rate > 0 && 2 * player.timeMs > player.durationMs + delayMs;
        }

        putNew(roll) {
            this.roll = roll;
            this.look = page.lookOf(roll.look);
            this.replaced.clear();
            this.replaceNames(roll.replaced, roll.id, revisionOf(roll));
            this.replaceEarly();
            if (this.scene) this.rebuild();
            else this.build(this.begin);
        }

        /** Whether this is the roll that the page has, in the same revision. */
        isCurrent(roll, revision = 0) {
            return this.roll !== undefined && this.roll.id === roll && revisionOf(this.roll) === revision;
        }

        /** Lays out the roll, and calls `begin` with the scene when fonts and pictures are loaded. */
        async build(begin) {
            const turn = ++this.turn;
            const isWanted = () => turn === this.turn;
            this.clearStage();
            this.begin = begin;
            const contents = this.roll.sections.map((content) => content || {});
            const scene = await this.lay(this.stage, contents, { isWanted });
            if (!scene) return;
            this.put(scene);
            this.shownNames(); // names may have been replaced while fonts and pictures were loading
            this.begin = undefined;
            begin(scene);
            for (const control of this.held.splice(0)) this.control(control);
        }

        /**
         * Makes a scene of these contents on a stage; nothing if `isWanted` is false meanwhile. `like` is the scene that it is to replace
         * while that moves.
         */
        async lay(stage, contents, { isWanted, like }) {
            const { roll, look } = this;
            page.applyLook(stage, look);
            const onLost = (address) => this.warn(`cannot show ${address}`);
            const dress = (root) => page.replaceNames(root, this.replaced, onLost);
            const sections = contents.map((content, index) => page.section(content, index, look, onLost, { isBare: true }));
            const trial = make('div', 'view trial', ...sections, page.probe(contents));
            stage.append(trial);
            trial.getBoundingClientRect(); // the browser loads fonts only when the layout needs them
            const pictures = [...trial.querySelectorAll('img'), ...page.picturesOf(contents, onLost)];
            await Promise.race([Promise.all([document.fonts.ready, ...pictures.map(pictureLoaded)]), pause(READY_WITHIN_MS)]);
            if (!isWanted()) return undefined;
            trial.remove();
            const all = sections.map((element, index) => new page.Names(element, contents[index], index, { onLost, dress, like: like && like.all[index] }));
            const lay = look.mode === 'slides' ? page.slides : page.scroll;
            const scene = await lay(stage, sections, all, look, { seconds: roll.seconds, onEnd: () => this.passed(), isWanted, dress, like });
            if (!scene) return undefined;
            page.dim(stage, scene.player, look, scene.delayMs);
            if (Array.isArray(roll.emotes)) page.floating(stage, scene.player, roll.emotes, roll.id, onLost);
            return Object.assign(scene, { all, contents, pictures }); // the browser keeps the pictures while they are referred to
        }

        /** Takes a scene as the one that is shown. */
        put(scene) {
            this.scene = scene;
            this.seconds = Math.round(scene.player.durationMs / 10) / 100;
            this.pace = scene.why;
            for (const text of scene.warnings) this.warned.add(text);
            this.showWarnings();
        }

        /** Shows the warnings in test rolls only, because they are of no use to viewers. */
        showWarnings() {
            const { stage, warned, roll } = this;
            for (const old of stage.querySelectorAll(':scope > .warnings')) old.remove();
            if (roll && roll.test === true && warned.size > 0) {
                stage.append(make('aside', 'warnings', ...[...warned].map((text) => make('p', '', text))));
            }
        }

        /** Called at the end of the roll, or at its beginning if it moves backwards. */
        passed() {
            const { player, delayMs } = this.scene;
            const { loop } = this.look;
            if (player.rate < 0) {
                if (loop) player.set({ timeMs: player.durationMs });
                return;
            }
            if (loop) {
                this.become('complete');
                player.set({ timeMs: delayMs });
                if (this.later) {
                    const { later } = this;
                    this.later = undefined;
                    this.putNew(later);
                } else {
                    this.become('rolling');
                }
                return;
            }
            this.clear();
            this.become('complete');
        }

        clear() {
            this.turn++;
            this.begin = undefined;
            this.wanted = undefined;
            this.later = undefined;
            this.held = [];
            this.clearStage();
        }

        clearStage() {
            if (this.scene) this.scene.player.end();
            this.scene = undefined;
            this.begin = undefined;
            this.stage.replaceChildren();
        }

        /** Lays out the roll again for another size or look, and continues at the same place. */
        rebuild() {
            const { player, delayMs } = this.scene;
            const { timeMs, rate, isPaused, durationMs } = player;
            const done = Math.max(timeMs - delayMs, 0) / (durationMs - delayMs);
            this.wanted = undefined;
            this.warned.clear();
            this.build(async (scene) => {
                const passMs = scene.player.durationMs - scene.delayMs;
                if (await scene.player.begin({ timeMs: done > 0 ? scene.delayMs + done * passMs : timeMs, rate, isPaused })) this.become(isPaused ? 'paused' : 'rolling');
            });
        }

        resized() {
            clearTimeout(this.settling);
            this.settling = setTimeout(() => {
                if (this.scene) this.rebuild();
                else if (this.begin) this.build(this.begin);
            }, SETTLED_MS);
        }

        // ---- replaced names

        /**
         * Hides or replaces the names of people who were banned, hidden, renamed or merged, or shows them again. `list` has all names of
         * the roll that were ever replaced.
         */
        replaceNames(list, roll, revision = 0) {
            if (!Array.isArray(list)) return;
            const current = revisionOf(this.roll);
            const isOther = typeof roll === 'string' && (!this.roll || roll !== this.roll.id);
            if (isOther || revision > current) {
                this.early = { list, roll, revision };
                return;
            }
            if (revision < current) return; // the positions are those of older sections
            for (const { at, name } of list.filter((one) => one && Array.isArray(one.at))) this.replaced.set(at.join('.'), name || null);
            this.shownNames();
        }

        /** Replaces the names of a message that overtook the roll. */
        replaceEarly() {
            const { early } = this;
            this.early = undefined;
            if (early) this.replaceNames(early.list, early.roll, early.revision);
        }

        shownNames() {
            const onLost = (address) => this.warn(`cannot show ${address}`);
            for (const root of this.scene ? this.scene.roots : []) page.replaceNames(root, this.replaced, onLost);
        }

        // ---- controls

        /** Carries out a control of the bridge, for this roll or for all rolls. */
        control({ command, value, at, roll, revision }) {
            if (command === 'replace') {
                this.replaceNames(value, roll, revision);
                return;
            }
            if (command === 'join') {
                if (this.isCurrent(roll, revision)) this.guests.join(value);
                return;
            }
            const isOther = typeof roll === 'string' && (!this.roll || roll !== this.roll.id);
            if (command === 'look' && this.begin && !isOther) { // it is being laid out just now
                this.setLook(value);
                this.build(this.begin);
                return;
            }
            if (isOther || !this.roll) return;
            if (this.begin && command !== 'stop') {
                this.held.push({ command, value, at, roll });
                return;
            }
            if (!this.scene && !this.begin) return;
            const { player } = this.scene || {};
            const controls = {
                stop: () => this.stop(),
                pause: () => this.move({ isPaused: true }),
                resume: () => this.move({ isPaused: false }),
                next: () => this.next(),
                previous: () => this.previous(),
                speed: () => Number.isFinite(value) && this.move({ rate: value, isPaused: player.isPaused }),
                goto: () => this.goto(value, at),
                look: () => this.changeLook(value),
            };
            if (Object.prototype.hasOwnProperty.call(controls, command)) controls[command]();
        }

        move(change) {
            this.scene.player.set(change);
            this.become(this.scene.player.isPaused ? 'paused' : 'rolling');
        }

        toggle() {
            if (this.scene) this.move({ isPaused: !this.scene.player.isPaused });
        }

        async stop() {
            this.wanted = undefined;
            const turn = ++this.turn; // cancels everything that is being prepared
            await this.fade(1, 0, FAREWELL_MS);
            if (turn !== this.turn) return;
            this.clear();
            this.become('stopped');
        }

        sectionAt(timeMs) {
            const { marks, pages } = this.scene;
            const passed = marks.filter(({ atMs }) => atMs <= timeMs || nextTo(atMs, timeMs));
            const last = passed[passed.length - 1] || marks[0];
            return pages && last ? marks.find(({ atMs }) => atMs === last.atMs) : last; // on a slide with several, the first one
        }

        get placeMs() {
            return this.wanted === undefined ? this.scene.player.timeMs : this.wanted;
        }

        next() {
            const { marks, player } = this.scene;
            const later = marks.find(({ atMs }) => atMs > this.placeMs && !nextTo(atMs, this.placeMs));
            if (later) this.jumpTo(later);
            else if (this.look.loop && marks.length > 0) this.jumpTo(marks[0]);
            else this.jump(player.durationMs);
        }

        previous() {
            const { marks, delayMs } = this.scene;
            const index = marks.indexOf(this.sectionAt(this.placeMs));
            if (index > 0) this.jumpTo(marks[index - 1]);
            else if (this.look.loop && marks.length > 0) this.jumpTo(marks[marks.length - 1]);
            else if (marks.length > 0 && this.placeMs > marks[0].atMs) this.jumpTo(marks[0]);
            else this.jump(Math.min(this.placeMs, delayMs)); // the first section has not come yet
        }

        /** Goes to a section by its id or number, or to a time of the roll. */
        goto(value, at) {
            const { marks } = this.scene;
            const mark = marks.find(({ id }) => id === String(value)) || (Number.isInteger(value) ? marks[value] : undefined);
            if (mark) this.jumpTo(mark);
            else if (Number.isFinite(at)) this.jump(at);
        }

        jumpTo({ atMs, arrivedMs = atMs }) {
            this.jump(arrivedMs);
        }

        /** Glides to another time of the roll; fades out if that is the end. */
        async jump(timeMs) {
            const { scene } = this;
            const { player } = scene;
            this.wanted = timeMs;
            if (timeMs >= player.durationMs) {
                await this.fade(1, 0, FADE_MS);
                if (scene !== this.scene || this.wanted !== timeMs) return; // another jump or roll came meanwhile
                this.wanted = undefined;
                this.passed();
                return;
            }
            const dimmed = this.dimness;
            const isThere = await scene.glide(timeMs);
            if (scene !== this.scene || this.wanted !== timeMs || !isThere) return;
            this.wanted = undefined;
            this.become(player.isPaused ? 'paused' : 'rolling');
            const now = this.dimness;
            if (dimmed !== now) this.scrim.animate([{ opacity: dimmed }, { opacity: now }], { duration: DIM_MS, easing: 'ease-in-out' });
        }

        get scrim() {
            return this.stage.querySelector(':scope > .scrim');
        }

        get dimness() {
            return this.scrim ? getComputedStyle(this.scrim).opacity : undefined;
        }

        /** Fades the stage. Also resolves where no frames are drawn, as in a hidden page. */
        fade(from, to, ms) {
            const fading = [...this.stage.children].map((part) => part.animate([{ opacity: from }, { opacity: to }], { duration: ms, fill: 'forwards' }));
            return Promise.race([Promise.all(fading.map(({ finished }) => finished)).catch(() => {}), pause(2 * ms)]);
        }

        setLook(value) {
            if (typeof value !== 'object' || value === null) return;
            this.roll = { ...this.roll, look: { ...this.roll.look, ...value } };
            this.look = page.lookOf(this.roll.look);
        }

        changeLook(value) {
            this.setLook(value);
            this.rebuild();
        }
    }

    Object.assign(page, { Credits });
})();
