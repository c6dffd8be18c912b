/** Stable codes of what can be wrong with an assembly. All are permanent: the same template fails again. */
export type AssemblyErrorCode =
  | 'assembly_unreadable'
  | 'unsupported_template'
  | 'unknown_resource_type'
  | 'unsupported_property'
  | 'invalid_property'
  | 'dangling_reference'
  | 'dependency_cycle'
  | 'unresolvable_expression'
  | 'invalid_parameter';

/** A fault in the cloud assembly or in the values given to it. The message names stack, logical id and property. */
export class AssemblyError extends Error {
  override readonly name = 'AssemblyError';

  constructor(
    readonly code: AssemblyErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** Several faults, reported together so that one run shows everything that has to change. */
export class AssemblyProblems extends Error {
  override readonly name = 'AssemblyProblems';

  constructor(readonly problems: readonly AssemblyError[]) {
    super(problems.map((problem) => problem.message).join('\n'));
  }
}
