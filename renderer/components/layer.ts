/**
 * Where menus and cards are drawn: at the end of the workspace, above all else but inside its landmark, so that a
 * screen reader's list of regions leaves nothing out.
 */
export const layerId = 'layers';

export function layerElement(): HTMLElement | null {
  return document.getElementById(layerId);
}
