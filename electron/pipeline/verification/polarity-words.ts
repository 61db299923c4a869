/**
 * Words that deny and words of direction, by language, for English, German, French and Spanish. Pure.
 *
 * Source: collected by hand from business prose, no dictionary behind them. Limits: single words in the forms listed;
 * separable verbs (`nahm … zu`), idioms (`left out`, `was shy of`) and irony are not seen. What a language's list lacks is
 * not seen as an opposite: the verdict then rests on numbers, names, words and meaning.
 */

export type CheckedLanguage = 'en' | 'de' | 'fr' | 'es';

export interface PolarityWords {
  readonly language: CheckedLanguage;
  /** Turn a statement into its opposite. */
  readonly negators: ReadonlySet<string>;
  /** Deny a part, or in other words: beside one of these, a negation may say the same. */
  readonly soft: ReadonlySet<string>;
  /** Word → its side: the pair's number, positive for the one side, negative for the other. Pair 1 is up and down. */
  readonly sides: ReadonlyMap<string, number>;
  /** Common words by which the language is told, and which carry no meaning. */
  readonly common: ReadonlySet<string>;
  /** Between an old and a new value: `from … to`; `up from`, `against`. */
  readonly from: RegExp;
  readonly to: RegExp;
  readonly than: RegExp;
}

/** The pair of up and down, which two values can prove. */
export const amountPair = 1;
/** The pair of profit and loss. */
export const resultPair = 3;

type Pairs = readonly (readonly [string, string])[];

function sidesOf(pairs: Pairs): ReadonlyMap<string, number> {
  const sides = new Map<string, number>();
  for (const [index, [one, other]] of pairs.entries()) {
    for (const word of setOf(one)) sides.set(word, index + 1);
    for (const word of setOf(other)) sides.set(word, -(index + 1));
  }
  return sides;
}

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.split(/\s+/).filter((word) => word !== ''));
}

const english: PolarityWords = {
  language: 'en',
  negators: setOf('not no never without neither nor none cannot nobody nothing fail failed fails unable'),
  soft: setOf(
    'exclude excluded excludes excluding except less fewer below under lower lack lacks lacked restrict restricted ' +
      'restriction restrictions prohibit prohibited prohibits lockup lock-up deny denied denies reject rejected decline ' +
      'declined limited refuse refused regardless omit omitted ineffective unfavorable adverse prevent ' +
      'prevented avoid avoided cease ceased stop stopped unlikely',
  ),
  sides: sidesOf([
    [
      'increase increased increases increasing rise rose risen rises rising grow grew grown grows growing growth up higher gain ' +
        'gained expand expanded expansion climbed climb exceeded strengthened raised raise raises lifted lift doubled tripled ' +
        'jumped surged',
      'decrease decreased decreases decreasing fall fell fallen falls falling decline declined declines declining drop dropped ' +
        'drops down lower contract contracted contraction shrank shrunk shrink reduced reduce reduces reduction weakened cut ' +
        'cuts halved lowered plunged slipped',
    ],
    ['more above over maximum most', 'less fewer below under minimum least'],
    [
      'positive profit profits profitable earned earnings gain gains income',
      'negative unprofitable loss losses lost losing',
    ],
    ['before prior earlier', 'after subsequent subsequently later following'],
    ['include included including includes', 'exclude excluded excluding excludes'],
    ['favorable favorably favourable', 'unfavorable unfavorably unfavourable adverse adversely'],
    ['approve approved accept accepted', 'reject rejected deny denied'],
    ['able permitted allowed', 'unable prohibited forbidden'],
    ['effective', 'ineffective'],
    ['material materially', 'immaterial immaterially'],
    ['improve improved improves improvement better', 'worsen worsened worsens worse deteriorated deterioration'],
    ['buy bought purchase purchased acquire acquired acquisition', 'sell sold sale divested disposed divestiture'],
  ]),
  common: setOf('the and of to that with was were is are for from by which in on at this has have its it be as or an'),
  from: /\bfrom\s*(?:about|around|approximately|some|only)?\s*$/i,
  to: /\bto\b/i,
  than: /\b(?:from|than|against|compared (?:with|to)|versus|vs)\b/i,
};

