/**
 * What a question about finances is answered from: the lines of the financial statements, and the names of the
 * statements. General knowledge of accounting as any textbook gives it (US GAAP and IFRS wording); no company's own.
 *
 * A ratio is asked for by its name, while a report prints only the lines that it is made of. Pure data and a look-up.
 */

/** The statements' names in the wording of different houses; FTS5 stems plurals away. */
export const statements = {
  balance: [
    'balance sheet',
    'statement of financial position',
    'statement of financial condition',
    'statement of condition',
  ],
  income: [
    'statement of income',
    'statement of operations',
    'statement of earnings',
    'income statement',
    'statement of profit or loss',
    'profit and loss account',
    'statement of comprehensive income',
  ],
  cash: ['statement of cash flows', 'cash flow statement'],
  equity: ['statement of stockholders equity', 'statement of shareholders equity', 'statement of changes in equity'],
} as const;

export type StatementName = keyof typeof statements;

export interface GlossaryEntry {
  /** Spellings a question may use; lower case, plain words. */
  readonly names: readonly string[];
  /** Lines of statements, or words of the passages, that answer it; each with its spellings. */
  readonly lines: readonly (readonly string[])[];
  /** Where these lines stand. */
  readonly statements: readonly StatementName[];
}

const line = {
  revenue: ['net sales', 'total revenues', 'net revenues', 'total net sales', 'net operating revenues'],
  cogs: [
    'cost of sales',
    'cost of goods sold',
    'cost of revenues',
    'cost of products sold',
    'total costs and expenses',
  ],
  grossProfit: ['gross profit', 'gross margin'],
  operatingIncome: ['operating income', 'income from operations', 'operating profit', 'earnings from operations'],
  netIncome: ['net income', 'net earnings', 'net loss', 'profit for the year'],
  pretax: ['income before income taxes', 'earnings before income taxes', 'income before provision', 'pretax income'],
  taxProvision: ['provision for income taxes', 'income tax expense', 'income tax provision'],
  interest: ['interest expense'],
  depreciation: ['depreciation and amortization', 'depreciation amortization'],
  operatingCash: [
    'net cash provided by operating activities',
    'cash flows from operating activities',
    'cash provided by operations',
    'net cash from operating activities',
  ],
  capex: [
    'capital expenditures',
    'purchases of property',
    'additions to property',
    'payments for property',
    'acquisition of property',
  ],
  dividends: ['dividends paid', 'cash dividends', 'payment of dividends', 'dividends declared'],
  repurchases: ['repurchases of common stock', 'treasury stock', 'share repurchases', 'purchase of treasury'],
  currentAssets: ['total current assets'],
  currentLiabilities: ['total current liabilities'],
  cash: ['cash and cash equivalents'],
  receivables: ['accounts receivable', 'receivables net', 'trade receivables'],
  inventories: ['inventories', 'merchandise inventories', 'inventory'],
  payables: ['accounts payable', 'trade payables'],
  assets: ['total assets'],
  liabilities: ['total liabilities'],
  equity: ['total equity', 'total stockholders equity', 'total shareholders equity', 'shareowners equity'],
  debt: ['long term debt', 'short term debt', 'notes payable', 'borrowings'],
  property: ['property plant and equipment', 'property and equipment', 'property net'],
  eps: ['earnings per share', 'net income per share', 'diluted', 'basic'],
  sga: ['selling general and administrative'],
} as const;

