/** Red, green, blue from 0 to 255, and opacity from 0 to 1. */
export type Colour = readonly [red: number, green: number, blue: number, alpha: number];

/** Reads a colour as `getComputedStyle` writes it. @throws Error when it is written otherwise */
export function parseColour(text: string): Colour {
  const numbers =
    /^rgba?\(([^)]*)\)$/
      .exec(text)?.[1]
      ?.split(/[ ,/]+/)
      .map(Number) ?? [];
  const [red, green, blue, alpha = 1] = numbers;
  if (red === undefined || green === undefined || blue === undefined || numbers.some(Number.isNaN)) {
    throw new Error(`${text} is no colour of the form rgb(…)`);
  }
  return [red, green, blue, alpha];
}

/** From 1 to 21, of a colour painted on an opaque ground: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
export function contrastOf(colour: Colour, ground: Colour): number {
  const [lighter = 0, darker = 0] = [luminance(blend(colour, ground)), luminance(ground)].sort(
    (a, b) => b - a,
  );
  return (lighter + 0.05) / (darker + 0.05);
}

function blend([red, green, blue, alpha]: Colour, ground: Colour): Colour {
  const mixed = (part: number, below: number): number => part * alpha + below * (1 - alpha);
  return [mixed(red, ground[0]), mixed(green, ground[1]), mixed(blue, ground[2]), 1];
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance([red, green, blue]: Colour): number {
  const [r = 0, g = 0, b = 0] = [red, green, blue].map((part) => {
    const share = part / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