const german: PolarityWords = {
  language: 'de',
  negators: setOf(
    'nicht kein keine keinen keinem keiner keines nie niemals ohne weder nichts niemand keinesfalls keineswegs nirgends nirgendwo',
  ),
  soft: setOf(
    'weniger unter niedriger außer ausgenommen ausgeschlossen verboten untersagt verweigert abgelehnt ablehnte lehnte ' +
      'verhindert beschränkt kaum nur aufgehört entfällt entfallen fehlt fehlen unwirksam',
  ),
  sides: sidesOf([
    [
      'steigt stieg stiegen steigen gestiegen anstieg angestiegen steigerung steigerte gesteigert erhöht erhöhte erhöhten ' +
        'erhöhung erhöhen wuchs wuchsen wächst gewachsen wachstum zunahme zugenommen zuwachs höher höhere höherer höheren ' +
        'verdoppelt verdoppelte kletterte',
      'sinkt sank sanken sinken gesunken fällt fiel fielen fallen gefallen rückgang zurückgegangen zurückging verringert ' +
        'verringerte verringerung reduziert reduzierte reduzierung abnahme abgenommen niedriger niedrigere niedrigerer ' +
        'gesenkt senkte senkung halbiert halbierte schrumpfte geschrumpft minderung',
    ],
    ['mehr über mindestens oberhalb', 'weniger unter höchstens unterhalb'],
    [
      'gewinn gewinne gewinnen gewann überschuss positiv positive',
      'verlust verluste verlor verloren fehlbetrag negativ negative',
    ],
    ['vor vorher zuvor früher', 'nach nachher danach später'],
    ['einschließlich inklusive', 'ausschließlich ausgenommen exklusive ohne'],
    ['genehmigt genehmigte angenommen zugestimmt', 'abgelehnt verweigert untersagt'],
    ['verbessert verbesserte verbesserung besser', 'verschlechtert verschlechterte verschlechterung schlechter'],
    ['gekauft kaufte kauf erworben erwarb', 'verkauft verkaufte verkauf veräußert veräußerte'],
    ['erlaubt zulässig gestattet', 'verboten unzulässig untersagt'],
    ['wirksam', 'unwirksam'],
  ]),
  common: setOf(
    'der die das und ist mit für von den dem des ein eine einen einer wurde wurden auf im zu zum zur sich bei aus als auch an am er sie es wird sind war',
  ),
  from: /\bvon\s*(?:etwa|rund|ca\.)?\s*$/i,
  to: /\bauf\b/i,
  than: /\b(?:von|als|gegenüber|verglichen mit|statt|nach)\b/i,
};

const french: PolarityWords = {
  language: 'fr',
  negators: setOf('pas jamais aucun aucune aucuns sans ni rien non personne nullement guère'),
  soft: setOf(
    'moins sous inférieur inférieure sauf hors excepté exclu exclus exclue interdit interdite refusé refusée rejeté rejetée ' +
      'limité limitée seulement cessé empêché inefficace',
  ),
  sides: sidesOf([
    [
      'augmente augmenté augmentée augmentent augmentation augmenter hausse progressé progresse progression croissance accru accrue ' +
        'accroissement supérieur supérieure supérieurs grimpé monté relevé relevée doublé',
      'baisse baissé diminue diminué diminuée diminution recul reculé recule réduit réduite réduction inférieur inférieure ' +
        'inférieurs chute chuté abaissé abaissée décroissance repli',
    ],
    ['davantage dessus maximum', 'moins dessous minimum'],
    ['bénéfice bénéfices profit gagné positif positive', 'perte pertes perdu déficit négatif négative'],
    ['avant précédemment', 'après ensuite ultérieurement'],
    ['inclus incluse inclut comprenant compris', 'exclu exclue exclut hors excluant'],
    ['approuvé approuvée accepté acceptée', 'rejeté rejetée refusé refusée'],
    ['amélioré améliorée amélioration mieux', 'détérioré détériorée détérioration pire'],
    ['acheté achetée achat acquis acquise acquisition', 'vendu vendue vente cédé cédée cession'],
    ['autorisé autorisée permis', 'interdit interdite'],
    ['efficace', 'inefficace'],
  ]),
  common: setOf(
    'le les des et est une un dans pour que qui du au aux sur avec par ne la de à en ce cette son sa ses il elle sont été ont a',
  ),
  from: /\bde\s*(?:environ)?\s*$/i,
  to: /(?<!\p{L})à(?!\p{L})/iu,
  than: /\b(?:contre|que|par rapport|comparé|après|de)\b/i,
};

