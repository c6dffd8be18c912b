import { createMemoryRepositories } from './memory-repositories.js';
import { MemoryTable } from './memory-table.js';
import { describeRepositoriesContract } from './testing/repositories.contract.js';

describeRepositoriesContract('in memory', async () => {
  const table = new MemoryTable();
  return {
    create: (options) => createMemoryRepositories({ ...options, table }),
    putItem: async (item) => table.replace(item),
    stop: async () => {},
  };
});
