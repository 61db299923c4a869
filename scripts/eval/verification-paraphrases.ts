/**
 * Sentences as a model or a person would say them about real filings: true, each in words of its own, written by hand
 * for this check. None repeats its passage's sentence.
 */

export interface Paraphrase {
  /** How the document's file name begins. */
  readonly document: string;
  readonly page: number;
  /** Words by which the passage is found on its page. */
  readonly anchor: string;
  readonly sentence: string;
}

const list = (document: string, ...rows: readonly (readonly [number, string, string])[]): Paraphrase[] =>
  rows.map(([page, anchor, sentence]) => ({ document, page, anchor, sentence }));

export const paraphrases: readonly Paraphrase[] = [
  ...list(
    'ADOBE_2015_10K',
    [
      42,
      'Photography Plan in fiscal 2014',
      'Hobbyist revenue fell because Adobe moved those customers to the Creative Cloud Photography Plan from fiscal 2014 on.',
    ],
    [
      96,
      'Almaden Tower approximated',
      'At 27 November 2015, the lease receivable for the Almaden Tower was carried at about its fair value.',
    ],
    [
      77,
      'interest rate swaps designated',
      'Adobe hedged its $0.9 billion of 4.75% notes due 2020 with interest rate swaps in the third quarter of fiscal 2014.',
    ],
  ),
  ...list(
    'ADOBE_2022_10K',
    [
      7,
      'multi-channel commerce experiences',
      'With Adobe Commerce, customers can sell to businesses and consumers from one platform.',
    ],
    [20, 'Symantec Corporation from March 2014', 'Before October 2017 he was chief accounting officer of Symantec.'],
    [
      87,
      '0.04% to 0.10%',
      'Depending on its debt ratings, Adobe pays a yearly facility fee of 0.04 to 0.10 percent on the commitments, whether they are used or not.',
    ],
    [
      57,
      '4,236',
      'Adobe ended fiscal 2022 with $4.24 billion in cash and cash equivalents, up from $3.84 billion a year earlier.',
    ],
  ),
  ...list(
    'AMCOR_2023_10K',
    [
      57,
      'highly inflationary accounting on monetary',
      'Highly inflationary accounting cost Amcor $24 million in fiscal 2023, more than the $16 million of the year before.',
    ],
    [
      98,
      'excluded stock awards represented',
      'At the end of June 2023, awards for 16 million shares were left out of the calculation.',
    ],
    [
      76,
      'relating to the Russia-Ukraine conflict',
      'Because of the war between Russia and Ukraine, $24 million of the losses are shown under restructuring and impairment.',
    ],
    [53, 'Other, net (35)', 'Other items, net, used $35 million of cash in fiscal 2023.'],
  ),
  ...list(
    'AMERICANEXPRESS_2022_10K',
    [
      16,
      'NSFR rule, Category IV',
      'American Express has no specific net stable funding requirement, since its weighted short-term wholesale funding is below $50 billion.',
    ],
    [
      92,
      'accounts for credit losses on certain',
      'In 2020, the company adopted another way of accounting for credit losses on some financial instruments.',
    ],
    [66, 'sum of Tier 1 capital', 'The total capital ratio is Tier 1 plus Tier 2 capital over risk-weighted assets.'],
    [149, '751', 'On average, 751 million common shares were outstanding in 2022, against 789 million in 2021.'],
  ),
  ...list(
    'AMERICANWATERWORKS_2021_10K',
    [
      27,
      'Veritiv Corporation',
      'Mr. Noble was chief information officer at Veritiv, a packaging distributor, before he came to American Water.',
    ],
    [
      68,
      'maximum commitment under the facility',
      'AWCC may raise the credit line by as much as half a billion dollars if certain conditions are met.',
    ],
    [
      12,
      'feasibility of an acquisition by the MPWMD',
      'The LAFCO commissioners asked in June 2021 for an independent study of whether MPWMD could buy the Monterey assets.',
    ],
    [63, '2,734', 'American Water’s operating expenses rose to $2.73 billion in 2021 from $2.53 billion in 2020.'],
  ),
  ...list(
    'BESTBUY_2019_10K',
    [88, '8th Circuit for a rehearing', 'On June 1, 2016, the court turned down the union’s request for a rehearing.'],
    [
      10,
      'extended retail footprint',
      'Best Buy may have higher costs than its rivals, for instance because of its many stores and its service.',
    ],
    [
      27,
      'remodeled, expanded and downsized stores closed',
      'A remodelled store that was shut for over two weeks counts as comparable only 14 full months after it opens again.',
    ],
  ),
  ...list(
    'BOEING_2018_10K',
    [
      10,
      'T-X Trainer, VC-25B',
      'The MQ-25 Stingray and the KC-46A Tanker are among the defence unit’s fixed-price development programs.',
    ],
    [
      25,
      'Research and development expense in 2018',
      'R&D spending went up by $90 million in 2018, although less was spent on the 777X and the 787-10.',
    ],
    [36, '17,018', 'Revenues of the segment grew to about $17.0 billion in 2018 from $14.6 billion in 2017.'],
  ),
  ...list(
    'BOEING_2022_10K',
    [
      98,
      'funded status of the plans increased',
      'Since the plans were better funded in 2022 than in 2021, more of the assets were put into bonds.',
    ],
    [
      116,
      'approximately 17% to be converted',
      'Boeing thinks that about 17 percent will become revenue by 2023 and some 71 percent by 2026.',
    ],
    [
      114,
      'operating assets were located outside',
      'Only around 4 percent of the operating assets were abroad at the end of 2022.',
    ],
  ),
  ...list(
    'COCACOLA_2017_10K',
    [
      89,
      'ASU 2016-09',
      'New accounting rules for employee share-based payments, ASU 2016-09, were published by the FASB in March 2016.',
    ],
    [
      41,
      'primary U.S. plan represented',
      'At the end of 2017, the main American pension plan made up 64% of the projected benefit obligation.',
    ],
    [115, '$12.86', 'The options could be exercised at $12.86 on average and run for ten years.'],
  ),
  ...list(
    'CORNING_2021_10K',
    [9, 'Office of Racial Equality', 'Corning set up its Office of Racial Equality and Social Unity in 2020.'],
    [35, 'impact of power outages', 'Power outages led to write-offs and repair costs in the third quarter of 2021.'],
    [
      13,
      'vice president and general manager of the Optical Fiber',
      'He took over Corning’s Optical Communications division as its president in 2001.',
    ],
  ),
  ...list(
    'COSTCO_2021_10K',
    [
      65,
      'was effective as of August 29',
      'Costco’s management found its internal controls over financial reporting to be effective at the end of August 2021.',
    ],
    [25, 'particularly strong in nonfoods', 'Nonfoods did especially well, though every core category sold more.'],
    [38, 'Other current assets', 'Other current assets grew from $1,023 million to $1,312 million in 2021.'],
  ),
  ...list(
    'JOHNSON_JOHNSON_2023Q2_EARNINGS',
    [
      12,
      'external third-party regulatory',
      'J&J leaves outside regulatory and consulting costs out of its MedTech segment’s profit; this work should end in 2024.',
    ],
    [
      3,
      'adjusted operational sales increased 7.7%',
      'Over-the-counter products were the main reason for the 7.7 percent growth of Consumer Health.',
    ],
    [
      5,
      'conference call with investors',
      'Investors can listen to a call about the results at 8:30 in the morning, Eastern Time.',
    ],
  ),
  ...list(
    'JOHNSON_JOHNSON_2023_8K',
    [
      2,
      'Exhibit 99.1',
      'J&J published a press release with new 2023 guidance on August 30, 2023, after Kenvue had been separated.',
    ],
    [6, '$13.2 billion in cash proceeds', 'The IPO and the debt offering of Kenvue brought in $13.2 billion of cash.'],
    [6, '9.5% stake', 'Johnson & Johnson keeps 9.5 percent of Kenvue, which it cannot sell for 90 days.'],
  ),
  ...list(
    'JPMORGAN_2023Q2_10Q',
    [45, 'net loss of $174 million', 'The segment earned $2.6 billion, after losing $174 million a year before.'],
    [
      155,
      'credit card loan portfolio',
      'More about credit quality indicators of card loans is found in Note 12 of the 2022 annual report on Form 10-K.',
    ],
    [
      114,
      'exclude any effects of',
      'Effects of risk management are left out where instruments belong to level 1 or 2 of the hierarchy.',
    ],
  ),
  ...list(
    'KRAFTHEINZ_2019_10K',
    [10, 'Mr. Keller joined', 'Mr. Keller came to Kraft Heinz in 2014 and first led trade marketing in Italy.'],
    [
      31,
      'Unfavorable volume/mix',
      'Volume and mix suffered because fewer meat, cheese and coffee products were shipped, while nuts and sauces grew.',
    ],
    [
      32,
      'decreased 13.4% to $1.9 billion',
      'Net sales dropped by 13.4 percent to $1.9 billion in 2019, largely because of divestitures and currency.',
    ],
  ),
  ...list(
    'LOCKHEEDMARTIN_2021_10K',
    [
      56,
      'actual rate of return of approximately 10.5%',
      'In 2021, the pension assets returned about 10.5 percent; one percentage point more would lower the 2022 pension expense by some $15 million.',
    ],
    [
      57,
      'balance sheet for environmental matters',
      'Lockheed Martin’s environmental liabilities shrank from $789 million in 2020 to $742 million in 2021.',
    ],
    [
      32,
      '$2.2 billion of payments to our suppliers',
      'By the end of 2021, Lockheed Martin had paid its suppliers $2.2 billion earlier than it had to.',
    ],
    [30, 'Total assets', 'Total assets stood at $50.9 billion in 2021, slightly more than the $50.7 billion of 2020.'],
  ),
  ...list(
    'MGMRESORTS_2018_10K',
    [
      29,
      'publicly announced stock repurchase programs',
      'The shares that MGM bought back in the last quarter of 2018 were retired.',
    ],
    [28, 'commenced mediation of these', 'Mediation with the plaintiffs’ lawyers began in February 2019.'],
    [42, '47,827', 'Non-operating items of unconsolidated affiliates came to $47.8 million in 2018.'],
  ),
  ...list(
    'MGMRESORTS_2020_10K',
    [
      4,
      'remove the Mandalay Bay property',
      'MGM’s yearly cash rent to MGP fell by $133 million once Mandalay Bay was taken out of the master lease.',
    ],
    [
      43,
      'CEO transition expense is $20 million',
      'Of the $20 million of stock compensation in the CEO transition cost, some $13 million came from changed and accelerated awards.',
    ],
    [47, '220,294', 'MGM lost $220.3 million on the sale of Circus Circus Las Vegas in 2019.'],
  ),
  ...list(
    'MGMRESORTS_2022_10K',
    [14, 'Mr. Fritz has served', 'Mr. Fritz has been president of MGM’s interactive business since October 2022.'],
    [
      177,
      'commences on October 1, 2022',
      'The employment contract runs for four years, from October 1, 2022 to the end of September 2026.',
    ],
    [62, '1,756,462', 'Operations brought in almost $1.76 billion of cash in 2022, after $1.37 billion in 2021.'],
  ),
  ...list(
    'MGMRESORTS_2023Q2_10Q',
    [
      17,
      'deconsolidated MGP and',
      'After the deal with VICI in April 2022, MGP’s assets and liabilities left MGM’s balance sheet.',
    ],
    [17, '$8 million and $32 million', 'In the first half of 2022, MGP OP got $32 million from the BREIT venture.'],
    [
      13,
      'noncontrolling interests of LeoVegas',
      'All of LeoVegas’ assets and debts were taken into the books at fair value when MGM bought it.',
    ],
    [
      3,
      '35,200',
      'Only $35.2 million of the long-term debt falls due within a year, against $1.29 billion at the end of 2022.',
    ],
  ),
  ...list(
    'PEPSICO_2023Q1_EARNINGS',
    [
      3,
      'now expects to deliver 8 percent',
      'PepsiCo lifted its 2023 forecast for organic revenue growth from 6 to 8 percent.',
    ],
    [16, 'Statements in this communication', 'The 2023 outlook is forward-looking and rests on what is known today.'],
    [
      3,
      '2-percentage-point foreign exchange',
      'Exchange rates should take about 2 percentage points off the growth of revenue and core earnings per share.',
    ],
  ),
  ...list(
    'PEPSICO_2023_8K',
    [
      3,
      'filed with the Securities and Exchange Commission on March 21',
      'PepsiCo’s proxy statement of March 21, 2023 says more about the proposals.',
    ],
    [3, 'held its 2023 Annual Meeting', 'PepsiCo’s shareholders met on 3 May 2023.'],
  ),
  ...list(
    'PFIZER_2021_10K',
    [
      75,
      'agreed to pay BioNTech $225 million',
      'Pfizer promised BioNTech $225 million, of which $75 million was paid in cash up front.',
    ],
    [
      123,
      '2027 notes were limited to',
      'The notes due 2022 could not exceed one billion euros, those due 2027 €750 million.',
    ],
    [57, '2.88', 'Per share, Pfizer’s shareholders earned $3.92 in 2021, up from $1.65 in 2020.'],
  ),
  ...list(
    'ULTABEAUTY_2023Q4_EARNINGS',
    [3, '$737.9 million', 'Ulta Beauty held about $738 million in cash when fiscal 2022 ended.'],
    [3, 'opened 47 new stores', 'Forty-seven stores were opened and 20 remodelled in fiscal 2022.'],
    [
      3,
      'at a cost of $900.0 million',
      'Ulta spent $0.9 billion on buying back 2.2 million of its own shares in fiscal 2022.',
    ],
  ),
  ...list(
    'WALMART_2018_10K',
    [
      32,
      'Delaware consolidated derivative',
      'The plaintiffs of the derivative suits in Delaware appealed to the state’s Supreme Court in June 2016.',
    ],
    [
      7,
      'Online Grocery',
      'In the US, Walmart customers can pick up groceries ordered online at more than 1,100 places.',
    ],
    [38, '10,051', 'Walmart’s capital expenditures fell to about $10.1 billion in fiscal 2018 from $10.6 billion.'],
  ),
];
