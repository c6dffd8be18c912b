import { markdownTable } from '../markdown-table.js';
import type { PartReport } from '../part-report.js';
import type { BundleSize } from './bundle-size.js';

const BYTES_MAX = 500_000;

export const bundleSizesReport: PartReport<readonly BundleSize[]> = {
  section: (sizes) => [
    '## Bundles',
    markdownTable(
      ['function', 'bytes', 'gzipped'],
      sizes.map(({ project, bytes, gzipBytes }) => [project, bytes, gzipBytes]),
    ),
  ],
  goals: (sizes) =>
    sizes.map(({ project, bytes }) => ({
      goal: `${project}: bundle of at most ${BYTES_MAX / 1000} KB`,
      met: bytes <= BYTES_MAX,
      figure: `${(bytes / 1000).toFixed(0)} KB`,
    })),
};
