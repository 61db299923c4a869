/** A person without a mouse: goes through the window with keys alone, and says where the focus is and whether it shows. */
import { expect } from 'vitest';
import type { Page } from 'playwright-core';

/** More than the window has places where Tab stops. */
const tabLimit = 90;

interface Focus {
  /** What has the focus, to be told when it is not what was meant; null for nothing, that is, the page's body. */
  readonly on: string | null;
  /** One can see that it has it. */
  readonly isShown: boolean;
}

/** Where the keys go now. */
async function focusOf(page: Page): Promise<Focus> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return { on: null, isShown: false };
    const settle = () => {
      for (const animation of document.getAnimations())
        if (animation instanceof CSSTransition && animation.playState === 'running') animation.finish();
    };
    const on = `${element.tagName.toLowerCase()} ${element.dataset['testid'] ?? ''} “${element.ariaLabel ?? element.textContent.slice(0, 40)}”`;
    const isIn = (shown: Element) => {
      const { top, bottom, left, right, width, height } = shown.getBoundingClientRect();
      const hasSize = width > 0 && height > 0;
      return hasSize && bottom > 0 && right > 0 && top < window.innerHeight && left < window.innerWidth;
    };
    const hasRing = (shown: Element) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(shown);
      return outlineStyle !== 'none' && parseFloat(outlineWidth) > 0;
    };
    if (!isIn(element)) return { on, isShown: false };
    // A caret blinks where one types.
    if (element.matches('textarea, input:not([type=checkbox], [type=radio])')) return { on, isShown: true };
    const inner = document.getElementById(element.getAttribute('aria-activedescendant') ?? '');
    if (inner) return { on, isShown: isIn(inner) && (hasRing(inner) || hasRing(element)) };
    if (hasRing(element)) return { on, isShown: true };
    // Lines of menus and lists, and what lies between panes, are filled with a colour instead.
    if (element.dataset['highlighted'] !== undefined) return { on, isShown: true };
    const fillOf = (pseudo?: string) => getComputedStyle(element, pseudo).backgroundColor;
    const fills = () => {
      settle();
      return [fillOf(), fillOf('::after')].join();
    };
    const filled = fills();
    element.blur();
    const empty = fills();
    element.focus({ preventScroll: true });
    return { on, isShown: filled !== empty };
  });
}

export interface Keyboard {
  /** Presses keys one after another. */
  press(...keys: readonly string[]): Promise<void>;
  type(text: string): Promise<void>;
  /** Presses Tab (or Shift+Tab) until the focus is on what the selector names; it shows at every stop on the way. */
  tabTo(selector: string, key?: 'Tab' | 'Shift+Tab'): Promise<void>;
  /** The focus comes to lie on, or in, what the selector names, and shows. */
  expectFocus(selector: string): Promise<void>;
}

export function keyboardOf(page: Page): Keyboard {
  const isOn = (selector: string) =>
    page.evaluate((wanted) => document.activeElement?.closest(wanted) !== null, selector);
  const expectShown = async () => {
    const focus = await focusOf(page);
    expect(focus, `the focus is lost or can't be seen: ${focus.on}`).toMatchObject({ isShown: true });
  };
  return {
    press: async (...keys) => {
      for (const key of keys) await page.keyboard.press(key);
    },
    type: (text) => page.keyboard.type(text),
    tabTo: async (selector, key = 'Tab') => {
      const stops: (string | null)[] = [];
      while (stops.length < tabLimit) {
        await page.keyboard.press(key);
        const { on } = await focusOf(page);
        stops.push(on);
        await expectShown();
        if (await isOn(selector)) return;
      }
      throw new Error(`${key} does not lead to ${selector}: ${stops.join(', ')}`);
    },
    expectFocus: async (selector) => {
      await expect
        .poll(async () => ((await isOn(selector)) ? selector : (await focusOf(page)).on), { timeout: 15_000 })
        .toBe(selector);
      await expectShown();
    },
  };
}
