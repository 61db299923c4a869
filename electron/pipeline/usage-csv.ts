/** The ledger as a CSV file (RFC 4180), one call a line. Pure. */
import type { UsageCall } from '../../shared/usage.ts';

type Value = string | number | boolean | null;

const columns: readonly (readonly [name: string, value: (call: UsageCall) => Value])[] = [
  ['time', ({ createdAt }) => new Date(createdAt).toISOString()],
  ['kind', ({ kind }) => kind],
  ['host', ({ host }) => host],
  ['model', ({ model }) => model],
  ['on this computer', ({ isLocal }) => isLocal],
  ['prompt tokens', ({ promptTokens }) => promptTokens],
  ['completion tokens', ({ completionTokens }) => completionTokens],
  ['total tokens', ({ promptTokens, completionTokens }) => promptTokens + completionTokens],
  ['estimated', ({ isEstimated }) => isEstimated],
  // Unknown is empty, which is not nothing.
  ['cost in US dollars', ({ cost }) => (cost === null ? null : Number(cost.toFixed(8)))],
  ['milliseconds', ({ duration }) => duration],
  ['outcome', ({ outcome }) => outcome],
  ['conversation', ({ conversationTitle }) => conversationTitle],
  ['written piece', ({ pieceTitle }) => pieceTitle],
  ['documents', ({ documents }) => documents.map(({ title }) => title).join('; ')],
  ['deleted documents', ({ deletedDocuments }) => deletedDocuments],
];

/** Spreadsheets take a file without it for one of their own old character sets. */
const byteOrderMark = '\uFEFF';

export const csvHead = `${byteOrderMark}${columns.map(([name]) => name).join(',')}\r\n`;

export function csvLine(call: UsageCall): string {
  return `${columns.map(([, value]) => cell(value(call))).join(',')}\r\n`;
}

function cell(value: Value): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  // SECURITY: titles come from files of others; a spreadsheet would run what begins like a formula.
  const text = /^[\s]*[=+\-@]/.test(value) || /^[\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
