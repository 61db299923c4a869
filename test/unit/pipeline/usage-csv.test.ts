/** The ledger as a spreadsheet reads it. */
import { expect, test } from 'vitest';
import { csvHead, csvLine } from '../../../electron/pipeline/usage-csv.ts';
import type { UsageCall } from '../../../shared/usage.ts';

const call: UsageCall = {
  id: 1,
  createdAt: Date.UTC(2026, 10, 21, 9, 30),
  kind: 'answer',
  host: 'api.openai.com',
  model: 'gpt-5',
  isLocal: false,
  promptTokens: 1_000,
  completionTokens: 234,
  isEstimated: false,
  cost: 0.00359,
  duration: 1_500,
  outcome: 'complete',
  conversationId: 'c',
  conversationTitle: 'The crane, and “its” "rope"',
  messageId: 'm',
  pieceId: null,
  pieceTitle: null,
  documents: [{ id: 'd', title: 'Crane' }],
  deletedDocuments: 2,
};

test('a line has a cell for each column, quoted where it must be', () => {
  const line = csvLine(call);
  expect(line).toBe(
    '2026-11-21T09:30:00.000Z,answer,api.openai.com,gpt-5,false,1000,234,1234,false,0.00359,1500,complete,"The crane, and “its” ""rope""",,Crane,2\r\n',
  );
  expect(csvHead.split(',')).toHaveLength(16);
});

// Catches: a cost of nothing where none is known.
test('an unknown cost is empty', () => {
  expect(csvLine({ ...call, cost: null })).toContain(',false,,1500,');
  expect(csvLine({ ...call, cost: 0 })).toContain(',false,0,1500,');
});

// Catches: a title of a stranger's file that a spreadsheet runs as a formula.
test('what begins like a formula is told as text', () => {
  const title = '=HYPERLINK("http://evil.example","x")';
  expect(csvLine({ ...call, conversationTitle: title })).toContain(`"'=HYPERLINK(""http://evil.example"",""x"")"`);
  for (const begin of ['+1', '-1', '@SUM', '\t=1', ' =1']) {
    expect(csvLine({ ...call, conversationTitle: begin })).toContain(`'${begin}`);
  }
});
