/** The query with which main opens the page after its process died, so that the page can tell. */
export const REVIVED = 'revived';
