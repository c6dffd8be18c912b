import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { contrastOf, parseColour } from './contrast.js';

/** What text needs against its background, and what a line, an edge or a focus indicator needs: WCAG 2.2, 1.4.3 and 1.4.11. */
const GRAPHIC_CONTRAST_MIN = 3;

/**
 * What axe-core (https://github.com/dequelabs/axe-core) finds wrong in the page as it is, contrast of text by computed colours
 * among it: rule, place and reason. What it cannot tell of contrast counts as well.
 */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations, incomplete } = await page.evaluate<AxeResults>('axe.run(document)');
  const untold = incomplete.filter(({ id }) => id === 'color-contrast');
  return [...violations, ...untold].flatMap(({ id, impact, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${impact}) at ${target.join(' ')}: ${failureSummary}`),
  );
}

interface Painted {
  readonly what: string;
  readonly colour: string;
  readonly ground: string;
}

/** Lines and areas of charts (by their legend), bars, and edges of fields whose contrast with what is around them is too low. */
export async function faintGraphics(page: Page): Promise<string[]> {
  const painted = await page.evaluate<Painted[]>(() => {
    const groundOf = (element: Element | null): string => {
      if (element === null) return 'rgb(255, 255, 255)';
      const { backgroundColor } = getComputedStyle(element);
      return /^rgba\(.*, 0\)$/.test(backgroundColor) ? groundOf(element.parentElement) : backgroundColor;
    };
    const marks = [...document.querySelectorAll('.swatch, .bar-inner')].map((element) => {
      const { borderTopWidth, borderTopColor, backgroundColor } = getComputedStyle(element);
      const line = element.querySelector('line');
      const area = borderTopWidth === '0px' ? backgroundColor : borderTopColor;
      const colour = line === null ? area : getComputedStyle(line).stroke;
      return { what: element.getAttribute('class') ?? '', colour, ground: groundOf(element.parentElement) };
    });
    const fields = [...document.querySelectorAll('input[type="search"], select')].map((element) => ({
      what: `the edge of ${element.id}`,
      colour: getComputedStyle(element).borderTopColor,
      ground: groundOf(element.parentElement),
    }));
    return [...marks, ...fields];
  });
  return faint(painted);
}

/** The controls that show no sign of the keyboard's focus, or one of too little contrast. */
export async function faintFocus(page: Page): Promise<string[]> {
  // After a key, browsers show the focus wherever it goes: https://www.w3.org/TR/selectors-4/#the-focus-visible-pseudo
  await page.keyboard.press('Tab');
  const painted = await page.evaluate<(Painted & { width: number })[]>(() => {
    const groundOf = (element: Element | null): string => {
      if (element === null) return 'rgb(255, 255, 255)';
      const { backgroundColor } = getComputedStyle(element);
      return /^rgba\(.*, 0\)$/.test(backgroundColor) ? groundOf(element.parentElement) : backgroundColor;
    };
    const controls = [...document.querySelectorAll<HTMLElement>('a, button, input, select, [tabindex="0"]')];
    return controls
      .filter((element) => {
        element.focus();
        return document.activeElement === element;
      })
      .map((element) => {
        element.focus();
        const { outlineColor, outlineStyle, outlineWidth } = getComputedStyle(element);
        return {
          what: element.outerHTML.slice(0, 80),
          colour: outlineColor,
          ground: groundOf(element.parentElement),
          width: outlineStyle === 'none' ? 0 : Number.parseFloat(outlineWidth),
        };
      });
  });
  if (painted.length === 0) throw new Error('Nothing on the page takes the focus');
  const tooThin = painted.filter(({ width }) => width < 2).map(({ what }) => `${what}: no outline`);
  return [...tooThin, ...faint(painted)];
}

function faint(painted: readonly Painted[]): string[] {
  return painted
    .map(({ what, colour, ground }) => ({
      what,
      ratio: contrastOf(parseColour(colour), parseColour(ground)),
    }))
    .filter(({ ratio }) => ratio < GRAPHIC_CONTRAST_MIN)
    .map(({ what, ratio }) => `${what}: ${ratio.toFixed(2)}`);
}
