// Adds up the results of all test runs: node sum-tests.mjs DIRECTORY CRASHED. Prints "N passed, N failed, N skipped".
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [directory, crashed] = process.argv.slice(2);
const sum = { passed: 0, failed: Number(crashed), skipped: 0 };

function addTrx(text) {
  const counters = /<Counters ([^>]*)\/>/.exec(text)?.[1] ?? '';
  const count = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(counters)?.[1] ?? 0);
  sum.passed += count('passed');
  sum.skipped += count('total') - count('executed');
  // What was executed and did not pass failed, whatever word the runner has for it: failed, error, timeout, aborted.
  sum.failed += count('executed') - count('passed');
  // A host that died in the middle says so in the outcome of the whole, without a test to show for it.
  const outcome = /<ResultSummary outcome="(\w+)"/.exec(text)?.[1];
  if (outcome !== 'Completed' && outcome !== 'Passed' && count('executed') === count('passed')) {
    sum.failed += 1;
  }
}

function addVitest(text) {
  const results = JSON.parse(text);
  sum.passed += results.numPassedTests;
  sum.failed += results.numFailedTests;
  sum.skipped += results.numPendingTests + results.numTodoTests;
  // A file that does not load has no test to fail.
  if (!results.success && results.numFailedTests === 0) {
    sum.failed += Math.max(1, results.numFailedTestSuites);
  }
}

for (const name of readdirSync(directory)) {
  const text = readFileSync(join(directory, name), 'utf8');
  if (name.endsWith('.trx')) {
    addTrx(text);
  } else if (name.endsWith('.json')) {
    addVitest(text);
  }
}

console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed === 0 && sum.passed > 0 ? 0 : 1;
