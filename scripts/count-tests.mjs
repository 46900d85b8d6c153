// Prints the closing line of .ci/run from Jest's JSON report. Arguments: the report's file, the exit code of the run.
import { readFileSync } from 'node:fs';

const [reportFile = '', exitCode = '1'] = process.argv.slice(2);
const { passed, failed, skipped } = count(read(reportFile));
// A run that failed before or outside its tests, or that told nothing, must not look as if nothing had failed.
const isDoubtful = exitCode !== '0' || passed === 0;
const shownFailed = failed === 0 && isDoubtful ? 1 : failed;
console.log(`${passed} passed, ${shownFailed} failed, ${skipped} skipped`);
if (shownFailed > 0) process.exitCode = 1;

function count(report) {
  return {
    passed: report?.numPassedTests ?? 0,
    // A file that does not load runs no test, yet it is a failure.
    failed: (report?.numFailedTests ?? 0) + (report?.numRuntimeErrorTestSuites ?? 0),
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  };
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
