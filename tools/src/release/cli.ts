import { releaseOptions, USAGE } from './options.js';
import type { ReleaseOptions } from './options.js';
import { release } from './release.js';

let options: ReleaseOptions;
try {
  options = releaseOptions(process.argv.slice(2));
} catch (error) {
  console.error(`${(error as Error).message}\n\n${USAGE}`);
  process.exit(2);
}
try {
  await release(process.cwd(), options, (line) => console.log(line));
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
