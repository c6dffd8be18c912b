import type { Context } from 'aws-lambda';

/** What a function is told of its invocation. */
export const LAMBDA_CONTEXT: Context = {
  awsRequestId: '00000000-0000-0000-0000-000000000000',
  callbackWaitsForEmptyEventLoop: true,
  functionName: 'process-fn',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:process-fn',
  logGroupName: '/aws/lambda/process-fn',
  logStreamName: '1',
  memoryLimitInMB: '1769',
  getRemainingTimeInMillis: () => 60_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};
