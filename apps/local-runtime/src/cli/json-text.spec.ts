import { requireJson } from './json-text.js';

describe('a text that should be JSON', () => {
  it.each(['{}', '[1, "a"]', 'null', ' "x"\n'])('is accepted when it is: %s', (text) => {
    expect(() => requireJson(text, 'e.json')).not.toThrow();
  });

  it.each([
    ['{"a": }', 'e.json:1:7: this is no JSON (value expected).'],
    ['{\n  "a": 1,\n  b: 2\n}', 'e.json:3:3: this is no JSON (invalid symbol).'],
    ['{"a": 1,}', 'e.json:1:9: this is no JSON (property name expected).'],
    ['{"a": 1 // one\n}', 'e.json:1:9: this is no JSON (invalid comment token).'],
    ['{"a": [1, 2', 'e.json:1:12: this is no JSON (close bracket expected).'],
    ['{} {}', 'e.json:1:4: this is no JSON (end of file expected).'],
    ['', 'e.json:1:1: this is no JSON (value expected).'],
  ])('is refused with the place of the error: %j', (text, message) => {
    expect(() => requireJson(text, 'e.json')).toThrow(message);
  });
});
