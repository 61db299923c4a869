/** Which platform's habits the window follows. */
export const isMac = navigator.userAgent.includes('Macintosh');
