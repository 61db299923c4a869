/** Lines of the log: what they tell, and what they never tell. */
import { describe, expect, it } from 'vitest';
import { entryLine, framesOf, type LogEvent } from '../../../electron/logging/entry.ts';
import { AppError } from '../../../shared/errors.ts';

const person = { home: '/home/mira', userName: 'mira' };
const time = new Date(0);

function line(event: Partial<LogEvent>, hasMessages = false): Record<string, unknown> {
  const text = entryLine(
    { level: 'error', where: 'ingest', code: 'internal', ...event },
    { time, person, hasMessages },
  );
  expect(text).not.toContain('\n');
  return JSON.parse(text) as Record<string, unknown>;
}

function broken(): Error {
  try {
    JSON.parse('The patient was told on Tuesday');
  } catch (error) {
    return error as Error;
  }
  throw new Error('it was read');
}

describe('a line', () => {
  it('has time, level, where, code and numbers', () => {
    expect(line({ level: 'info', code: 'ready', details: { documents: 3, pages: 40, host: 'reading' } })).toEqual({
      time: '1970-01-01T00:00:00.000Z',
      level: 'info',
      where: 'ingest',
      code: 'ready',
      documents: 3,
      pages: 40,
      host: 'reading',
    });
  });

  // Catches: a parser's message, which quotes the document that it could not read, in a file that is sent to strangers.
  it('has the error’s name, places and causes, and no message', () => {
    const text = JSON.stringify(
      line({ error: new AppError('internal', 'It broke in “Tax.pdf”.', { cause: broken() }) }),
    );
    expect(text).toContain('SyntaxError');
    expect(text).toContain('entry.test.ts');
    expect(text).not.toMatch(/patient|Tuesday|Tax/);
    expect(text).not.toContain('/home/');
  });

  it('has the redacted message where somebody debugs', () => {
    const error = new Error('sk-abcdef123456 in /home/mira/x');
    expect(JSON.stringify(line({ error }, true))).toContain('[key] in ~/x');
  });

  it('names the system’s code', () => {
    const error = Object.assign(new Error('ENOSPC: no space left, write /home/mira/a'), { code: 'ENOSPC' });
    expect(line({ error })['error']).toMatchObject({ system: 'ENOSPC' });
  });

  // Catches: text that comes in by the way of a detail, or of a request's name.
  it.each(['The patient was told on Tuesday that it is so', 'a/b', 'sk-abcdef123456', 'mira', 'x'.repeat(65), 'a\nb'])(
    'leaves out what is no word of Quire’s: %s',
    (value) => {
      expect(line({ details: { host: value } })['host']).toBe('-');
      expect(line({ where: value })['where']).toBe('-');
    },
  );

  it('tells of what is no error, too', () => {
    expect(line({ error: 'The patient was told' })['error']).toEqual({ name: 'string', frames: [] });
  });
});

describe('places in the code', () => {
  it('are the names of functions and files', () => {
    const stack = [
      'Error: secret',
      '    at readPage (file:///opt/Quire/resources/app.asar/dist/electron/pipeline-host.js:12:3)',
      '    at async Foo.bar (/home/mira/quire/electron/core/core.ts:1:2)',
      '    at app://quire/assets/page-Dh2.js:3:44',
      '    at Map.forEach (<anonymous>)',
    ].join('\n');
    expect(framesOf(stack, 'secret')).toEqual([
      'readPage (electron/pipeline-host.js:12:3)',
      'Foo.bar (core/core.ts:1:2)',
      'assets/page-Dh2.js:3:44',
    ]);
  });

  // Catches: a message that smuggles text in as if it were a place.
  it('are not taken from the message', () => {
    const message = 'bad\n    at thePatientWasTold (/x/secret:1:1)';
    expect(framesOf(`Error: ${message}\n    at real (/x/real.js:1:1)`, message)).toEqual(['real (x/real.js:1:1)']);
    expect(framesOf('Error\n    at a (/x/The patient was told:1:1)', '')).toEqual(['a (-:1:1)']);
  });
});
