/**
 * Whether the single word that begins a sentence is a name. Pure. Its capital says nothing, so its place must: a name
 * stands without an article where a common noun could not (`Corning ended`, `Airbus’s fleet`).
 *
 * Source: the words are collected by hand. Limits: English alone; a name in -ing is seen with its ’s only, one in -s with
 * that or where the verb is of the singular; a word that the passage has is never missing, so rare common nouns cost little.
 */
import { stemOf } from '../answer-terms.ts';

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.split(/\s+/));
}

/** Need no article, or are no nouns: their capital is that of the sentence. */
const commonWords = setOf(
  'revenue turnover income profit cash debt credit equity capital stock money gold oil gas fuel power energy water steel cotton ' +
    'coffee corn food snack beer wine paper traffic freight demand supply volume price mix cost tax goodwill inventory rent trade ' +
    'business work labor labour staff software hardware data information news evidence research advice training marketing ' +
    'inflation growth health cover credit interest loss output yield backlog headcount occupancy attrition churn litigation ' +
    'congress parliament government management leadership counsel audit risk fraud weather rain snow drought war peace time ' +
    'space land property personnel people half part more less much little enough everyone everybody someone somebody anyone ' +
    'anybody nobody nothing something anything everything one another other both either neither each none such what whatever ' +
    'today yesterday tomorrow meanwhile instead overall together perhaps otherwise thereafter afterwards moreover furthermore ' +
    'therefore thus hence nevertheless nonetheless however besides often always sometimes seldom soon later earlier once twice ' +
    'again further yet unless until since while whereas although though because despite without within beyond upon unlike like ' +
    'also even still already now then next first second third last net gross total core common new old adjusted diluted basic ' +
    'weighted average free short long current former prior original additional available average company corporation registrant ' +
    'bank board group issuer lender borrower buyer seller tenant landlord lessee lessor plaintiff defendant employer employee ' +
    'customer supplier investor shareholder stockholder analyst auditor chairman president year quarter month week day world ' +
    'country nation industry sector market segment division',
);
const commonEnding =
  /(?:ed|ing|tion|sion|ment|ness|ity|ance|ence|ancy|ency|ship|ism|ure|sis|wth|age|ly|able|ible|ful|less|ous|hood|dom|ware|work|come)$/;

const adverb = String.raw`(?:(?:also|now|still|then|first|later|already|never|not|\p{Ll}+ly)\s)?`;
const pasts =
  'held|paid|sold|kept|made|took|got|gave|began|spent|lost|won|led|grew|rose|fell|set|cut|put|built|bought|brought|thought|left|' +
  'met|found|ran|saw|drew|chose|drove|became|came|went|told|knew|wrote|sent|shut|swung|shrank|sank|beat|had|did|said|' +
  String.raw`\p{Ll}{2,}(?<!e)ed`;
const singular =
  'has|is|was|does|says|keeps|holds|owns|sells|makes|expects|operates|believes|thinks|uses|provides|pays|gets|takes|gives|' +
  'maintains|manages|performs|recognizes|employs|develops|manufactures|serves|buys|runs|intends|hopes|agrees';
const modal = 'will|would|can|could|may|might|must|should|cannot';
const verb = new RegExp(`^\\s${adverb}(?:${pasts}|${singular}|${modal})(?!\\p{L})`, 'u');
const singularVerb = new RegExp(`^\\s${adverb}(?:${singular})(?!\\p{L})`, 'u');

/** @param written The first word. @param behind What follows it in the sentence, of one form (words.ts, `normalise`). */
export function isNamedSubject(written: string, behind: string): boolean {
  const [plain = '', after = ''] = [written.replace(/'s$/, ''), behind.replace(/^'s?(?!\p{L})/u, '')];
  const isOwner = plain !== written || after !== behind;
  const lower = plain.toLowerCase();
  if (!/^\p{Lu}\p{L}{2,}$/u.test(plain) || stemOf(plain) === '' || commonWords.has(lower)) return false;
  if (isOwner) return !commonWords.has(lower.replace(/s$/, '')) && !/(?:tion|ment|ity)$/.test(lower);
  if (commonEnding.test(lower)) return false;
  return (/s$/.test(lower) ? singularVerb : verb).test(after);
}
