import { judge, type FunctionRole, type Need, type RecordedCall } from '@weir/role-check';

/** A need that has come up, and how often. */
export interface CallLine extends RecordedCall {
  readonly count: number;
  /** False when the function's role does not allow it: it was refused each time. */
  readonly allowed: boolean;
}

/** A need that the role of the caller does not allow. */
export interface Refusal extends RecordedCall {
  readonly roleName: string;
  /** Whether a statement denies it; else none allows it. */
  readonly explicit: boolean;
}

/** Objects have names without end, so there is one to the lines. */
const linesMax = 10_000;

interface Line {
  readonly call: RecordedCall;
  readonly refusal: Refusal | undefined;
  count: number;
}

/** Holds functions to their roles, and remembers what they called. */
export class CallRegister {
  private readonly lines = new Map<string, Line>();
  private readonly roles: ReadonlyMap<string, FunctionRole>;
  private unlistedCount = 0;
  private refusals = 0;

  /** @param onRefusal called once for each kind of refusal */
  constructor(
    roles: readonly FunctionRole[],
    private readonly onRefusal: (refusal: Refusal) => void,
  ) {
    this.roles = new Map(roles.map((role) => [role.functionName, role]));
  }

  /** Records what a function needs for a call. Returns the first need that its role does not allow. */
  admit(functionName: string, needs: readonly Need[]): Refusal | undefined {
    const refusal = needs
      .map((need) => this.record({ functionName, ...need }))
      .find((found) => found !== undefined);
    if (refusal !== undefined) this.refusals += 1;
    return refusal;
  }

  /** How many calls were refused. */
  refusedCount(): number {
    return this.refusals;
  }

  /** In order of function, action and resource. */
  list(): CallLine[] {
    return [...this.lines]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { call, count, refusal }]) => ({ ...call, count, allowed: refusal === undefined }));
  }

  /** Calls beyond the number of lines that are kept; they are held to the roles all the same. */
  unlisted(): number {
    return this.unlistedCount;
  }

  private record(call: RecordedCall): Refusal | undefined {
    const key = `${call.functionName} ${call.action} ${call.resource}`;
    const known = this.lines.get(key);
    if (known !== undefined) {
      known.count += 1;
      return known.refusal;
    }
    const refusal = this.refusalOf(call);
    if (this.lines.size >= linesMax) {
      this.unlistedCount += 1;
      return refusal;
    }
    this.lines.set(key, { call, refusal, count: 1 });
    if (refusal !== undefined) this.onRefusal(refusal);
    return refusal;
  }

  /** What the template does not tell of, nobody is held to. */
  private refusalOf(call: RecordedCall): Refusal | undefined {
    const role = this.roles.get(call.functionName);
    if (role === undefined) return undefined;
    const { verdict } = judge(role.statements, call);
    if (verdict === 'allowed') return undefined;
    return { ...call, roleName: role.roleName, explicit: verdict === 'denied' };
  }
}

/** A sentence for the user. */
export function refusalMessage({ functionName, action, resource, roleName, explicit }: Refusal): string {
  const reason = explicit ? 'denies' : 'does not allow';
  return `${functionName} is refused ${action} on ${resource}, which its role ${roleName} ${reason}.`;
}
