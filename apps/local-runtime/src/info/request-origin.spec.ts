import { isFromElsewhere } from './request-origin.js';

it.each([
  [{ host: '127.0.0.1:4000' }, false],
  [{ host: 'localhost:4000', origin: 'http://localhost:4000' }, false],
  [{ host: '127.0.0.1:4000', origin: 'http://127.0.0.1:4000' }, false],
  [{ host: '127.0.0.1:4000', origin: 'https://elsewhere.example' }, true],
  [{ host: '127.0.0.1:4000', origin: 'http://127.0.0.1:9999' }, true],
  [{ host: '127.0.0.1:4000', origin: 'null' }, true],
  [{ host: 'elsewhere.example:4000', origin: 'http://elsewhere.example:4000' }, true],
  [{ host: '127.0.0.1.elsewhere.example' }, true],
  [{}, true],
])('%j comes from elsewhere: %p', (headers, elsewhere) => {
  expect(isFromElsewhere({ headers })).toBe(elsewhere);
});
