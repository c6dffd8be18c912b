/** Who asks, as the token says. */
export interface Principal {
  readonly subject: string;
  readonly scopes: ReadonlySet<string>;
  /** Device ids or `prefix*` patterns that the token is bound to; undefined when it is bound to none. */
  readonly devices?: readonly string[];
  /** When the token ends, in epoch milliseconds. */
  readonly expiresAtMs: number;
}

/** Whether the token allows this device, to write and to read alike. */
export function mayAccessDevice(principal: Principal, deviceId: string): boolean {
  return (
    principal.devices === undefined || principal.devices.some((pattern) => matchesDevice(pattern, deviceId))
  );
}

/** `boiler-*` matches every id that begins with `boiler-`; without a star at the end only the id itself. */
function matchesDevice(pattern: string, deviceId: string): boolean {
  return pattern.endsWith('*') ? deviceId.startsWith(pattern.slice(0, -1)) : pattern === deviceId;
}
