/** A colour of the style sheet, as it is now: it changes with the theme. */
export function themeColour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

type Theme = 'light' | 'dark';
const STORED = 'weir-theme';

/** Puts the choice of an earlier visit into force, and lets a button change it; without a choice the system's holds. */
export function prepareTheme(button: HTMLButtonElement): void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const current = (): Theme => {
    const chosen = document.documentElement.dataset['theme'];
    if (chosen === 'light' || chosen === 'dark') return chosen;
    return system.matches ? 'dark' : 'light';
  };
  const show = (): void => {
    button.textContent = current() === 'dark' ? 'Light' : 'Dark';
    button.setAttribute('aria-label', `Use the ${current() === 'dark' ? 'light' : 'dark'} theme`);
    // Charts are painted and have to be painted again.
    dispatchEvent(new Event(THEME_CHANGED));
  };
  const stored = localStorage.getItem(STORED);
  if (stored === 'light' || stored === 'dark') document.documentElement.dataset['theme'] = stored;
  button.addEventListener('click', () => {
    const chosen = current() === 'dark' ? 'light' : 'dark';
    document.documentElement.dataset['theme'] = chosen;
    localStorage.setItem(STORED, chosen);
    show();
  });
  system.addEventListener('change', show);
  show();
}

/** An event of the window, when colours are others than before. */
export const THEME_CHANGED = 'weir-theme-changed';
