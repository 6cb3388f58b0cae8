// sample.js: a sample roll that needs neither OBS nor a bridge, shown by index.html#demo. All people in it are invented.
//
//   index.html#demo&theme=neon&mode=slides&seconds=30&sticky   tries out a look

(() => {
    'use strict';

    const page = (window.CreditsPage = window.CreditsPage || {});

    const named = (text) => text.split(' ').map((name) => ({ name: name.replace(/_/g, ' ') }));
    const with_ = (...pairs) => pairs.map(([name, amount, more]) => ({ name, amount, ...more }));

    const SECTIONS = [
        { id: 'opening', kind: 'text', title: 'Thanks for watching', text: 'Tonight: the long way home\nfive hours, two bosses, one very lost sheep', layout: 'center' },
        { id: 'follows', kind: 'people', title: 'New followers', icon: 'heart', layout: 'three-columns',
          names: named('TobiWanders pixelmoth Nachtfalke さくらもち LunaCast JuniperJay quietstorm_ نور_الليل OttoPilot 🦊foxglove mirabelle_k Sørensen Gwendolyn_of_the_Long_Lake zed ClaraOnTheMoon') },
        { id: 'subs', kind: 'people', title: 'Subscribers', icon: 'star', layout: 'two-columns',
          names: with_(['HarborLights', '38 months', { icon: 'crown' }], ['mossy_stone', '12 months'], ['Ballad', 'new', { icon: 'star' }], ['kettle_on', '3 months'], ['Rückenwind', '7 months'], ['דניאל', '2 months']) },
        { id: 'gifts', kind: 'people', title: 'Gifts', icon: 'gift', layout: 'pairs',
          names: with_(['NorthernRose', '×20', { weight: 97, note: 'the largest bomb of the night' }], ['TobiWanders', '×5', { weight: 44 }], ['teacupdragon', '×1']) },
        { id: 'cheers', kind: 'people', title: 'Cheers', icon: 'gem', layout: 'pairs',
          names: with_(['Ballad', '2,500 bits', { weight: 99 }], ['pixelmoth', '1,000 bits', { weight: 63 }], ['JuniperJay', '300 bits', { weight: 34 }], ['zed', '1 bit']) },
        { id: 'raids', kind: 'people', title: 'Raids', icon: 'people', layout: 'pairs', names: with_(['SaltAndPixels', '214 viewers', { weight: 90 }], ['DerLeuchtturm', '37 viewers']) },
        { id: 'rewards', kind: 'people', title: 'Rewards', icon: 'coin', layout: 'two-columns',
          names: with_(['Hydrate!', '×14', { lines: [{ text: 'quietstorm', amount: '×9' }, { text: 'LunaCast', amount: '×5' }] }], ['Name the sheep', '×2', { lines: [{ text: 'mirabelle k' }, { text: 'OttoPilot' }] }]) },
        { id: 'train', kind: 'people', title: 'Hype train', icon: 'train', layout: 'center',
          names: with_(['Level 4', '86 %', { lines: [{ icon: 'star', text: 'NorthernRose' }, { icon: 'gem', text: 'Ballad' }] }]) },
        { id: 'polls', kind: 'people', title: 'Polls', icon: 'chart', layout: 'center',
          names: with_(['Left or right?', undefined, { lines: [{ icon: 'check', text: 'left, of course', amount: '71 %' }, { icon: '•', text: 'right', amount: '29 %' }] }]) },
        { id: 'moderators', kind: 'people', title: 'Moderators', icon: 'shield', layout: 'flow-center', names: named('HarborLights mossy_stone teacupdragon') },
        { id: 'end', kind: 'text', title: 'Good night', text: 'See you on Thursday', layout: 'center' },
    ];

    /** `options`: the parameters after # in the page's address. */
    function sampleRoll(options) {
        const look = { loop: true, speed: 110, stickyTitles: options.has('sticky') };
        for (const key of ['theme', 'mode']) if (options.has(key)) look[key] = options.get(key);
        for (const key of ['speed', 'seconds', 'scale', 'delay', 'slideSeconds', 'fade']) if (options.has(key)) look[key] = Number(options.get(key));
        return { id: 'sample', test: true, elapsedMs: 0, look, sections: SECTIONS };
    }

    Object.assign(page, { sampleRoll });
})();
