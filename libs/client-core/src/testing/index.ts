export { createManualRuntime } from './manual-runtime.js';
export type { ManualRuntime } from './manual-runtime.js';
export { json, startScriptedServer } from './scripted-server.js';
export type { Script, ScriptedAnswer, ScriptedServer, SeenRequest } from './scripted-server.js';
export { bundleForBrowser, runInBrowserGlobals } from './browser-bundle.js';
export type { BrowserBundle } from './browser-bundle.js';
