/** Below this width the page lies over the rest instead of beside it. */
export const narrow = '(max-width: 999px)';
