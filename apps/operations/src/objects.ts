/** An object of a bucket, as a listing shows it. */
export interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
}

/** A bucket, as far as the operations use it. Every method throws what the store says when it cannot be reached. */
export interface Objects {
  /** Objects whose key begins with `prefix` and comes after `after`, in the order of their keys. */
  list(prefix: string, after?: string): AsyncIterable<ListedObject>;
  /** Undefined where there is no such object. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Deleting what is not there is no error. */
  delete(key: string): Promise<void>;
}