const spanish: PolarityWords = {
  language: 'es',
  negators: setOf('no nunca jamás sin ni ningún ninguna ninguno nada nadie tampoco'),
  soft: setOf(
    'menos inferior salvo excepto excluido excluida excluyendo prohibido prohibida rechazado rechazada rechazó negó denegado limitado ' +
      'limitada solo sólo cesó impidió ineficaz',
  ),
  sides: sidesOf([
    [
      'aumentó aumenta aumentado aumentaron aumento incremento incrementó creció crecieron crecido crecimiento subió subieron subida ' +
        'alza mayor mayores superior elevó duplicó',
      'disminuyó disminuye disminuido disminuyeron disminución cayó cayeron caída descenso descendió bajó bajaron bajada redujo ' +
        'reducido reducción menor menores inferior recortó',
    ],
    ['más máximo encima', 'menos mínimo debajo'],
    [
      'beneficio beneficios ganancia ganancias ganó positivo positiva',
      'pérdida pérdidas perdió déficit negativo negativa',
    ],
    ['antes anteriormente', 'después posteriormente tras'],
    ['incluido incluida incluye incluyendo', 'excluido excluida excluye excluyendo'],
    ['aprobó aprobado aprobada aceptado aceptó', 'rechazó rechazado rechazada denegó'],
    ['mejoró mejora mejorado mejor', 'empeoró empeoramiento empeorado peor'],
    ['compró comprado compra adquirió adquirido adquisición', 'vendió vendido venta enajenó'],
    ['permitido permitida autorizado', 'prohibido prohibida'],
    ['eficaz', 'ineficaz'],
  ]),
  common: setOf('el los las y del una un por con para que se es en la su sus de al lo como fue ha este esta son'),
  from: /\bde(?:sde)?\s*(?:unos)?\s*$/i,
  to: /(?<!\p{L})(?:a|hasta)(?!\p{L})/iu,
  than: /\b(?:frente a|que|desde|comparado con|de)\b/i,
};

const byLanguage: Readonly<Record<CheckedLanguage, PolarityWords>> = {
  en: english,
  de: german,
  fr: french,
  es: spanish,
};

export function polarityWords(language: CheckedLanguage): PolarityWords {
  return byLanguage[language];
}

/** Share of a text's words that are a language's common ones from which that settles it, and how far it must lead. */
const clearShare = 0.12;
const clearLead = 2;
const fewestCommon = 2;

/**
 * The language of a passage, of those that have lists; null for every other.
 * @param declared The document's language (BCP 47 primary tag); null when it is not known.
 */
export function languageOfPassage(text: string, declared: string | null): CheckedLanguage | null {
  const told = languageTold(text);
  if (told?.isClear) return told.language;
  if (declared !== null) return isChecked(declared) ? declared : null;
  // Too little of it to tell any language: figures and labels.
  return told?.language ?? 'en';
}

/** By common words; null when there are too few to tell. */
export function languageTold(text: string): { readonly language: CheckedLanguage; readonly isClear: boolean } | null {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const counts = Object.values(byLanguage)
    .map(({ language, common }) => ({ language, count: words.filter((word) => common.has(word)).length }))
    .sort((a, b) => b.count - a.count);
  const [first, second] = counts;
  if (!first || !second || first.count < fewestCommon || first.count === second.count) return null;
  const isClear = first.count >= clearShare * words.length && first.count >= clearLead * second.count;
  return { language: first.language, isClear };
}

function isChecked(language: string): language is CheckedLanguage {
  return Object.hasOwn(byLanguage, language);
}
