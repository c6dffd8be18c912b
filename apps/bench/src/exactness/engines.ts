import { enginesHere } from '@weir/dynamo-repo/testing';

/** An engine that does not run here. */
export interface AbsentEngine {
  readonly engine: string;
  readonly reason: string;
}

/** What the designs are measured on, where it is there. */
const REASON_OF_ABSENCE: Readonly<Record<string, string>> = {
  dynoxide: `it is built for linux-x64, and this is ${process.platform}-${process.arch}`,
  'DynamoDB Local':
    'it needs Java and its jar, and WEIR_DYNAMODB_LOCAL_JAR does not say where DynamoDBLocal.jar is',
};

/** The engines that do not run here, which a report has to name. */
export function absentEngines(): AbsentEngine[] {
  const present = enginesHere().map(({ name }) => name);
  return Object.entries(REASON_OF_ABSENCE)
    .filter(([engine]) => !present.includes(engine))
    .map(([engine, reason]) => ({ engine, reason }));
}
