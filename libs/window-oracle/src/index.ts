export { expectedWindows, type ExpectedWindow } from './expected-windows.js';
export { windowDifferences, type ActualWindow } from './window-differences.js';
