import { json, toJson, type AnswerOf, type OperationHandlers } from './index.js';

/** As openapi-typescript writes it. */
interface operations {
  getThing: {
    responses: {
      200: {
        headers: { ETag: string; Age?: number; [name: string]: unknown };
        content: { 'application/json': Thing; 'text/csv': string };
      };
      404: {
        headers: { [name: string]: unknown };
        content: { 'application/problem+json': { code: string } };
      };
    };
  };
  deleteThing: { responses: { 204: { headers: { [name: string]: unknown }; content?: never } } };
}

interface Thing {
  id: string;
  parts: { size: number; unit?: string }[];
  labels?: { [name: string]: string };
}

type Answer = AnswerOf<operations['getThing']>;

const thing: Thing = { id: 'a', parts: [{ size: 1 }] };
const etag = { ETag: '"1"' };

describe('AnswerOf', () => {
  it('takes what the contract allows', () => {
    const allowed: Answer[] = [
      json(200, thing, etag),
      json(200, { ...thing, labels: { hall: 'north' } }, { ...etag, Vary: 'Accept' }),
      { status: 200, mediaType: 'text/csv', headers: etag, body: 'id\r\na\r\n' },
      { status: 404, mediaType: 'application/problem+json', body: toJson({ code: 'none' }) },
    ];
    const gone: AnswerOf<operations['deleteThing']> = { status: 204 };
    expect(allowed[0]).toEqual({
      status: 200,
      mediaType: 'application/json',
      headers: etag,
      body: '{"id":"a","parts":[{"size":1}]}',
    });
    expect(gone.status).toBe(204);
  });

  it('takes nothing else: each of these lines must not type-check', () => {
    const refused: Answer[] = [
      // @ts-expect-error: an undeclared status
      json(201, thing, etag),
      // @ts-expect-error: a required header is missing
      json(200, thing),
      // @ts-expect-error: a required field is missing
      json(200, { id: 'a' }, etag),
      // @ts-expect-error: a field of another type
      json(200, { ...thing, id: 1 }, etag),
      // @ts-expect-error: an undeclared field
      json(200, { ...thing, colour: 'red' }, etag),
      // @ts-expect-error: an undeclared field inside a list
      json(200, { id: 'a', parts: [{ ...{ size: 1, weight: 2 } }] }, etag),
      // @ts-expect-error: a body of one media type under the name of another
      { status: 200, mediaType: 'text/csv', headers: etag, body: 1 },
      // @ts-expect-error: an undeclared media type
      { status: 200, mediaType: 'text/html', headers: etag, body: '<p>' },
      // @ts-expect-error: JSON text that does not say what it was made of
      { status: 200, mediaType: 'application/json', headers: etag, body: '{}' },
    ];
    // @ts-expect-error: a body where there is none
    const gone: AnswerOf<operations['deleteThing']> = json(204, thing);
    const getThing = async () => json(200, thing, etag);
    // @ts-expect-error: an operation without a handler
    const handlers: OperationHandlers<operations> = { getThing };
    expect([refused.length, gone.status, Object.keys(handlers)]).toEqual([9, 204, ['getThing']]);
  });
});
