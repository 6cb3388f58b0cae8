// floating.js: emotes that move over the stage during the roll.

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});
    const { make } = page;

    const MOST = 50;
    const FEWEST_ON_STAGE = 12;
    const CROSSING_MS = 18000;

    /** Random numbers (Park-Miller) that are the same for the same roll, so that a page which is loaded again shows the same emotes. */
    function numbersOf(seed) {
        let state = [...seed].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 2147483647, 7) || 1;
        return () => (state = (state * 48271) % 2147483647) / 2147483647;
    }

    function floating(stage, player, addresses, seed, onLost) {
        const images = addresses.filter((address) => page.isImageAddress(String(address))).slice(0, MOST);
        if (images.length === 0) return;
        const next = numbersOf(String(seed));
        const height = stage.clientHeight;
        const layer = make('div', 'floating');
        for (let index = 0; index < Math.max(images.length, FEWEST_ON_STAGE); index++) {
            const image = page.image(images[index % images.length], '', onLost);
            const isBehind = next() > 0.2;
            const scale = isBehind ? 0.4 + 0.4 * next() : 1 + 0.4 * next();
            const turn = (next() - 0.5) * 720;
            const period = CROSSING_MS * (isBehind ? 1.2 + next() : 0.7 + 0.4 * next());
            image.classList.add(isBehind ? 'behind' : 'before');
            image.style.left = `${(next() * 96).toFixed(2)}%`;
            layer.append(image);
            player.addEndless(image, [
                { transform: `translateY(${height + 150}px) rotate(0deg) scale(${scale})` },
                { transform: `translateY(-300px) rotate(${turn}deg) scale(${scale})` },
            ], period, next() * period);
        }
        stage.prepend(layer);
    }

    Object.assign(page, { floating });
})();