/** Longer names come first where one contains another's words. */
export const glossary: readonly GlossaryEntry[] = [
  entry(['return on assets', 'roa'], [line.netIncome, line.assets], ['balance', 'income']),
  entry(['return on equity', 'roe'], [line.netIncome, line.equity], ['balance', 'income']),
  entry(
    ['return on invested capital', 'roic', 'return on capital'],
    [line.operatingIncome, line.debt, line.equity],
    ['balance', 'income'],
  ),
  entry(['operating cash flow ratio'], [line.operatingCash, line.currentLiabilities], ['balance', 'cash']),
  entry(
    ['quick ratio', 'acid test', 'liquidity ratio'],
    [line.currentAssets, line.currentLiabilities, line.inventories, line.cash],
    ['balance'],
  ),
  entry(
    ['current ratio', 'working capital', 'net working capital', 'working capital ratio'],
    [line.currentAssets, line.currentLiabilities],
    ['balance'],
  ),
  entry(['cash ratio'], [line.cash, line.currentLiabilities], ['balance']),
  entry(
    ['inventory turnover', 'inventory turns', 'days inventory outstanding', 'dio', 'days of inventory'],
    [line.cogs, line.inventories],
    ['balance', 'income'],
  ),
  entry(['days payable outstanding', 'dpo'], [line.payables, line.cogs, line.inventories], ['balance', 'income']),
  entry(
    ['days sales outstanding', 'dso', 'receivables turnover'],
    [line.receivables, line.revenue],
    ['balance', 'income'],
  ),
  entry(
    ['cash conversion cycle', 'ccc'],
    [line.payables, line.receivables, line.inventories, line.cogs],
    ['balance', 'income'],
  ),
  entry(
    ['fixed asset turnover', 'capital intensive', 'capital intensity'],
    [line.revenue, line.property, line.assets],
    ['balance', 'income'],
  ),
  entry(['asset turnover'], [line.revenue, line.assets], ['balance', 'income']),
  entry(['debt to equity', 'leverage ratio', 'gearing'], [line.debt, line.liabilities, line.equity], ['balance']),
  entry(['debt ratio'], [line.liabilities, line.assets], ['balance']),
  entry(['interest coverage', 'times interest earned'], [line.operatingIncome, line.interest], ['income']),
  entry(
    ['gross margin', 'gross margins', 'gross profit', 'gross profit margin'],
    [line.grossProfit, line.revenue, line.cogs],
    ['income'],
  ),
  entry(
    ['operating margin', 'operating margins', 'operating income margin', 'operating profit margin'],
    [line.operatingIncome, line.revenue],
    ['income'],
  ),
  entry(
    ['net margin', 'net profit margin', 'profit margin', 'net income margin', 'profitability'],
    [line.netIncome, line.revenue],
    ['income'],
  ),
  entry(
    ['ebitda', 'ebitda margin', 'adjusted ebitda', 'unadjusted ebitda'],
    [line.operatingIncome, line.depreciation, line.interest],
    ['income', 'cash'],
  ),
  entry(
    ['ebit', 'operating income', 'operating profit', 'unadjusted operating income'],
    [line.operatingIncome],
    ['income'],
  ),
  entry(
    ['free cash flow', 'free cashflow', 'fcf', 'free cash flow conversion', 'free cashflow conversion'],
    [line.operatingCash, line.capex],
    ['cash'],
  ),
  entry(
    ['operating cash flow', 'operating cash flows', 'cash from operations', 'cash flow from operations'],
    [line.operatingCash],
    ['cash'],
  ),
  entry(['capex', 'capital expenditure', 'capital expenditures', 'capital spending'], [line.capex], ['cash']),
  entry(
    ['depreciation and amortization', 'depreciation amortization', 'd&a', 'depreciation'],
    [line.depreciation],
    ['cash'],
  ),
  entry(['dividend payout', 'payout ratio', 'retention ratio'], [line.dividends, line.netIncome], ['cash', 'income']),
  entry(['dividend', 'dividends'], [line.dividends], ['cash', 'equity']),
  entry(
    ['buyback', 'buybacks', 'share repurchase', 'share repurchases', 'stock repurchase', 'stock repurchases'],
    [line.repurchases],
    ['cash'],
  ),
  entry(['effective tax rate', 'tax rate'], [line.taxProvision, line.pretax, ['effective tax rate']], ['income']),
  entry(['accounts payable', 'trade payables', 'payables'], [line.payables], ['balance']),
  entry(['accounts receivable', 'trade receivables', 'receivables'], [line.receivables], ['balance']),
  entry(['inventory', 'inventories', 'total inventories'], [line.inventories], ['balance']),
  entry(['total assets', 'current assets'], [line.assets, line.currentAssets], ['balance']),
  entry(
    ['total liabilities', 'current liabilities', 'largest liability', 'largest liabilities'],
    [line.liabilities, line.currentLiabilities],
    ['balance'],
  ),
  entry(
    ['pp&e', 'ppe', 'ppne', 'pp and e', 'property plant and equipment', 'property and equipment', 'fixed assets'],
    [line.property],
    ['balance'],
  ),
  entry(['goodwill', 'intangible assets', 'intangibles'], [['goodwill'], ['intangible assets']], ['balance']),
  entry(
    ['book value', 'book value per share', 'net asset value'],
    [['book value per share'], line.equity],
    ['balance'],
  ),
  entry(['long term debt', 'total debt', 'net debt'], [line.debt, line.cash], ['balance']),
  entry(
    ['cogs', 'cost of goods sold', 'cost of sales', 'cost of revenue', 'cost of revenues'],
    [line.cogs],
    ['income'],
  ),
  entry(['sg&a', 'sga', 'selling general and administrative'], [line.sga], ['income']),
  entry(['r&d', 'research and development'], [['research and development']], ['income']),
  entry(['net income', 'net earnings', 'net profit', 'bottom line', 'net loss'], [line.netIncome], ['income']),
  entry(
    ['revenue', 'revenues', 'net sales', 'net revenue', 'total revenue', 'top line', 'sales growth'],
    [line.revenue],
    ['income'],
  ),
  entry(['eps', 'earnings per share'], [line.eps], ['income']),
  entry(['interest expense', 'interest cost'], [line.interest], ['income']),
  entry(
    ['investing activities', 'cash from investing', 'investing cash flow'],
    [['net cash used in investing activities', 'investing activities']],
    ['cash'],
  ),
  entry(
    ['financing activities', 'cash from financing', 'financing cash flow'],
    [['net cash used in financing activities', 'financing activities']],
    ['cash'],
  ),
  entry(
    ['stock based compensation', 'share based compensation', 'stock compensation'],
    [['stock based compensation', 'share based compensation']],
    ['cash'],
  ),
  entry(
    ['restructuring', 'restructuring costs', 'restructuring charges', 'restructuring expense'],
    [['restructuring charges', 'restructuring costs', 'restructuring']],
    ['income'],
  ),
  entry(['retained earnings', 'accumulated deficit'], [['retained earnings', 'accumulated deficit']], ['balance']),
  entry(
    ['minority interest', 'noncontrolling interest', 'non controlling interest'],
    [['noncontrolling interests', 'minority interest']],
    ['balance'],
  ),
  entry(
    ['deferred revenue', 'unearned revenue', 'contract liabilities'],
    [['deferred revenue', 'contract liabilities', 'unearned revenue']],
    ['balance'],
  ),
  entry(
    ['marketable securities', 'short term investments'],
    [['marketable securities', 'short term investments']],
    ['balance'],
  ),
  entry(['cash and cash equivalents', 'cash balance', 'cash on hand'], [line.cash], ['balance']),
  entry(
    ['shareholders equity', 'stockholders equity', 'shareholder equity', 'total equity'],
    [line.equity],
    ['balance', 'equity'],
  ),
  entry(['net interest income', 'net interest margin'], [['net interest income', 'interest income']], ['income']),
  entry(
    ['pretax income', 'income before taxes', 'profit before tax', 'earnings before taxes'],
    [line.pretax],
    ['income'],
  ),
  entry(['balance sheet', 'statement of financial position', 'statement of financial condition'], [], ['balance']),
  entry(
    [
      'income statement',
      'statement of income',
      'statements of income',
      'statement of operations',
      'statement of earnings',
      'p&l',
      'p&l statement',
      'profit and loss',
      'profit and loss statement',
    ],
    [],
    ['income'],
  ),
  entry(
    ['cash flow statement', 'statement of cash flows', 'statements of cash flows', 'cashflow statement'],
    [],
    ['cash'],
  ),
  // What reports say in words, under headings of their own.
  entry(
    ['legal battle', 'lawsuit', 'litigation', 'legal proceeding', 'legal dispute', 'legal matter'],
    [['legal proceedings', 'litigation', 'lawsuits', 'contingencies']],
    [],
  ),
  entry(['acquisition', 'acquired', 'takeover'], [['acquisitions', 'business combinations', 'acquired']], []),
  entry(['divestiture', 'divested', 'spin off'], [['divestitures', 'disposition', 'discontinued operations']], []),
  entry(
    ['business segment', 'operating segment', 'reportable segment', 'segment'],
    [['segment results', 'reportable segments', 'segment information', 'operating segments']],
    [],
  ),
  entry(['geography', 'geographies', 'geographic', 'region'], [['geographic', 'by region', 'geographic areas']], []),
  entry(
    ['registered securities', 'securities are registered', 'national securities exchange', 'registered to trade'],
    [['securities registered pursuant to section', 'title of each class', 'name of each exchange']],
    [],
  ),
  entry(
    ['agm', 'annual meeting', 'shareholder vote', 'shareholder proposal', 'shareholder meeting'],
    [
      ['annual meeting of shareholders', 'annual meeting of stockholders', 'shareholder proposal'],
      ['broker non votes'],
    ],
    [],
  ),
  entry(['guidance', 'outlook', 'forecast', 'forecasting'], [['guidance', 'outlook', 'we expect', 'forecast']], []),
  entry(['headcount', 'workforce', 'how many employee', 'number of employee'], [['employees', 'employed']], []),
  entry(['auditor', 'audit firm'], [['independent registered public accounting firm', 'auditors']], []),
  entry(['drove', 'driver', 'driven'], [['driven by', 'primarily due', 'attributable to']], []),
  entry(['wage', 'payroll', 'salary', 'salaries'], [['wages', 'payroll', 'salaries', 'compensation']], []),
];

