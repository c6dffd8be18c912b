export * from './local-stack.js';
