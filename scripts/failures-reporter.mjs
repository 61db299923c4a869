/** Vitest reporter: one line for each failure, last of all, so that the end of a long log says what failed and why. */
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { repositoryRoot } from './setup/paths.mjs';

const LONGEST_MESSAGE = 200;

export default class FailuresReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const lines = modules.flatMap((module) => [
      ...module.errors().map((error) => line(module, 'the file', error)),
      ...[...module.children.allSuites()].flatMap((suite) =>
        suite.errors().map((error) => line(module, suite.fullName, error)),
      ),
      ...[...module.children.allTests('failed')].map((test) => line(module, test.fullName, test.result().errors?.[0])),
    ]);
    for (const error of unhandledErrors) lines.push(`✗ outside of any test: ${firstLine(error)}`);
    if (lines.length > 0) process.stdout.write(`\n${lines.join('\n')}\n`);
  }
}

function line(module, name, error) {
  return `✗ ${relative(repositoryRoot, module.moduleId)} > ${name}: ${firstLine(error)}`;
}

function firstLine(error) {
  const [first = ''] = stripVTControlCharacters(error?.message ?? 'no message').split('\n');
  return first.slice(0, LONGEST_MESSAGE);
}