/** Single words that other documents use in other meanings: an inventory of parts, the depreciation of a right. */
const ambiguous = new Set(
  (
    'depreciation dividend dividends receivables payables inventory inventories goodwill intangibles profitability ' +
    'revenue revenues restructuring'
  ).split(' '),
);

function entry(
  names: readonly string[],
  lines: readonly (readonly string[])[],
  named: readonly StatementName[],
): GlossaryEntry {
  return { names, lines, statements: named };
}

const entriesByName = new Map(glossary.flatMap((each) => each.names.map((name) => [name, each] as const)));
const longestName = Math.max(...[...entriesByName.keys()].map((name) => name.split(' ').length));

export interface FinancialTerms {
  /** Statement lines, each a group of spellings, without repeats. */
  readonly lines: readonly (readonly string[])[];
  readonly statements: readonly StatementName[];
  /** False when only words were found that may well mean something else. */
  readonly certain: boolean;
}

/** What the words of a question (lower case) point to; empty lists when it is not about what reports hold. */
export function financialTerms(words: readonly string[]): FinancialTerms {
  const lines = new Set<readonly string[]>();
  const named = new Set<StatementName>();
  let certain = false;
  for (let at = 0; at < words.length; at += 1) {
    for (let length = Math.min(longestName, words.length - at); length > 0; length -= 1) {
      const name = words.slice(at, at + length).join(' ');
      const found = entriesByName.get(name) ?? entriesByName.get(name.replace(/s$/, ''));
      if (!found) continue;
      for (const each of found.lines) lines.add(each);
      for (const each of found.statements) named.add(each);
      if (found.statements.length > 0 && !ambiguous.has(name)) certain = true;
      at += length - 1;
      break;
    }
  }
  return { lines: [...lines], statements: [...named], certain };
}

/** True for a name of the glossary: `sg&a` is no abbreviation of a company. */
export function isGlossaryTerm(term: string): boolean {
  return entriesByName.has(term);
}
