/** Whether main opened this window anew because its process died. */
import { REVIVED } from '../../shared/revived.ts';

/** Read as the window begins: the address loses it once the person was told, before the documents may be known. */
export const isRevived = window.location.search === `?${REVIVED}`;
