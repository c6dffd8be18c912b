type Child = Node | string | number | null | undefined;
type Properties = Readonly<Record<string, string | number | boolean | EventListener | undefined>>;

/**
 * Makes an element. Functions become listeners (`onclick`), `true` an empty attribute; `false` and undefined are left out.
 * Texts are never read as HTML.
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? '' : String(value));
  }
  append(made, children);
  return made;
}

/** Takes out what a parent holds and puts the children in. */
export function fill(parent: HTMLElement, ...children: readonly Child[]): void {
  parent.replaceChildren();
  append(parent, children);
}

function append(parent: HTMLElement, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined) continue;
    parent.append(typeof child === 'number' ? String(child) : child);
  }
}
