/** An annual report of a company that does not exist: long, with tables, and with facts on known pages. */
import { PDFDocument, StandardFonts } from 'pdf-lib';
import { letterSize } from './fixtures.ts';

export interface FilingFact {
  readonly page: number;
  readonly question: string;
  /** A string that the answer holds. */
  readonly answer: string;
  /** The sentence or row as it stands on the page. */
  readonly sentence: string;
}

export interface Filing {
  readonly bytes: Uint8Array;
  readonly facts: readonly FilingFact[];
  readonly pageCount: number;
}

export interface FilingOptions {
  /** At least 30. */
  readonly pages?: number;
  readonly company?: string;
  readonly year?: number;
}

const subjects = [
  'turbines',
  'ferries',
  'warehouses',
  'pipelines',
  'greenhouses',
  'quarries',
  'observatories',
  'breweries',
  'tramways',
  'orchards',
];
/** More than a filing of 150 pages has statements, so that each is of a region of its own. */
const regions = [
  'Norland',
  'Estmark',
  'Suvia',
  'Wesseral',
  'Kaldonia',
  'Brevik',
  'Tarn Valley',
  'Old Harbour',
  'Pellworth',
  'Ostrava Plain',
  'Ghent Basin',
  'Marrow Isles',
  'Quillon',
];
const verbs = ['expanded', 'reviewed', 'leased', 'modernised', 'insured', 'audited', 'relocated', 'tested'];

/** A filing of `pages` pages (150): cover, prose under items, statements with rows, header and footer on every page. */
export async function makeFiling({
  pages = 150,
  company = 'Meridian Tidewater Corporation',
  year = 2023,
}: FilingOptions = {}): Promise<Filing> {
  const document = await PDFDocument.create();
  document.setTitle(`${company} Annual Report ${year}`);
  document.setAuthor(company);
  const font = await document.embedFont(StandardFonts.TimesRoman);
  const bold = await document.embedFont(StandardFonts.TimesRomanBold);
  const facts: FilingFact[] = [];
  const known = knownSentences(pages, company, year);
  for (let number = 1; number <= pages; number++) {
    const page = document.addPage([letterSize.width, letterSize.height]);
    let y = 720;
    const line = (text: string, x = 72, size = 10, strong = false): void => {
      page.drawText(text, { x, y, size, font: strong ? bold : font });
      y -= size * 1.35;
    };
    page.drawText(`${company} and Subsidiaries`, { x: 72, y: 760, size: 8, font });
    page.drawText(`${number}`, { x: 303, y: 36, size: 8, font });
    if (number === 1) {
      line('ANNUAL REPORT', 230, 20, true);
      line(company, 180, 16, true);
      line(`For the fiscal year ended December 31, ${year}`, 180, 11);
      continue;
    }
    if (number % 12 === 0) {
      statement(number);
      continue;
    }
    if (number % 12 === 2)
      line(
        `Item ${Math.floor(number / 12) + 1}. Report on ${subjects[Math.floor(number / 12) % subjects.length]!}`,
        72,
        13,
        true,
      );
    const fact = known.get(number);
    for (let paragraph = 0; y > 110; paragraph++) {
      const text =
        fact && paragraph === 1 ? `${fact.sentence} ${filler(number, paragraph)}` : filler(number, paragraph);
      for (const piece of wrap(text, (part) => font.widthOfTextAtSize(part, 10), 468)) if (y > 60) line(piece);
      y -= 8;
    }
    if (fact) facts.push({ page: number, ...fact });

    function statement(at: number): void {
      const region = regions[(at / 12 - 1) % regions.length]!;
      line(`STATEMENT OF OPERATIONS, ${region.toUpperCase()}`, 170, 11, true);
      line('(In millions of dollars)', 72, 9);
      page.drawText(`${year}`, { x: 400, y, size: 9, font: bold });
      page.drawText(`${year - 1}`, { x: 480, y, size: 9, font: bold });
      y -= 14;
      [
        'Revenue',
        'Cost of sales',
        'Freight and fuel',
        'Wages',
        'Depreciation',
        'Interest expense',
        'Income taxes',
        'Net income',
      ].forEach((label, row) => {
        const now = ((at * 37 + row * 113) % 9_000) + 100;
        const before = ((at * 29 + row * 97) % 9_000) + 100;
        page.drawText(label, { x: 72, y, size: 9, font });
        page.drawText(now.toLocaleString('en-US'), { x: 400, y, size: 9, font });
        page.drawText(before.toLocaleString('en-US'), { x: 480, y, size: 9, font });
        if (row === 0) {
          facts.push({
            page: at,
            question: `What was the revenue in ${region} in ${year} according to the statement of operations?`,
            answer: now.toLocaleString('en-US'),
            sentence: `${label} ${now.toLocaleString('en-US')} ${before.toLocaleString('en-US')}`,
          });
        }
        y -= 13;
      });
    }
  }
  return { bytes: await document.save(), facts, pageCount: pages };
}

function knownSentences(pages: number, company: string, year: number): Map<number, Omit<FilingFact, 'page'>> {
  const at = (share: number): number => {
    const page = Math.max(3, Math.floor(pages * share));
    return page % 12 === 0 ? page + 1 : page;
  };
  return new Map([
    [
      at(0.05),
      {
        question: 'How many employees work at the Brevik shipyard?',
        answer: '4,187',
        sentence: `The Brevik shipyard employed 4,187 people at the end of ${year}.`,
      },
    ],
    [
      at(0.31),
      {
        question: 'What did the company pay for Pelican Dredging?',
        answer: '$312 million',
        sentence: `In August ${year}, ${company} acquired Pelican Dredging for $312 million in cash.`,
      },
    ],
    [
      at(0.55),
      {
        question: 'Who chairs the audit committee?',
        answer: 'Ingrid Valderhaug',
        sentence: 'The audit committee is chaired by Ingrid Valderhaug, an independent director.',
      },
    ],
    [
      at(0.78),
      {
        question: 'When does the revolving credit facility expire?',
        answer: 'September 30, 2029',
        sentence: 'The revolving credit facility of $750 million expires on September 30, 2029.',
      },
    ],
    [
      at(0.95),
      {
        question: 'What is the discount rate of the pension obligation?',
        answer: '4.85%',
        sentence: 'The pension obligation was measured with a discount rate of 4.85%.',
      },
    ],
  ]);
}

/** Sentences that differ from page to page, from a small vocabulary. */
function filler(page: number, paragraph: number): string {
  const pick = (list: readonly string[], salt: number): string =>
    list[(page * 7 + paragraph * 3 + salt) % list.length]!;
  return [
    `During the period the company ${pick(verbs, 0)} its ${pick(subjects, 1)} in ${pick(regions, 2)} and set aside ${page * 3 + paragraph} thousand dollars for their upkeep.`,
    `Management believes that the ${pick(subjects, 4)} will remain in use for at least ${(page % 17) + 3} years, subject to permits and weather.`,
    `Agreements with suppliers in ${pick(regions, 5)} were ${pick(verbs, 6)} without a change of terms, and no single supplier accounts for more than ${(paragraph % 7) + 2} percent of purchases.`,
  ].join(' ');
}

function wrap(text: string, widthOf: (text: string) => number, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}
