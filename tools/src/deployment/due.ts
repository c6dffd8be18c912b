/** What is known of a stage before it is decided whether to deploy to it. */
export interface StageState {
  /** The commit that was last deployed successfully; none before the first time. */
  readonly deployed: string | undefined;
  readonly head: string;
  /** Whether what is deployed is part of the history of what would be. */
  readonly deployedIsAncestor: boolean;
  /** Whether anything that the stage runs differs between the two. Asked only where it matters. */
  readonly affected: () => boolean;
  /** Deploy whatever else is true. */
  readonly force: boolean;
}

export interface Decision {
  readonly due: boolean;
  readonly reason: string;
}

/**
 * Whether a stage is to be deployed. It is compared with its own last successful deployment and not with the last green
 * build: what a failed or skipped deployment left out is made up for by the next one.
 */
export function decide({ deployed, head, deployedIsAncestor, affected, force }: StageState): Decision {
  if (force) return { due: true, reason: 'it was asked for' };
  if (deployed === undefined) return { due: true, reason: 'nothing was deployed before' };
  if (deployed === head) return { due: false, reason: 'this commit is deployed' };
  if (!deployedIsAncestor) {
    return {
      due: false,
      reason: `${deployed} is deployed, which is not a part of ${head}; force a rollback`,
    };
  }
  return affected()
    ? { due: true, reason: `something that it runs has changed since ${deployed}` }
    : { due: false, reason: `nothing that it runs has changed since ${deployed}` };
}
