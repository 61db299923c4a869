/**
 * How wide the sidebar and the page are, in pixels, kept on this computer. They are the same whichever other panes
 * show: the page opening does not change the sidebar.
 */
export interface PaneSizes {
  readonly sidebar: number;
  /** Null until the person chose one: then the page takes its share of the window. */
  readonly page: number | null;
}

const storageKey = 'quire.sizes';
const standard: PaneSizes = { sidebar: 232, page: null };

/** Reads what was stored; anything that does not fit gives the standard. */
export function parsePaneSizes(stored: string | null): PaneSizes {
  const [sidebar = NaN, page = NaN] = (stored ?? '').split(' ').map(Number);
  const isSize = (value: number) => Number.isFinite(value) && value > 0;
  return { sidebar: isSize(sidebar) ? sidebar : standard.sidebar, page: isSize(page) ? page : standard.page };
}

let sizes: PaneSizes | null = null;

export function paneSizes(): PaneSizes {
  sizes ??= parsePaneSizes(localStorage.getItem(storageKey));
  return sizes;
}

/** Takes in what the person dragged; 0 stands for a pane that does not show, and changes nothing. */
export function keepPaneSizes(sidebar: number, page: number): void {
  const last = paneSizes();
  sizes = { sidebar: Math.round(sidebar) || last.sidebar, page: Math.round(page) || last.page };
  localStorage.setItem(storageKey, `${sizes.sidebar} ${sizes.page ?? 0}`);
}
