import { csvOf, readingsCsv, windowsCsv } from './csv.js';

describe('csv', () => {
  it('ends every line in CRLF and quotes what needs it', () => {
    expect(
      csvOf([
        ['a', 'b'],
        ['x,y', 'say "hi"'],
        ['two\nlines', undefined],
        [1.5, true],
      ]),
    ).toBe('a,b\r\n"x,y","say ""hi"""\r\n"two\nlines",\r\n1.5,true\r\n');
  });

  it('keeps a spreadsheet from taking text as a formula, and numbers as they are', () => {
    expect(csvOf([['=1+1', '+1', '-1', '@SUM(A1)', '\tx', -1, -1e-7]])).toBe(
      "'=1+1,'+1,'-1,'@SUM(A1),'\tx,-1,-1e-7\r\n",
    );
  });

  it('gives each metric of the readings a column, by name, and leaves empty what was not measured', () => {
    const items = [
      { timestamp: 't1', metrics: { b: 1, a: -2.5 } },
      { timestamp: 't2', metrics: Object.fromEntries([['__proto__', 3]]) },
    ];
    expect(readingsCsv(items)).toBe('timestamp,__proto__,a,b\r\nt1,,-2.5,1\r\nt2,3,,\r\n');
    expect(readingsCsv([])).toBe('timestamp\r\n');
  });

  it('has the columns of the contract where there are no windows', () => {
    expect(windowsCsv([])).toBe(
      'start,end,count,sum,min,max,avg,stddev,first,last,p50,p95,p99,final,version\r\n',
    );
  });
});
