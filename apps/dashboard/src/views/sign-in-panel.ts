import { element } from '../element.js';

export interface SignInPanelOptions {
  title: string;
  /** What happened, where it is bad. */
  failure?: string;
  /** What can be done, or what is good to know. */
  advice: string;
  onSignIn(): void;
}

/** What is shown instead of a view while nobody is signed in. */
export function signInPanel({ title, failure, advice, onSignIn }: SignInPanelOptions): HTMLElement {
  const button = element('button', { type: 'button', class: 'primary' }, 'Sign in');
  button.addEventListener('click', () => {
    button.disabled = true;
    onSignIn();
  });
  return element(
    'section',
    { class: 'card sign-in', 'aria-labelledby': 'sign-in-title' },
    element('h1', { id: 'sign-in-title' }, title),
    failure === undefined ? null : element('p', { class: 'failure', role: 'alert' }, failure),
    advice === '' ? null : element('p', {}, advice),
    button,
  );
}
