export { expectedWindows, type ExpectedWindow } from './expected-windows.js';
export { STATISTICS, windowDifferences, type ActualWindow } from './window-differences.js';
