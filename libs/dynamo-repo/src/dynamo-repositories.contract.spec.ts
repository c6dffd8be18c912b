import { spawnSync } from 'node:child_process';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { createDynamoRepositories } from './dynamo-repositories.js';
import { DYNOXIDE_RUNS_HERE, startDynamoDbLocal, startDynoxide } from './testing/dynamo-engines.js';
import type { DynamoEngine } from './testing/dynamo-engines.js';
import { describeRepositoriesContract } from './testing/repositories.contract.js';

jest.setTimeout(60_000);

function describeOn(name: string, start: () => Promise<DynamoEngine>): void {
  describeRepositoriesContract(name, async () => {
    const { client, tableName, stop } = await start();
    return {
      create: (options) => createDynamoRepositories({ ...options, client, tableName, random: () => 0.5 }),
      putItem: async (item) => {
        await client.send(new PutCommand({ TableName: tableName, Item: item }));
      },
      stop,
    };
  });
}

if (DYNOXIDE_RUNS_HERE) {
  describeOn('dynoxide', startDynoxide);
} else {
  it.skip('repositories: dynoxide, which is not built for this platform', () => {});
}

const jar = process.env.WEIR_DYNAMODB_LOCAL_JAR;
if (jar !== undefined && spawnSync('java', ['-version']).status === 0) {
  describeOn('DynamoDB Local', () => startDynamoDbLocal(jar));
}
