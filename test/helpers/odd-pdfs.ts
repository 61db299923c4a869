/** PDFs that a reader meets now and then: a page that is damaged among good ones, and every kind of link. */
import { PDFArray, PDFDocument, PDFName, PDFString, StandardFonts, type PDFPage } from 'pdf-lib';

const size: [number, number] = [612, 792];

/** Five pages with a line each; the entry of one of them in the page tree, which has two levels, leads to no page. */
export async function makeDamagedPage(bad = 3): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  document.setTitle('One bad page');
  const font = await document.embedFont(StandardFonts.Helvetica);
  for (let page = 1; page <= 5; page += 1) {
    const text = `This is sheet number ${page} of the cellar plan.`;
    document.addPage(size).drawText(text, { x: 72, y: 700, size: 12, font });
  }
  const { context, catalog } = document;
  const root = catalog.Pages();
  const rootRef = catalog.get(PDFName.of('Pages'));
  const refs = document.getPages().map(({ ref }) => ref);
  const damaged = context.register(context.obj(['no page at all']));
  const groups = [refs.slice(0, bad - 1), [damaged], refs.slice(bad)]
    .filter((kids) => kids.length > 0)
    .map((kids) => {
      const group = context.register(
        context.obj({ Type: 'Pages', Kids: kids, Count: kids.length, ...(rootRef ? { Parent: rootRef } : {}) }),
      );
      for (const page of document.getPages()) if (kids.includes(page.ref)) page.node.set(PDFName.of('Parent'), group);
      return group;
    });
  root.set(PDFName.of('Kids'), context.obj(groups));
  return document.save({ useObjectStreams: false });
}

export const linkTexts = {
  named: 'To the appendix by its name',
  explicit: 'To the second page by its number',
  web: 'To the web',
  lookalike: 'To a name that looks like another',
  mail: 'To the clerk by e-mail',
  file: 'To a file of this computer',
} as const;

/** Three pages; the first has links of every kind, the third is named `appendix`. */
export async function makeLinks(): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  document.setTitle('Every kind of link');
  const font = await document.embedFont(StandardFonts.Helvetica);
  const pages = [1, 2, 3].map((number) => {
    const page = document.addPage(size);
    page.drawText(`Sheet ${number} of the links`, { x: 72, y: 740, size: 14, font });
    return page;
  });
  const { context, catalog } = document;
  const destination = (page: PDFPage) => context.obj([page.ref, PDFName.of('XYZ'), null, 740, null]);
  catalog.set(
    PDFName.of('Names'),
    context.obj({ Dests: { Names: [PDFString.of('appendix'), destination(pages[2]!)] } }),
  );
  const uri = (address: string) => ({ A: { S: 'URI', URI: PDFString.of(address) } });
  const links = [
    [linkTexts.named, { Dest: PDFString.of('appendix') }],
    [linkTexts.explicit, { Dest: destination(pages[1]!) }],
    [linkTexts.web, uri('https://example.org/annexe?part=2')],
    [linkTexts.lookalike, uri('https://xn--pple-43d.com/login')],
    [linkTexts.mail, uri('mailto:clerk@example.org')],
    [linkTexts.file, uri('file:///etc/passwd')],
  ] as const;
  const annotations = PDFArray.withContext(context);
  links.forEach(([text, target], index) => {
    const y = 680 - index * 40;
    pages[0]!.drawText(text, { x: 72, y, size: 12, font });
    annotations.push(
      context.register(
        context.obj({ Type: 'Annot', Subtype: 'Link', Rect: [70, y - 4, 320, y + 14], Border: [0, 0, 0], ...target }),
      ),
    );
  });
  pages[0]!.node.set(PDFName.of('Annots'), annotations);
  return document.save();
}
