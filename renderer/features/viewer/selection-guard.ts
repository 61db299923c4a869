/**
 * Keeps a selection where the mouse is: in the gap between two lines, which no text covers, a browser would otherwise take
 * everything to the end of the page, or into the next one. An element without text follows the selection's moving end and
 * covers the page below it while text is being selected.
 * After `TextLayerBuilder` of pdf.js 6.5 (web/text_layer_builder.js), which is not part of the library itself.
 */

/** The element of each layer on the screen. */
const guards = new Map<HTMLElement, HTMLElement>();
let listening: AbortController | null = null;
let isPressed = false;
let lastRange: Range | null = null;

function rest(layer: HTMLElement, guard: HTMLElement): void {
  if (layer.lastChild !== guard) layer.append(guard);
  guard.removeAttribute('style');
  layer.classList.remove('selecting');
}

function restAll(): void {
  lastRange = null;
  for (const [layer, guard] of guards) rest(layer, guard);
}

/** What the moving end of the selection stands in: the guard goes beside it. */
function edgeOf(range: Range, movesStart: boolean): { readonly node: Node; readonly element: HTMLElement } | null {
  let node: Node | null = movesStart ? range.startContainer : range.endContainer;
  if (node.nodeType === Node.TEXT_NODE) node = node.parentNode;
  if (!movesStart && range.endOffset === 0) {
    // An end before the first letter of something is the end of what comes before it.
    do {
      while (node && !node.previousSibling) node = node.parentNode;
      node = node?.previousSibling ?? null;
    } while (node && node.childNodes.length === 0);
  }
  const element = node?.parentElement ?? null;
  return node && element ? { node, element } : null;
}

function onSelectionChange(): void {
  const selection = document.getSelection();
  if (!selection || selection.rangeCount === 0) {
    restAll();
    return;
  }
  const range = selection.getRangeAt(0);
  const isSelecting = isPressed || !range.collapsed;
  for (const [layer, guard] of guards) {
    if (isSelecting && range.intersectsNode(layer)) layer.classList.add('selecting');
    else rest(layer, guard);
  }
  if (!isPressed) return;
  const movesStart =
    lastRange !== null &&
    (range.compareBoundaryPoints(Range.END_TO_END, lastRange) === 0 ||
      range.compareBoundaryPoints(Range.START_TO_END, lastRange) === 0);
  lastRange = range.cloneRange();
  const edge = edgeOf(range, movesStart);
  const layer = edge?.element.closest<HTMLElement>('.textLayer');
  const guard = layer ? guards.get(layer) : undefined;
  if (!edge || !layer || !guard || edge.node === guard) return;
  guard.style.width = layer.style.width;
  guard.style.height = layer.style.height;
  guard.style.userSelect = 'text';
  edge.element.insertBefore(guard, movesStart ? edge.node : edge.node.nextSibling);
}

function listen(): void {
  if (listening) return;
  listening = new AbortController();
  const { signal } = listening;
  const release = () => {
    isPressed = false;
    restAll();
  };
  document.addEventListener('pointerdown', () => (isPressed = true), { signal });
  document.addEventListener('pointerup', release, { signal });
  window.addEventListener('blur', release, { signal });
  document.addEventListener('keyup', () => !isPressed && restAll(), { signal });
  document.addEventListener('selectionchange', onSelectionChange, { signal });
}

/** Guards a text layer whose spans are in place; call what it returns before the layer goes. */
export function guardSelection(layer: HTMLElement): () => void {
  const guard = document.createElement('div');
  guard.className = 'endOfContent';
  layer.append(guard);
  guards.set(layer, guard);
  const onDown = () => layer.classList.add('selecting');
  layer.addEventListener('mousedown', onDown);
  listen();
  return () => {
    layer.removeEventListener('mousedown', onDown);
    guards.delete(layer);
    guard.remove();
    if (guards.size > 0) return;
    listening?.abort();
    listening = null;
    lastRange = null;
  };
}
