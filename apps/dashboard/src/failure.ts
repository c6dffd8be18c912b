import { WeirProblemError, WeirTransportError } from '@weir/analytics-client';

import { SignInError } from './access/sign-in-error.js';
import { element } from './element.js';

/** Says to people what went wrong, and what they can do. */
export function failureText(error: unknown): string {
  if (error instanceof WeirProblemError) {
    if (error.status === 401)
      return 'The token is not accepted, and neither was a new one. Reload the page to sign in again.';
    if (error.status === 403) return 'Your token does not allow this.';
    if (error.status === 429) return 'The API is busy. The next attempt follows by itself.';
    return `The API answered: ${error.message}`;
  }
  if (error instanceof WeirTransportError) {
    if (error.cause instanceof SignInError) return `${error.cause.message} ${error.cause.remedy}`;
    if (error.code === 'token_unavailable')
      return 'No token is to be had. The next attempt follows by itself.';
    return 'The API cannot be reached. The next attempt follows by itself.';
  }
  return error instanceof Error ? error.message : String(error);
}

/** A line above a view that tells of the last failure, and says nothing while all is well. */
export interface FailureNotice {
  readonly element: HTMLElement;
  show(error: unknown): void;
  clear(): void;
}

export function failureNotice(): FailureNotice {
  const notice = element('p', { class: 'failure', role: 'alert', hidden: true });
  return {
    element: notice,
    show: (error) => {
      const text = failureText(error);
      // The same text again would be read out again.
      if (notice.textContent !== text) notice.textContent = text;
      notice.hidden = false;
    },
    clear: () => {
      notice.hidden = true;
      notice.textContent = '';
    },
  };
}
