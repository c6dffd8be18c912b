import { once } from 'node:events';
import { Agent, createServer, request as send, type IncomingMessage, type Server } from 'node:http';
import { billedUnits, isCharged, type DynamoAnswer, type DynamoRequest } from './billed-units.js';
import { NOTHING, addExchange, type MeterReading } from './meter-reading.js';

/** Where the meter is read: `POST` answers with what went through since the last time, as JSON. */
export const METER_PATH = '/-/meter';

const CONDITIONAL = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

/**
 * Starts an HTTP proxy in front of a DynamoDB. It asks for the consumed capacity where the program does not, and for the item
 * that made a condition fail, so that a refused write can be charged by its size. No answer says what time it is: AWS's client
 * would take simulated time for a clock that is wrong, and send what failed once more.
 *
 * @param upstream such as `http://127.0.0.1:8000`
 */
export async function startMeteringProxy(upstream: string): Promise<Server> {
  let reading: MeterReading = NOTHING;
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    if (incoming.url === METER_PATH) {
      outgoing.setHeader('content-type', 'application/json').end(JSON.stringify(reading));
      reading = NOTHING;
      return;
    }
    forward(incoming, upstream, agent).then(
      ({ status, headers, body, ...exchange }) => {
        reading = addExchange(reading, exchange);
        outgoing.sendDate = false;
        outgoing.writeHead(status, headers).end(body);
      },
      (error: Error) => {
        process.stderr.write(`The metering proxy: ${error.message}\n`);
        outgoing.destroy(error);
      },
    );
  });
  server.on('close', () => agent.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function forward(incoming: IncomingMessage, upstream: string, agent: Agent) {
  const operation = String(incoming.headers['x-amz-target']).split('.').at(-1) ?? '';
  const request = JSON.parse(String(await bodyOf(incoming)));
  const body = Buffer.from(JSON.stringify(asking(operation, request)));
  const headers = { ...incoming.headers, 'content-length': body.byteLength };
  const forwarded = send(upstream, { method: 'POST', agent, headers }).end(body);
  const [answer] = (await once(forwarded, 'response')) as [IncomingMessage];
  const answerBody = await bodyOf(answer);
  const status = answer.statusCode ?? 500;
  const units = billedUnits({
    operation,
    request: request as DynamoRequest,
    status,
    answer: JSON.parse(String(answerBody)) as DynamoAnswer,
  });
  const { 'transfer-encoding': _chunked, connection: _connection, date: _date, ...kept } = answer.headers;
  return {
    ...units,
    operation,
    requestBytes: body.byteLength,
    answerBytes: answerBody.byteLength,
    status,
    headers: { ...kept, 'content-length': answerBody.byteLength },
    body: answerBody,
  };
}

function asking(operation: string, request: Record<string, unknown>): Record<string, unknown> {
  if (!isCharged(operation)) return request;
  const { ReturnConsumedCapacity: asked = 'NONE' } = request;
  return {
    ...request,
    ReturnConsumedCapacity: asked === 'NONE' ? 'TOTAL' : asked,
    ...(CONDITIONAL.has(operation) && 'ConditionExpression' in request
      ? { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }
      : {}),
  };
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
