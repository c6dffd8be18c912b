/**
 * What `npm start`, `npm test` and the scripts `token`, `invoke`, `logs`, `query`, `simulate`, `weir`, `cost`, `fix` and
 * `release` run: installs when that is due, then hands over to the pinned Node and to Nx. Needs nothing but Node ≥ 20 and
 * npm, so that a fresh clone can begin here.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { holdInstallLock } from './install-lock.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bin = join(root, 'node_modules', '.bin');
const environment = {
  ...process.env,
  PATH: `${bin}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}`,
  NX_DAEMON: process.env.NX_DAEMON ?? 'false',
  REDOCLY_TELEMETRY: 'off',
  CDK_DISABLE_CLI_TELEMETRY: 'true',
};

const TEST_TARGETS = 'lint,typecheck,test,build,synth';
const START_PROJECTS = 'infra-cdk,local-runtime,device-simulator,dashboard';

/** True where `npm ci` has never run here, or the lockfile has changed since. */
function installIsDue() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed) || !existsSync(join(bin, 'nx'))) return true;
  return statSync(join(root, 'package-lock.json')).mtimeMs > statSync(installed).mtimeMs;
}

/** While somebody else installs, even what is there already may not be used. */
async function install() {
  const lock = join(root, '.nx', 'install.lock');
  if (!installIsDue() && !existsSync(lock)) return;
  const giveBack = await holdInstallLock(lock, (processId) => {
    console.error(`Waiting for process ${processId}, which installs (${lock}) …`);
  });
  let status = 0;
  try {
    if (installIsDue()) status = runNpmCi();
  } finally {
    giveBack();
  }
  if (status === 0) return;
  console.error('npm ci failed; see above. Nothing was started.');
  process.exit(status);
}

/** Everything that npm prints goes to stderr: stdout belongs to the command. */
function runNpmCi() {
  console.error('Installing (npm ci) …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status } = spawnSync(npm, ['ci', '--no-json', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  return status ?? 1;
}

/** Runs a program of `node_modules/.bin` to its end. */
function run(program, args, stdio = 'inherit', cwd = root) {
  const { status, stdout } = spawnSync(join(bin, program), args, {
    cwd,
    env: environment,
    stdio,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    shell: process.platform === 'win32',
  });
  return { status: status ?? 1, stdout };
}

/** Builds what a command needs; quiet unless it fails. */
function build(targets, projects) {
  const args = ['run-many', '-t', targets, '-p', projects, '--output-style=static'];
  const { status, stdout } = run('nx', args, ['ignore', 'pipe', 'pipe']);
  if (status === 0) return;
  console.error(stdout);
  console.error(`The build failed (npx nx ${args.join(' ')}); see above. Nothing was started.`);
  process.exit(status);
}

/** Adds up the totals that every suite left behind, whether it ran now or was cached. */
function printTotals() {
  const totals = { passed: 0, failed: 0 };
  const folders = ['apps', 'libs'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => join(root, parent, name)),
  );
  for (const folder of [...folders, join(root, 'openapi'), join(root, 'tools')]) {
    const file = join(folder, 'reports', 'totals.json');
    if (!existsSync(file)) continue;
    const { passed, failed } = JSON.parse(readFileSync(file, 'utf8'));
    totals.passed += passed;
    totals.failed += failed;
  }
  console.log(`${totals.passed} passed, ${totals.failed} failed`);
}

function test() {
  const args = ['run-many', '-t', TEST_TARGETS, '--parallel=2', '--output-style=static', '--nxBail=false'];
  const { status } = run('nx', args);
  const format = run('prettier', ['--check', '--cache', '--log-level=warn', '.']);
  printTotals();
  process.exit(status || format.status);
}

/**
 * Stays the parent of the local runtime until it ends. A terminal sends Ctrl-C to both; a SIGTERM that only this process
 * gets is handed on. The runtime ends by itself when this process dies, for it sees the channel close.
 */
