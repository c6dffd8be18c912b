import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { createDynamoRepositories } from './dynamo-repositories.js';
import { describeOnEngines } from './testing/dynamo-engines.js';
import { describeRepositoriesContract } from './testing/repositories.contract.js';

jest.setTimeout(60_000);

describeOnEngines('the contract', (engine) => {
  describeRepositoriesContract(engine.name, async () => {
    const { client, tableName, stop } = await engine.start();
    return {
      create: (options) => createDynamoRepositories({ ...options, client, tableName, random: () => 0.5 }),
      putItem: async (item) => {
        await client.send(new PutCommand({ TableName: tableName, Item: item }));
      },
      stop,
    };
  });
});
