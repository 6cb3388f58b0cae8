// Runs tests on a stand-in OBS instead of the real one: node on-stand-in.mjs FILE…

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startStandIn } from './stand-in.mjs';

const obs = await startStandIn();
const env = { ...process.env, OBS_TEST_KIND: 'stand-in', OBS_TEST_URL: obs.url, OBS_TEST_PASSWORD: obs.password };
const tests = spawn(process.execPath, ['--test', '--test-concurrency=1', ...process.argv.slice(2)], { stdio: 'inherit', env });
const [code] = await once(tests, 'close');
await obs.stop();
process.exitCode = code ?? 1;
