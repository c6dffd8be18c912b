// Generated from the contract by `npm run generate`; do not edit.
export const OPERATIONS = [
  {
    "operationId": "postTelemetry",
    "method": "POST",
    "path": "/v1/telemetry",
    "scopes": [
      "telemetry:write"
    ]
  }
] as const;
