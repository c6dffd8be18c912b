const fs = require('node:fs');
const path = require('node:path');

/** Leaves each suite's totals in `reports/totals.json`, an Nx output, so that a cached run counts like a fresh one. */
module.exports = class TotalsReporter {
  constructor(globalConfig) {
    this.rootDir = globalConfig.rootDir;
  }

  onRunComplete(_contexts, results) {
    const folder = path.join(this.rootDir, 'reports');
    fs.mkdirSync(folder, { recursive: true });
    const totals = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests,
    };
    fs.writeFileSync(path.join(folder, 'totals.json'), JSON.stringify(totals));
  }
};