function start(args) {
  build('build,synth', START_PROJECTS);
  const runtime = spawn(join(bin, 'node'), [...runtimeArguments(), ...args], {
    cwd: root,
    env: environment,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => runtime.kill('SIGTERM'));
  runtime.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
  const npm = caller();
  setInterval(() => {
    if (caller() !== npm) process.exit(1);
  }, 500).unref();
}

/**
 * Who called, to notice a `kill -9` of npm, which leaves its children behind. Between npm and this process stands a shell
 * that outlives npm, so its parent is looked at too, where the system shows it without another process.
 */
function caller() {
  const shell = `/proc/${process.ppid}/stat`;
  const parentOfShell = existsSync(shell) ? readFileSync(shell, 'utf8').split(') ').at(-1).split(' ')[1] : '';
  return `${process.ppid} ${parentOfShell}`;
}

function runtimeArguments() {
  return [
    join(root, 'apps/local-runtime/dist/cli.mjs'),
    '--assembly',
    join(root, 'apps/infra-cdk/cdk.out'),
    '--simulator',
    join(root, 'apps/device-simulator/dist/cli.mjs'),
    '--dashboard',
    join(root, 'apps/dashboard/dist'),
    '--workspace',
    root,
    '--parameter',
    'TokenIssuer={issuer}',
    '--parameter',
    'TokenJwksUri={jwksUri}',
  ];
}

/** Runs a command of the runtime's program that speaks to one which runs, or to what it left in its data directory. */
function runtimeCommand(name) {
  return (args) => {
    build('build', 'local-runtime');
    const cli = join(root, 'apps/local-runtime/dist/cli.mjs');
    process.exit(run('node', [cli, name, ...args]).status);
  };
}

/** SQL over the archive. The shell's folder is where relative paths begin. */
function query(args) {
  build('build', 'archive-query');
  process.exit(run('node', [join(root, 'apps/archive-query/dist/cli.mjs'), ...args]).status);
}

/** Where the environment says which AWS to speak to, the commands of operations go there; else to the runtime on this machine. */
async function weir(args) {
  const { portBase, rest } = takePortBase(args);
  const elsewhere = Object.keys(process.env).some((name) =>
    /^AWS_(ENDPOINT_URL|PROFILE|ACCESS_KEY_ID|REGION)/.test(name),
  );
  const helpOnly = rest.length === 0 || rest.includes('--help') || rest.includes('-h');
  if (!helpOnly && (portBase !== undefined || !elsewhere)) {
    Object.assign(environment, await localEngines(portBase ?? '4000'));
  }
  build('build', 'operations');
  process.exit(run('node', [join(root, 'apps/operations/dist/cli.mjs'), ...rest]).status);
}

/**
 * The simulator's commands: `simulate` unless another one comes first. Against the runtime on this machine, with a token of its
 * issuer, unless other addresses are given. The shell's folder is where relative paths begin.
 */
async function simulate(args) {
  const { portBase, rest } = takePortBase(args);
  const local = !rest.some((arg) => /^--(ingest|analytics)-url/.test(arg));
  build('build', local ? 'device-simulator,local-runtime' : 'device-simulator');
  const dataDir = optionOf(rest, '--data-dir');
  const [first] = dataDir.rest;
  const [name, options] =
    first === undefined || first.startsWith('-')
      ? ['simulate', dataDir.rest]
      : [first, dataDir.rest.slice(1)];
  const asksHelp = options.some((arg) => arg === '--help' || arg === '-h');
  const urls = local && !asksHelp ? localAddresses(name, portBase ?? '4000', dataDir.value) : [];
  const cli = join(root, 'apps/device-simulator/dist/cli.mjs');
  process.exit(run('node', [cli, name, ...options, ...urls], 'inherit', process.env.INIT_CWD ?? root).status);
}

/** The addresses of a runtime; its token goes into the environment, so that it does not show in a list of processes. */
function localAddresses(name, portBase, dataDir) {
  const cli = join(root, 'apps/local-runtime/dist/cli.mjs');
  const folder = dataDir === undefined ? [] : ['--data-dir', dataDir];
  const token = run(
    'node',
    [cli, 'token', '--ttl', '7d', '--port-base', portBase, ...folder],
    ['ignore', 'pipe', 'inherit'],
  );
  if (token.status !== 0) process.exit(token.status);
  environment.WEIR_TOKEN = token.stdout.trim();
  const url = (offset) => `http://127.0.0.1:${Number(portBase) + offset}`;
  const addresses = { '--ingest-url': url(1), '--analytics-url': url(2), '--status-url': `${url(0)}/status` };
  const unused = { simulate: '--status-url', check: '--ingest-url' }[name];
  return Object.entries(addresses).flatMap(([option, value]) => (option === unused ? [] : [option, value]));
}

/** The option `--port-base N` or `--port-base=N`, and the arguments without it. */
function takePortBase(args) {
  const { value, rest } = optionOf(args, '--port-base');
  return { portBase: value, rest };
}

/** The value of an option that may be given as `NAME VALUE` or `NAME=VALUE`, and the arguments without it. */
function optionOf(args, name) {
  const at = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
  if (at < 0) return { value: undefined, rest: args };
  const [, inline] = args[at].split('=');
  const rest = [...args.slice(0, at), ...args.slice(at + (inline === undefined ? 2 : 1))];
  return { value: inline ?? args[at + 1] ?? '', rest };
}

/** The SDK's own variables for the engines of the runtime at a port base. */
async function localEngines(portBase) {
  let engines;
  try {
    engines = (await (await fetch(`http://127.0.0.1:${portBase}/status`)).json()).engines;
  } catch {
    console.error(
      `No Weir runs at port ${portBase}: start it with npm start, name its --port-base, or set AWS_PROFILE or ` +
        'AWS_REGION for one on AWS.',
    );
    process.exit(1);
  }
  return {
    AWS_ENDPOINT_URL_KINESIS: engines.kinesis?.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: engines.dynamodb?.endpoint,
    AWS_ENDPOINT_URL_S3: engines.s3?.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_PROFILE: undefined,
  };
}

/** What traffic would cost a month. */
function cost(args) {
  const conditions = ['--import', 'tsx', '--conditions=@weir/source'];
  process.exit(run('node', [...conditions, join(root, 'apps/bench/src/cost/cli.ts'), ...args]).status);
}

function fix() {
  const formatted = run('prettier', ['--write', '--log-level=warn', '.']).status;
  process.exit(run('eslint', ['--fix', '.']).status || formatted);
}

function release(args) {
  process.exit(run('tsx', [join(root, 'tools/src/release/cli.ts'), ...args]).status);
}

const [command, ...args] = process.argv.slice(2);
const commands = {
  start,
  test,
  token: runtimeCommand('token'),
  invoke: runtimeCommand('invoke'),
  logs: runtimeCommand('logs'),
  query,
  simulate,
  weir,
  cost,
  fix,
  release,
};
if (commands[command] === undefined) {
  console.error(`Usage: node tools/run.mjs ${Object.keys(commands).join('|')} [options]`);
  process.exit(2);
}
await install();
await commands[command](args);
