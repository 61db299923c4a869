/**
 * In the C locale (no LANG, as in a bare session) Chromium can't put file names into text: a dropped file whose name has
 * an umlaut has neither a name nor a path, and vanishes. The C library reads its locale once, when the process begins.
 */
import { app } from 'electron';

type Environment = Readonly<Record<string, string | undefined>>;

const utf8Locale = 'C.UTF-8';

/** What to set so that file names are UTF-8: nothing where a locale was chosen, be it another one. */
export function utf8Locales(environment: Environment, platform: NodeJS.Platform): Readonly<Record<string, string>> {
  if (platform !== 'linux') return {};
  const { LC_ALL: all, LC_CTYPE: ofCharacters, LANG: language } = environment;
  const chosen = all || ofCharacters || language || 'C';
  if (chosen !== 'C' && chosen !== 'POSIX') return {};
  return all ? { LC_ALL: utf8Locale } : { LC_CTYPE: utf8Locale };
}

/**
 * Starts Quire again with UTF-8 file names where it has to be; true when it did, and this process ends.
 * Not under a debugger, or a driver that came by its port: it would lose the process that it holds.
 */
export function relaunchForUtf8(): boolean {
  if (app.commandLine.hasSwitch('inspect') || app.commandLine.hasSwitch('inspect-brk')) return false;
  const locales = utf8Locales(process.env, process.platform);
  if (Object.keys(locales).length === 0) return false;
  Object.assign(process.env, locales);
  app.relaunch();
  app.exit(0);
  return true;
}
