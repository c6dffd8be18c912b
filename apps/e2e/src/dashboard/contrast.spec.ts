import { contrastOf, parseColour } from './contrast.js';

describe('contrastOf', () => {
  it.each([
    ['rgb(0, 0, 0)', 'rgb(255, 255, 255)', 21],
    ['rgb(255, 255, 255)', 'rgb(255, 255, 255)', 1],
    ['rgb(255, 255, 255)', 'rgb(118, 118, 118)', 4.54],
    ['rgb(255, 0, 0)', 'rgb(255, 255, 255)', 4],
    // Half transparent black on white is the grey of 127.5.
    ['rgba(0, 0, 0, 0.5)', 'rgb(255, 255, 255)', 3.98],
    ['rgba(0, 0, 0, 0)', 'rgb(16, 23, 28)', 1],
  ])('of %s on %s', (colour, ground, ratio) => {
    expect(contrastOf(parseColour(colour), parseColour(ground))).toBeCloseTo(ratio, 1);
  });

  it('takes no colour for what is none', () => {
    expect(() => parseColour('red')).toThrow('red is no colour');
    expect(() => parseColour('rgb(1, 2)')).toThrow('rgb(1, 2) is no colour');
  });
});
