/** A page's links: those within the document go there, those to the web ask first. */
import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { useEffect, useState } from 'react';
import { openExternal } from '../../app/open-external.ts';
import { showError } from '../../app/stores/toast-store.ts';
import { boxRectangle } from './highlight-boxes.ts';
import type { Anchor } from './page-layout.ts';
import { namedActionPage, readLinks, resolveDestination, type PageLink } from './pdf-destination.ts';
import type { Rotation } from './zoom.ts';

interface PageLinksProps {
  readonly pdf: PDFDocumentProxy;
  readonly page: PDFPageProxy;
  readonly rotation: Rotation;
  readonly onJump: (place: Anchor) => void;
}

const linkClass =
  'absolute cursor-pointer rounded-[2px] hover:bg-[rgb(66_80_207/0.12)] focus-visible:-outline-offset-1';

export function PageLinks({ pdf, page, rotation, onJump }: PageLinksProps) {
  const [links, setLinks] = useState<readonly PageLink[]>([]);
  useEffect(() => {
    let isCurrent = true;
    readLinks(page).then(
      (found) => isCurrent && setLinks(found),
      // A page whose annotations are damaged has no links; the page itself is there.
      () => isCurrent && setLinks([]),
    );
    return () => {
      isCurrent = false;
    };
  }, [page]);
  if (links.length === 0) return null;
  const viewport = page.getViewport({ scale: 1, rotation: (page.rotate + rotation) % 360 });

  const follow = async (link: PageLink) => {
    if (link.action !== null) {
      onJump({ page: namedActionPage(link.action, page.pageNumber, pdf.numPages), part: 0 });
      return;
    }
    const place = await resolveDestination(pdf, link.destination, rotation);
    if (place) onJump(place);
  };

  return links.map((link, index) => {
    const { left, top, width, height } = boxRectangle({ page: page.pageNumber, ...link.box }, viewport);
    const style = {
      left: `${left * 100}%`,
      top: `${top * 100}%`,
      width: `${width * 100}%`,
      height: `${height * 100}%`,
    };
    const { url } = link;
    if (url !== null) {
      return (
        <a
          key={index}
          href={url}
          title={url}
          rel="noreferrer"
          draggable={false}
          aria-label={`${link.label} (${url})`}
          data-testid="external-link"
          className={linkClass}
          style={style}
          onClick={(event) => {
            event.preventDefault();
            openExternal(url);
          }}
          onAuxClick={(event) => event.preventDefault()}
        />
      );
    }
    return (
      <button
        key={index}
        type="button"
        role="link"
        aria-label={link.label}
        data-testid="internal-link"
        className={linkClass}
        style={style}
        onClick={() => void follow(link).catch(showError)}
      />
    );
  });
}
